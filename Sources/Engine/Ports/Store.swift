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
    /// Takes possession: begins a new epoch, which fences every earlier owner. Also called again
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
    /// The store was written by a newer version of the house, or by one that is too old, or is
    /// something else altogether; for a reader also: by an older one, and not brought up to date by
    /// its owner yet.
    case incompatible
    /// What is stored can't be right: bit rot, a foreign hand, or a bug.
    case corrupt
    /// The medium does not answer.
    case unavailable
}

extension StoreFailure: CustomStringConvertible {
    public var description: String {
        switch self {
        case .locked: "another process owns the store"
        case .incompatible: "the store is not a house's, or one of another version wrote it"
        case .corrupt: "what is stored can't be right"
        case .unavailable: "the store can't be read or written; is its disk full?"
        }
    }
}

/// How a commit ended.
public enum CommitOutcome: Equatable, Sendable {
    /// Durable.
    case committed
    /// Nothing of it was kept; the same batch may be tried again.
    case refused(Refusal)
    /// Another epoch has begun: this writer must stop for good.
    case fenced
    /// It may have been kept or not: stop, open again, compare, and only then answer.
    case unknown

    public enum Refusal: Equatable, Sendable {
        /// No room is left.
        case full
        /// Someone else holds the store for longer than is bearable.
        case busy
        /// The expected positions do not follow the stored ones.
        case conflict
    }
}

/// The name of one shard's log of one service, `orders/0`.
public struct LogName: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let service: String
    public let shard: Int

    public init(_ service: String, _ shard: Int = 0) {
        self.service = service
        self.shard = shard
    }

    /// Nil unless `text` is a service, a slash and a number.
    public init?(text: some StringProtocol) {
        guard let slash = text.lastIndex(of: "/"),
            let shard = Int(text[text.index(after: slash)...]), shard >= 0
        else { return nil }
        self.init(String(text[..<slash]), shard)
    }

    public var description: String { "\(service)/\(shard)" }

    public static func < (left: LogName, right: LogName) -> Bool {
        (left.service, left.shard) < (right.service, right.shard)
    }
}

/// What a store holds when it is opened.
public struct StoreContents: Sendable, Equatable {
    public let epoch: Int64
    public let heads: [LogName: Head]

    public init(epoch: Int64, heads: [LogName: Head]) {
        self.epoch = epoch
        self.heads = heads
    }

    /// The end of a log.
    public struct Head: Sendable, Equatable {
        /// The last position that is taken; 0 for an empty log.
        public let position: Int64
        /// The hash chain's value after that position; empty for an empty log.
        public let chain: [UInt8]

        public init(position: Int64, chain: [UInt8]) {
            self.position = position
            self.chain = chain
        }
    }
}

/// Consecutive records of one log, as one row: a commit's share, or a part of it.
public struct Frame: Sendable, Equatable {
    public let log: LogName
    /// The position of the first record.
    public let first: Int64
    public let count: Int
    public let epoch: Int64
    /// When the records were made.
    public let at: Timestamp
    /// The records, each with its length before it. Written once, never changed.
    public let bytes: [UInt8]
    /// The hash chain's value after this frame.
    public let chain: [UInt8]

    public init(
        log: LogName, first: Int64, count: Int, epoch: Int64, at: Timestamp, bytes: [UInt8],
        chain: [UInt8]
    ) {
        self.log = log
        self.first = first
        self.count = count
        self.epoch = epoch
        self.at = at
        self.bytes = bytes
        self.chain = chain
    }

    public var last: Int64 { first + Int64(count) - 1 }
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
