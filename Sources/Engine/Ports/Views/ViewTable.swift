// SPDX-License-Identifier: Apache-2.0
/// The tables of a read model, declared once: the stores make them, the queries are checked against
/// them, and the reference page follows from them.

/// An object, so that naming a table costs nothing; two with the same declaration are equal.
public final class ViewTable: Sendable {
    /// In snake case (`isName`), unique in the whole house: the SQL view is called so, too.
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
        precondition(
            ([name] + all).allSatisfy(Self.isName) && !Self.isTaken(name),
            "\(name): names of tables and columns are in snake case")
        precondition(Set(all).count == all.count, "\(name): a column is declared once")
        precondition((1...Self.columnsMax).contains(all.count) && !key.isEmpty, "\(name): columns")
        precondition(key.allSatisfy { !$0.isNullable }, "\(name): a key is never null")
        precondition(
            indexes.allSatisfy { Set(all).isSuperset(of: $0.columns) && !$0.columns.isEmpty },
            "\(name): an index names columns of its table")
        precondition(Set(indexes).count == indexes.count, "\(name): an index is declared once")
    }

    /// Names of tables and columns are words of lower-case letters and digits, with one `_` in
    /// between, and begin with a letter.
    public static func isName(_ text: String) -> Bool { isName(text, between: "_") }

    /// True when `text` is in words of lower-case letters and digits, with one `mark` in between,
    /// and begins with a letter.
    static func isName(_ text: String, between mark: Unicode.Scalar) -> Bool {
        let words = text.unicodeScalars.split(separator: mark, omittingEmptySubsequences: false)
        return ("a"..."z").contains(text.unicodeScalars.first ?? "0")
            && words.allSatisfy { word in
                !word.isEmpty
                    && word.allSatisfy {
                        ("a"..."z" as ClosedRange<Unicode.Scalar>).contains($0)
                            || ("0"..."9" as ClosedRange<Unicode.Scalar>).contains($0)
                    }
            }
    }

    /// True for names that stores keep for themselves: `sqlite_…`, `projection…`, and those of the
    /// tables of a generation, `g1_…`.
    public static func isTaken(_ name: String) -> Bool {
        let first = name.prefix { $0 != "_" }
        let isGeneration =
            first != name && first.count > 1 && first.first == "g"
            && first.dropFirst().allSatisfy(\.isNumber)
        return isGeneration || first == "sqlite" || first.hasPrefix("projection")
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

}
