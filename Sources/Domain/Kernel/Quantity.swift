// SPDX-License-Identifier: Apache-2.0
/// How many of something a line orders: a count that cannot be nothing, less, or absurd.

/// 1...1,000,000 units.
@frozen public struct Quantity: Hashable, Comparable, Sendable {
    public let units: Int32

    /// One million units, the largest quantity of one line.
    @inlinable
    public static var max: Quantity { Quantity(unchecked: 1_000_000) }

    /// Nil outside 1...1,000,000.
    @inlinable
    public init?(_ units: some BinaryInteger) {
        guard let units = Int32(exactly: units), units >= 1, units <= Self.max.units else {
            return nil
        }
        self.units = units
    }

    @inlinable
    init(unchecked units: Int32) { self.units = units }

    @inlinable
    public static func < (left: Quantity, right: Quantity) -> Bool { left.units < right.units }
}

extension Quantity: CustomStringConvertible {
    public var description: String { String(units) }
}
