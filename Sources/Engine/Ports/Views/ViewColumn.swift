// SPDX-License-Identifier: Apache-2.0
/// A typed column of a read model's table.

/// One column: made by `.text`, `.int` or `.bytes`, and `.optional` where null is a value.
public struct ViewColumn: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case text
        case int = "integer"
        case bytes = "blob"
    }

    public let name: String
    public let kind: Kind
    public let isNullable: Bool
    /// A sentence for the reference page.
    public let about: String
    /// Its place in the rows of `table`.
    public let index: Int
    public let table: String

    private init(
        _ name: String, _ kind: Kind, isNullable: Bool = false, about: String, index: Int = 0,
        table: String = ""
    ) {
        self.name = name
        self.kind = kind
        self.isNullable = isNullable
        self.about = about
        self.index = index
        self.table = table
    }

    public static func text(_ name: String, _ about: String = "") -> ViewColumn {
        ViewColumn(name, .text, about: about)
    }

    /// Times are milliseconds since 1970 UTC, money is in minor units.
    public static func int(_ name: String, _ about: String = "") -> ViewColumn {
        ViewColumn(name, .int, about: about)
    }

    public static func bytes(_ name: String, _ about: String = "") -> ViewColumn {
        ViewColumn(name, .bytes, about: about)
    }

    public static func optional(_ column: ViewColumn) -> ViewColumn {
        ViewColumn(column.name, column.kind, isNullable: true, about: column.about)
    }

    func placed(at index: Int, in table: String) -> ViewColumn {
        ViewColumn(
            name, kind, isNullable: isNullable, about: about, index: index, table: table)
    }

    /// What the column holds in a row that was made without a value for it.
    public var empty: ViewValue {
        if isNullable { return .null }
        switch kind {
        case .text: return .text("")
        case .int: return .int(0)
        case .bytes: return .bytes([])
        }
    }

    /// True when the column may hold `value`.
    @inlinable
    public func takes(_ value: ViewValue) -> Bool {
        switch value {
        case .null: isNullable
        case .int: kind == .int
        case .text: kind == .text
        case .bytes: kind == .bytes
        }
    }
}
