// SPDX-License-Identifier: Apache-2.0
/// Consecutive records of one log, as one row: a commit's share, or a part of it.

public import Kernel

public struct Frame: Sendable, Equatable {
    public let log: LogName
    /// The position of the first record.
    public let first: Int64
    public let count: Int
    public let epoch: Int64
    /// When the records were made.
    public let at: Timestamp
    /// The records, each with its length before it. Written once, never changed.
    public let bytes: [UInt8]
    /// The hash chain's value after this frame.
    public let chain: [UInt8]

    public init(
        log: LogName, first: Int64, count: Int, epoch: Int64, at: Timestamp, bytes: [UInt8],
        chain: [UInt8]
    ) {
        self.log = log
        self.first = first
        self.count = count
        self.epoch = epoch
        self.at = at
        self.bytes = bytes
        self.chain = chain
    }

    public var last: Int64 { first + Int64(count) - 1 }
}
