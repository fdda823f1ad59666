// SPDX-License-Identifier: Apache-2.0
/// `If-Match` and `If-None-Match` (RFC 9110, 13.1.1 and 13.1.2): what a writer expects of the thing
/// it changes. They are read here and checked by the node, in the very decision that they guard.

import HTTPTypes
import Hummingbird
import NodeEngine
import ServiceModel

enum IfMatch {
    /// What the request expects; nil when it has no such header.
    static func expected(
        by request: Hummingbird.Request
    ) throws(ProblemError) -> Precondition? {
        if let field = request.headers[.ifNoneMatch] {
            // Of a write that may begin a thing, `*` is all that makes sense.
            guard field.filter({ $0 != " " && $0 != "\t" }) == "*",
                request.headers[.ifMatch] == nil
            else { throw ProblemError(GatewayProblem.badIfNoneMatch) }
            return .absent
        }
        guard let field = request.headers[.ifMatch] else { return nil }
        guard let expected = read(field) else { throw ProblemError(GatewayProblem.badIfMatch) }
        return expected
    }

    /// `*`, or strong entity tags between commas; nil for anything else. A tag that the house never
    /// gave is none of its versions, but it is well formed.
    static func read(_ field: String) -> Precondition? {
        var rest = Array(field.utf8)[...]
        skipBlanks(&rest)
        if rest.first == UInt8(ascii: "*") {
            rest.removeFirst()
            skipBlanks(&rest)
            return rest.isEmpty ? .exists : nil
        }
        var versions: [Int64] = []
        var hasTag = false
        var mayBegin = true
        while let next = rest.first {
            if next == UInt8(ascii: ",") {
                rest.removeFirst()
                mayBegin = true
            } else {
                guard mayBegin, let tag = readTag(&rest) else { return nil }
                if let version = version(tag) { versions.append(version) }
                hasTag = true
                mayBegin = false
            }
            skipBlanks(&rest)
        }
        return hasTag ? .version(among: versions) : nil
    }

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// What stands between two quotes. A weak tag (`W/"…"`) never matches strongly: no tag here.
    private static func readTag(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest.removeFirst()
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        let tag = rest[..<end]
        rest = rest[(end + 1)...]
        return tag.allSatisfy { $0 > 0x20 && $0 != 0x7f } ? tag : nil
    }

    /// A version as `ETag` writes it, and in no other way.
    private static func version(_ tag: ArraySlice<UInt8>) -> Int64? {
        let text = String(decoding: tag, as: UTF8.self)
        return Int64(text).flatMap { $0 > 0 && String($0) == text ? $0 : nil }
    }
}
