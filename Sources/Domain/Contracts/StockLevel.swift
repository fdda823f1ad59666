// SPDX-License-Identifier: Apache-2.0
/// What is announced of an article's availability.

public import Kernel

/// At least so many units of an article can be had in a warehouse.
public struct StockLevel: Hashable, Sendable, WireCoded {
    public let key: StockKey
    /// Never more than there were when it was announced.
    public let available: Int64
    /// 1 for the first announcement of the article in this warehouse, and so on: facts in different
    /// partitions may be heard in any order, and the greatest number is the latest word.
    public let announcement: Int64

    public init(_ key: StockKey, available: Int64, announcement: Int64) {
        self.key = key
        self.available = available
        self.announcement = announcement
    }

    public func write(to writer: inout WireWriter) {
        key.write(to: &writer)
        writer.field("available", available)
        writer.field("announcement", announcement)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        key = try StockKey(from: &reader)
        available = try reader.int("available")
        announcement = try reader.int("announcement")
    }
}
