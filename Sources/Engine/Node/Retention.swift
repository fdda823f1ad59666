// SPDX-License-Identifier: Apache-2.0
/// How old kept answers are. They age by what elapses: a clock that is set ahead must not let them
/// be forgotten, or a request that is repeated would be carried out twice.

import Kernel
import Ports

/// How far the node's time was set ahead, all in all, while answers were kept.
struct Retention: Equatable {
    private(set) var ahead = Span.milliseconds(0)
    /// When the node last wrote, an hour too early at the most; nil when that is not known. The
    /// latest moment of the logs would not do: it may be from before the clock was set back.
    private(set) var seen: Timestamp?

    init() {}

    /// The time by which answers age: it goes on as if the clock had never been set.
    func age(at now: Timestamp) -> Timestamp {
        now.advanced(by: .milliseconds(0 &- ahead.milliseconds))
    }

    /// The time is set by `shift`; it is set back where that is negative.
    mutating func shift(by shift: Span) {
        let (sum, overflows) = ahead.milliseconds.addingReportingOverflow(shift.milliseconds)
        if !overflows { ahead = .milliseconds(sum) }
    }

    /// The node runs at `moment`; true when that is to be stored.
    mutating func see(_ moment: Timestamp) -> Bool {
        if let seen, (0..<Self.seenEvery.milliseconds).contains(moment.since(seen).milliseconds) {
            return false
        }
        seen = moment
        return true
    }

    private static let seenEvery = Span.hours(1)

    // MARK: Keeping it

    private static let key = RowKey("clock", Array("retention".utf8))

    init(from store: any Store) throws {
        guard let row = try store.load([Self.key])[0] else { return }
        var reader = WireReader(binary: row.value)
        ahead = .milliseconds(try reader.varint())
        if !reader.isAtEnd { seen = Timestamp(milliseconds: try reader.varint()) }
    }

    var row: RowChange {
        var value: [UInt8] = []
        value.appendVarint(ahead.milliseconds)
        if let seen { value.appendVarint(seen.milliseconds) }
        return RowChange(table: Self.key.table, key: Self.key.key, value: value)
    }
}
