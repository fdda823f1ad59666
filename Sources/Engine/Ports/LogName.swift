// SPDX-License-Identifier: Apache-2.0
/// The name of one shard's log of one service, `orders/0`.

public struct LogName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let service: String
    public let shard: Int

    public init(_ service: String, _ shard: Int = 0) {
        self.service = service
        self.shard = shard
    }

    /// Nil unless `text` is a service, a slash and a number.
    public init?(text: some StringProtocol) {
        guard let slash = text.lastIndex(of: "/"),
            let shard = Int(text[text.index(after: slash)...]), shard >= 0
        else { return nil }
        self.init(String(text[..<slash]), shard)
    }

    public var description: String { "\(service)/\(shard)" }

    public static func < (left: LogName, right: LogName) -> Bool {
        (left.service, left.shard) < (right.service, right.shard)
    }
}
