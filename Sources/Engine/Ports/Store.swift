// SPDX-License-Identifier: Apache-2.0
/// Where a node keeps its logs and rows. One node owns one store; one store has one writer.
///
/// The log is what a commit is about: an event is durable when its frame is. Rows are caches of the
/// log (states, checkpoints) or small facts about consumption (cursors); they change in the commit
/// of the frames that they belong to.

public import Kernel

/// The durable side of a node. Synchronous: it runs on the node's thread and no other.
///
/// Guarantees: `commit` is atomic and, once it answers `committed`, survives the death of the
/// process and the loss of power. `frames` and `load` see every earlier commit.
/// Not guaranteed: that a commit whose outcome is `unknown` is absent.
public protocol Store: AnyObject {
    /// Begins a new epoch, which fences every earlier owner. Also called again
    /// after an `unknown` outcome, to see what became of it.
    func open() throws(StoreFailure) -> StoreContents

    /// The rows of `keys`, in their order; nil where there is none.
    func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?]

    /// Makes the whole batch durable, or nothing of it.
    func commit(_ batch: Batch) -> CommitOutcome

    /// The frames of `log` that hold positions after `position`, in order, until `limit` events
    /// are in the answer (at least one frame, if there is any).
    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame]

    /// The rows of `table` in key order, after the key `after`; only those that are due for
    /// something when `isDueOnly`. At most `limit`.
    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row]
}

/// A reader of the same store on connections of its own; any thread may use it. It sees every
/// commit that was acknowledged before the call.
public protocol Reader: Sendable {
    func row(_ key: RowKey) throws(StoreFailure) -> Row?
    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row]
    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame]
    /// Every log of the store with its last position and chain head.
    func contents() throws(StoreFailure) -> StoreContents
}

/// Why a store can't answer.
public enum StoreFailure: Error, Equatable, Sendable {
    /// Another process owns the store.
    case locked
    /// A newer version of the program wrote the store, or one that is too old, or it is no store at
    /// all; for a reader also: an older version did, and its owner has not migrated it yet.
    case incompatible
    /// Stored data is corrupt: bit rot, a foreign writer, or a bug.
    case corrupt
    /// The medium does not answer.
    case unavailable
}

extension StoreFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .locked: "another process owns the store"
        case .incompatible: "not a store of this program, or of an incompatible version"
        case .corrupt: "stored data is corrupt"
        case .unavailable: "the store can't be read or written; is its disk full?"
        }
    }
}

public struct RowKey: Hashable, Sendable {
    public let table: String
    public let key: [UInt8]

    public init(_ table: String, _ key: [UInt8]) {
        self.table = table
        self.key = key
    }
}

public struct Row: Sendable, Equatable {
    public let key: [UInt8]
    public let value: [UInt8]
    public let due: Timestamp?

    public init(key: [UInt8], value: [UInt8], due: Timestamp?) {
        self.key = key
        self.value = value
        self.due = due
    }
}

/// One row to be written, or to be removed when `value` is nil.
public struct RowChange: Sendable, Equatable {
    public let table: String
    public let key: [UInt8]
    public let value: [UInt8]?
    public let due: Timestamp?

    public init(table: String, key: [UInt8], value: [UInt8]?, due: Timestamp? = nil) {
        self.table = table
        self.key = key
        self.value = value
        self.due = due
    }
}

/// What one commit changes.
public struct Batch: Sendable {
    /// The epoch under which the writer opened the store.
    public let epoch: Int64
    /// In log order; each frame begins right after the last stored position of its log.
    public var frames: [Frame] = []
    public var rows: [RowChange] = []
    /// Frames whose last position is at or below these are dropped (replies that are too old);
    /// the last frame of a log always stays, since it holds the log's place.
    public var dropped: [LogName: Int64] = [:]

    public init(epoch: Int64) { self.epoch = epoch }

    public var isEmpty: Bool { frames.isEmpty && rows.isEmpty && dropped.isEmpty }
}
