// SPDX-License-Identifier: Apache-2.0
/// What every `Views` and its readers promise, as named checks that each adapter takes in its own
/// tests.

public import Ports
public import Testing

/// One promise of the port `Views`.
public struct ViewsContract: Sendable, CustomTestStringConvertible {
    public let name: String
    private let body: @Sendable (ViewsMedium) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (ViewsMedium) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Checks the promise on a medium that nobody has used yet.
    public func check(_ medium: ViewsMedium) throws { try body(medium) }

    public var testDescription: String { name }

    public static let all = generations + commits + questions
}

/// What read models are kept on, and the ways to it.
public struct ViewsMedium: Sendable {
    /// A writer of the medium, not yet open; the one before is not used any more.
    public let writer: @Sendable () -> any Views
    public let reader: any ViewReader

    public init(writer: @escaping @Sendable () -> any Views, reader: any ViewReader) {
        self.writer = writer
        self.reader = reader
    }

    func opened() throws -> any Views {
        let views = writer()
        _ = try views.open(isErasing: false)
        return views
    }

    /// What a writer that opens the medium finds.
    func stored() throws -> [StoredGeneration] {
        try writer().open(isErasing: false).sorted {
            $0.generation.number < $1.generation.number
        }
    }

    /// Every row of `table`, in the order of the key.
    func rows(of table: ViewTable, in schema: ViewSchema = .shelf) throws -> [ViewRow] {
        try reader.answer(
            [.rows(ViewQuery(table, limit: ViewQuery.limitMax))], of: schema
        ).results[0]
    }
}

extension ViewTable {
    /// A column of every kind, with and without null.
    static let books = ViewTable(
        "books", key: [.text("shelf"), .int("number")],
        [
            .text("title"), .optional(.text("author")), .int("pages"), .optional(.int("year")),
            .bytes("cover"), .optional(.bytes("seal")),
        ],
        indexes: [
            ViewIndex("title"), ViewIndex("author", isSparse: true), ViewIndex("pages"),
            ViewIndex("year", "pages", isSparse: true),
        ])

    static let words = ViewTable("words", key: [.text("word"), .text("title")])

    /// The books without their covers: another shape under the same name.
    static let thinBooks = ViewTable(
        "books", key: [.text("shelf"), .int("number")], [.text("title")])
}

extension ViewSchema {
    static let shelf = ViewSchema(name: "shelf", version: 1, tables: [.books, .words])
    static let newerShelf = ViewSchema(name: "shelf", version: 2, tables: [.books, .words])
    static let thinShelf = ViewSchema(name: "shelf", version: 2, tables: [.thinBooks])
    static let keywords = ViewSchema(name: "order", version: 1, tables: [.keywords])
    static let words = ViewSchema(name: "only-words", version: 1, tables: [.onlyWords])
}

extension ViewTable {
    static let onlyWords = ViewTable("only_words", key: [.text("word")])

    /// Some of whose indexes would have the same name if it were made of their columns only.
    static let keywords = ViewTable(
        "order", key: [.int("group"), .int("index")],
        [.text("to"), .optional(.int("select"))],
        indexes: [
            ViewIndex("to"), ViewIndex("to", isSparse: true), ViewIndex("select", "group"),
            ViewIndex("select", "group", isSparse: true), ViewIndex("group", "to"),
        ])
}

extension ViewCursor {
    static func sample(_ position: Int64, of log: LogName = .orders) -> ViewCursor {
        ViewCursor(log: log, position: position, epoch: position / 10, chain: [1, UInt8(position)])
    }
}

/// A row of `ViewTable.books`.
func book(
    _ shelf: String, _ number: Int64, title: String = "", author: String? = nil, pages: Int64 = 0,
    year: Int64? = nil, cover: [UInt8] = [], seal: [UInt8]? = nil
) -> ViewRow {
    [
        .text(shelf), .int(number), .text(title), .optional(author), .int(pages), .optional(year),
        .bytes(cover), seal.map { .bytes($0) } ?? .null,
    ]
}

extension Views {
    /// Inserts rows, moves a cursor.
    func insert(
        _ rows: [ViewRow], into table: ViewTable = .books, of generation: ViewGeneration,
        cursor: ViewCursor? = nil
    ) throws {
        try change(rows.map { (nil, $0) }, of: table, in: generation, cursor: cursor)
    }

    func change(
        _ rows: [(old: ViewRow?, new: ViewRow?)], of table: ViewTable = .books,
        in generation: ViewGeneration, cursor: ViewCursor? = nil
    ) throws {
        var batch = ViewBatch(generation)
        batch.changes = [
            ViewTableChanges(table, rows.map { ViewRowChange(old: $0.old, new: $0.new) })
        ]
        batch.cursors = cursor.map { [$0] } ?? []
        try commit(batch)
    }

    func publish(_ generation: ViewGeneration) throws {
        var batch = ViewBatch(generation)
        batch.isPublishing = true
        try commit(batch)
    }
}
