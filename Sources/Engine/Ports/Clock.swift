// SPDX-License-Identifier: Apache-2.0
/// The time, on two scales.

public import Kernel

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

/// A reading of both scales.
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
