// SPDX-License-Identifier: Apache-2.0
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
