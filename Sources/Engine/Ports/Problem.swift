// SPDX-License-Identifier: Apache-2.0
/// An error as clients see it (RFC 9457). `code` is the promise; `title` may be reworded.

public import JSONCodec

public struct Problem: Sendable, Equatable {
    public let status: Int
    /// Kebab-case; also the last part of `type`.
    public let code: String
    public let title: String

    public init(_ status: Int, _ code: String, _ title: String) {
        self.status = status
        self.code = code
        self.title = title
    }

    /// The problem as a JSON object. `members` adds further ones.
    public func body(
        detail: String = "", instance: String = "",
        members: (inout JSONWriter) -> Void = { _ in }
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("type")
        json.string("/problems/\(code)")
        json.key("title")
        json.string(title)
        json.key("status")
        json.int(Int64(status))
        json.key("code")
        json.string(code)
        if !detail.isEmpty {
            json.key("detail")
            json.string(detail)
        }
        if !instance.isEmpty {
            json.key("instance")
            json.string(instance)
        }
        members(&json)
        json.endObject()
        return json.bytes
    }

    public func reply(
        detail: String = "", instance: String = "",
        members: (inout JSONWriter) -> Void = { _ in }
    ) -> Reply {
        Reply(
            status: status,
            body: body(detail: detail, instance: instance, members: members))
    }
}
