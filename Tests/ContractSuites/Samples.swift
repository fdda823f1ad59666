// SPDX-License-Identifier: Apache-2.0
/// Logs, frames and rows to commit: small, and different from each other in every byte that counts.

import Kernel
import Ports

extension LogName {
    static let orders = LogName("orders")
    static let stock = LogName("stock", 3)
}

extension Frame {
    /// A frame whose bytes and chain tell it from every other sample.
    static func sample(
        _ log: LogName, _ first: Int64, count: Int, epoch: Int64, bytes: [UInt8]?
    ) -> Frame {
        let mark = Array("\(log)#\(first)+\(count)".utf8)
        return Frame(
            log: log, first: first, count: count, epoch: epoch,
            at: Timestamp(milliseconds: 1_700_000_000_000 + first % 1_000),
            bytes: bytes ?? mark + [0, 255],
            chain: [0] + mark.reversed())
    }
}

extension RowChange {
    static func put(
        _ table: String, _ key: [UInt8], _ value: [UInt8], due: Int64? = nil
    ) -> RowChange {
        RowChange(
            table: table, key: key, value: value, due: due.map { Timestamp(milliseconds: $0) })
    }

    static func delete(_ table: String, _ key: [UInt8]) -> RowChange {
        RowChange(table: table, key: key, value: nil)
    }
}

extension Row {
    init(_ key: [UInt8], _ value: [UInt8], due: Int64? = nil) {
        self.init(key: key, value: value, due: due.map { Timestamp(milliseconds: $0) })
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same draws from the same seed, everywhere.
struct Draws {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    /// 0 ..< `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}
