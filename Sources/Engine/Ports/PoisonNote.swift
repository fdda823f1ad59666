// SPDX-License-Identifier: Apache-2.0
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
