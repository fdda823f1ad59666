// SPDX-License-Identifier: Apache-2.0
/// What the head of a request must say before its body is read (RFC 9112): to whom it goes, and
/// where its body ends, without a doubt. Two readings of one message are a way past whatever stands
/// in front of the house.

import NIOHTTP1

enum RequestFraming {
    /// Why the request is malformed; nil when it is not.
    static func fault(in head: HTTPRequestHead) -> String? { hostFault(head) ?? lengthFault(head) }

    /// True when the body says of itself that it is too long.
    static func isTooLarge(_ head: HTTPRequestHead) -> Bool {
        (head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0) > Edge.bodyMax
    }

    /// RFC 9112, section 3.2.
    private static func hostFault(_ head: HTTPRequestHead) -> String? {
        let hosts = head.headers["Host"]
        guard isModern(head) || !hosts.isEmpty else { return nil }
        guard hosts.count == 1 else { return "A request has exactly one Host header." }
        let isName = hosts[0].utf8.allSatisfy { byte in
            byte > 0x20 && byte < 0x7f && !separators.contains(byte)
        }
        return isName ? nil : "The Host header is no host."
    }

    private static let separators = Array(",/?#@\\\"<>".utf8)

    /// Section 6: a length or chunks, never both, and no coding that the house does not know.
    private static func lengthFault(_ head: HTTPRequestHead) -> String? {
        let codings = head.headers["Transfer-Encoding"]
        let lengths = head.headers["Content-Length"]
        if codings.isEmpty {
            return lengths.count > 1 ? "There is more than one Content-Length." : nil
        }
        guard lengths.isEmpty else { return "There are Content-Length and Transfer-Encoding." }
        guard isModern(head), codings.count == 1, codings[0].lowercased() == "chunked"
        else { return "The only transfer coding is chunked." }
        return nil
    }

    private static func isModern(_ head: HTTPRequestHead) -> Bool { head.version.minor >= 1 }

    /// True when the client waits for a word before it sends the body.
    static func awaitsContinue(_ head: HTTPRequestHead) -> Bool {
        isModern(head)
            && head.headers["Expect"].contains { $0.lowercased() == "100-continue" }
    }

    /// True when nothing can follow on this connection. Whoever wants another protocol gets its
    /// answer in this one; how it would go on is anyone's guess.
    static func isLast(_ head: HTTPRequestHead) -> Bool {
        !head.isKeepAlive || head.method == .CONNECT || head.headers.contains(name: "Upgrade")
    }
}
