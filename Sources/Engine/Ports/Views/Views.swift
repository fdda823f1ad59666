// SPDX-License-Identifier: Apache-2.0
/// Where read models are kept: real tables that projections fill, and whose rows are a cache of the
/// logs. They may be lost; they are then made again.

/// The writing side. Belongs to one thread at a time; one store has one writer.
///
/// Guarantees: `commit` is atomic, cursors and rows together, and what one call committed is seen
/// by every reader's next call; no call takes longer because what was removed is large. Not
/// guaranteed: that the last commits survive a loss of power; what is left of them is a beginning
/// of their sequence.
public protocol Views: AnyObject {
    /// Opens the store and tells which generations it holds; `isErasing`: forgets everything first.
    /// After a failed commit it is opened again, to see what became of it.
    func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration]

    /// Makes the empty tables of a new generation, and removes whatever else of that projection is
    /// not published.
    func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration

    /// The row of `key` in a table of a generation; nil when there is none.
    func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow?

    /// Makes all of the batch's changes, or none.
    func commit(_ batch: ViewBatch) throws(ViewFailure)

    /// Removes a generation, whether readers see it or not.
    func remove(_ generation: ViewGeneration) throws(ViewFailure)
}

/// The reading side, beside whichever writer there is; any thread may use it.
public protocol ViewReader: Sendable {
    /// Answers all of `questions` from one moment of the published generation.
    func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer
}

/// Why a store of read models can't do what it was asked for.
public enum ViewFailure: Error, Equatable, Sendable {
    /// Nothing is published under this name with tables of this shape: it is being built.
    case notReady
    /// The question does not fit the tables, or asks for too much: a bug of who asks.
    case badQuestion
    /// A change does not fit the stored rows: a bug of the projection.
    case constraint
    /// Another process writes here.
    case locked
    /// Stored data is corrupt, or not of this program's form.
    case corrupt
    /// The medium does not answer, or is full.
    case unavailable
}

/// What one commit changes in a generation.
public struct ViewBatch: Sendable {
    public let generation: ViewGeneration
    public var changes: [ViewTableChanges] = []
    /// Those that moved.
    public var cursors: [ViewCursor] = []
    /// Readers see this generation from now on; what was published before is removed.
    public var isPublishing = false

    public init(_ generation: ViewGeneration) { self.generation = generation }
}

/// The changed rows of one table, each once.
public struct ViewTableChanges: Sendable {
    public let table: ViewTable
    public var rows: [ViewRowChange] = []

    public init(_ table: ViewTable, _ rows: [ViewRowChange] = []) {
        self.table = table
        self.rows = rows
    }
}

/// A row before and after: it is inserted when there was none, and deleted when there is none.
public struct ViewRowChange: Sendable {
    public let old: ViewRow?
    public let new: ViewRow?

    @inlinable
    public init(old: ViewRow?, new: ViewRow?) {
        self.old = old
        self.new = new
    }
}
