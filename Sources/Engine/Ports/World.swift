// SPDX-License-Identifier: Apache-2.0
/// Time, chance and memory that outlives a trap: whatever could differ between two runs.

public import Kernel

/// The time, on two scales.
public protocol Clock: Sendable {
    /// The wall clock's time. It jumps when an operator or NTP sets it.
    func now() -> Timestamp
    /// What has elapsed since some fixed moment, sleep included: it never jumps and never goes
    /// back. What is waited for is measured by it.
    func elapsed() -> Span
}

extension Clock {
    public var reading: ClockReading { ClockReading(wall: now(), elapsed: elapsed()) }
}

/// One look at both scales.
public struct ClockReading: Sendable, Equatable {
    public let wall: Timestamp
    public let elapsed: Span

    public init(wall: Timestamp, elapsed: Span) {
        self.wall = wall
        self.elapsed = elapsed
    }

    /// What the wall clock shows when `elapsed` has elapsed, if nobody sets it.
    public func wall(at elapsed: Span) -> Timestamp {
        wall.advanced(by: elapsed.since(self.elapsed))
    }
}

/// Random bits. Not for secrets.
public protocol Entropy: Sendable {
    func next() -> UInt64
}

/// Says which input runs right now, in memory that survives the process.
public protocol PoisonNote: AnyObject {
    /// The input that was running when the process died; nil when it ended in order.
    var left: InputID? { get }
    func begin(_ input: InputID)
    func end()
}

/// The identity of an input across restarts, as a hash.
@frozen public struct InputID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// The hash chain over stored bytes: SHA-256, or HMAC-SHA-256 when the house has a key.
public protocol Chain: Sendable {
    /// The chain's value after `bytes`, given the one before (empty at the beginning).
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8]
}

/// Rows that are committed but not yet written to their table: readers look here first.
public protocol RecentRows: AnyObject {
    /// Shows `row` at `key`, and whatever the slot is told to show later, until `forget`.
    func slot(for key: RowKey, _ row: RecentRow) -> any RecentSlot
    func forget(_ key: RowKey)
}

/// The place of one recent row.
public protocol RecentSlot: AnyObject {
    func show(_ row: RecentRow)
}

/// A row that is made when somebody asks for it: most never are.
public struct RecentRow: Sendable {
    public let make: @Sendable () -> Row

    @inlinable
    public init(make: @escaping @Sendable () -> Row) { self.make = make }
}
