// SPDX-License-Identifier: Apache-2.0
/// The tables of a read model, declared once: the stores make them, the queries are checked against
/// them, and the reference page follows from them.

/// An object, so that naming a table costs nothing; two with the same declaration are equal.
public final class ViewTable: Sendable {
    /// Lower-case letters, digits and `_`, unique in the whole house: the SQL view is called so,
    /// too.
    public let name: String
    /// A sentence for the reference page.
    public let about: String
    /// The columns of the primary key come first.
    public let columns: [ViewColumn]
    public let keyCount: Int
    public let indexes: [ViewIndex]

    public static let columnsMax = 64

    /// A declaration that breaks a rule is a bug and ends the process.
    public init(
        _ name: String, _ about: String = "", key: [ViewColumn], _ columns: [ViewColumn] = [],
        indexes: [ViewIndex] = []
    ) {
        self.name = name
        self.about = about
        self.columns = (key + columns).enumerated().map { $1.placed(at: $0, in: name) }
        self.indexes = indexes
        keyCount = key.count
        let all = self.columns.map(\.name)
        precondition(([name] + all).allSatisfy(Self.isName), "names are a-z, 0-9 and _")
        precondition(Set(all).count == all.count, "\(name): a column is declared once")
        precondition((1...Self.columnsMax).contains(all.count) && !key.isEmpty, "\(name): columns")
        precondition(key.allSatisfy { !$0.isNullable }, "\(name): a key is never null")
        precondition(
            indexes.allSatisfy { Set(all).isSuperset(of: $0.columns) && !$0.columns.isEmpty },
            "\(name): an index names columns of its table")
    }

    private static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
    }

    /// The column called `name`, to be looked up once: one that is not declared is a bug.
    public subscript(name: String) -> ViewColumn {
        guard let column = columns.first(where: { $0.name == name }) else {
            preconditionFailure("\(self.name) has no column \(name)")
        }
        return column
    }

    /// The columns of the primary key.
    public var key: ArraySlice<ViewColumn> { columns.prefix(keyCount) }

    /// The key of one of its rows.
    @inlinable
    public func key(of row: ViewRow) -> ViewKey { Array(row.prefix(keyCount)) }

    /// What rows and stored tables depend on, as text: two tables of the same shape are the same.
    var shape: String {
        let columns = columns.map { "\($0.name) \($0.kind.rawValue)\($0.isNullable ? "?" : "")" }
        let indexes = indexes.map { "(\($0.columns.joined(separator: ", "))\($0.isSparse))" }
        return "\(name) \(keyCount) \(columns.joined(separator: ", ")) "
            + indexes.joined(separator: " ")
    }
}

extension ViewTable: Hashable {
    public static func == (one: ViewTable, other: ViewTable) -> Bool {
        one === other
            || one.name == other.name && one.columns == other.columns
                && one.keyCount == other.keyCount && one.indexes == other.indexes
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// An index: rows by `columns`, then by the primary key.
public struct ViewIndex: Sendable, Hashable {
    public let columns: [String]
    /// Only rows whose first of `columns` is not null are in it.
    public let isSparse: Bool

    public init(_ columns: String..., isSparse: Bool = false) {
        self.columns = columns
        self.isSparse = isSparse
    }

    /// Its name among those of its table.
    public var name: String { columns.joined(separator: "_") }
}
