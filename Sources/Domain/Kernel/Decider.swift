// SPDX-License-Identifier: Apache-2.0
/// The shape of every write model: pure functions from facts to facts. Time, chance and the
/// principal come in as a `Moment`; a decider reads no clock, draws no number and does no I/O.

/// The rules of one bounded context, over one entity or over several at once.
///
/// A command names the entities that it touches, an event the entities that it changes, so one
/// decision may span many (a hold of twenty lines): it happens for all of them or for none.
public protocol Decider {
    associatedtype Key: EntityKey
    associatedtype Command: Sendable
    associatedtype Event: WireEvent
    associatedtype State: EntityState
    associatedtype Rejection: Error & Equatable & Sendable

    /// What an entity is before its first event.
    static var initial: State { get }

    /// The entities that `command` reads, each named once. `decide` sees them in this order.
    static func keys(_ command: Command) -> Keys<Key>

    /// Further entities that the decision reads, each once, which only the states of the named ones
    /// tell: those of the articles of a hold. `decide` sees them behind the named ones. None as a
    /// rule; they are loaded one by one.
    static func keys(_ command: Command, given states: States<Key, State>) -> [Key]

    /// The events that follow from `command`, or the reason why none may. An empty answer means
    /// that there is nothing new: the command was a late duplicate.
    static func decide(
        _ command: Command, _ states: States<Key, State>, _ moment: Moment
    ) throws(Rejection) -> [Event]

    /// The entities that `event` changes. The first one's stream is where the event is kept.
    static func changes(_ event: Event) -> Keys<Key>

    /// The state of the entity at `key` after `event`. Total: it never fails.
    static func evolve(_ state: State, _ event: Event, at key: Key) -> State
}

/// What a decision may know of the world besides the states: when it is, a random draw, who asks,
/// and which calls to the outside could be made right away.
@frozen public struct Moment: Sendable, Equatable {
    /// The node's time. It goes back only where the clock was wrong for long: see `reaches`.
    public let at: Timestamp
    /// 64 random bits, fresh for every command.
    public let draw: UInt64
    public let principal: Principal
    /// The operations whose call may be attempted now.
    public let credit: CallCredit
    /// The due moment of the entity that is woken, when it lies after `at` although the time until
    /// then has elapsed: it was set while the clock was ahead.
    public let elapsed: Timestamp?

    @inlinable
    public init(
        at: Timestamp, draw: UInt64, principal: Principal, credit: CallCredit = .all,
        elapsed: Timestamp? = nil
    ) {
        self.at = at
        self.draw = draw
        self.principal = principal
        self.credit = credit
        self.elapsed = elapsed
    }

    /// True when `due` has come: by the time or, after the clock was set back, because as much has
    /// elapsed as was to be waited for.
    @inlinable
    public func reaches(_ due: Timestamp) -> Bool { due <= at || due == elapsed }
}

/// The states that a command named, in the order in which it named them.
@frozen public struct States<Key: EntityKey, State: EntityState> {
    public let keys: Keys<Key>
    /// The only state, or the first one.
    public let first: State
    @usableFromInline let others: [State]

    /// `values` in the order of `keys`; there is at least one.
    @inlinable
    public init(keys: Keys<Key>, values: [State]) {
        self.keys = keys
        first = values[0]
        others = Array(values.dropFirst())
    }

    /// The states of `keys`, of which there is at least one, each looked up by its index.
    @inlinable
    public init(keys: Keys<Key>, state: (Int) -> State) {
        precondition(!keys.isEmpty, "a command names an entity")
        self.keys = keys
        first = state(0)
        others = keys.count == 1 ? [] : (1..<keys.count).map(state)
    }

    @usableFromInline
    init(keys: Keys<Key>, first: State, others: [State]) {
        self.keys = keys
        self.first = first
        self.others = others
    }

    /// These, and behind them those of `further`, each looked up by its key.
    @inlinable
    public func adding(_ further: [Key], state: (Key) throws -> State) rethrows -> States {
        States(
            keys: .many(Array(keys) + further), first: first,
            others: others + (try further.map(state)))
    }

    public var values: [State] { [first] + others }

    /// The state of the key at `index` of `Decider.keys`.
    @inlinable
    public func at(_ index: Int) -> State { index == 0 ? first : others[index - 1] }
}

/// A state that an engine can keep: written as bytes, and woken when something falls due.
public protocol EntityState: Sendable, Equatable, WireCoded {
    /// The earliest moment at which the entity wants to be woken; nil when nothing is pending.
    /// A pure function of the state: timers, retries and owed effects are all "rows that are due".
    var due: Timestamp? { get }

    /// True when nothing more is expected to happen to the entity: it may leave memory.
    var isAtRest: Bool { get }
}

/// The identity of an entity within its service.
public protocol EntityKey: Hashable, Sendable {
    /// The names of the tables that hold this service's entities, in a fixed order.
    static var tables: [String] { get }
    /// Which of `tables` holds this entity.
    var table: Int { get }
    /// The key's bytes; their order is the order of rows.
    func writeKey(to bytes: inout [UInt8])
    init?(table: Int, bytes: [UInt8])
    /// 0 ... 4095: decides the partition of the facts that this entity's stream announces.
    var bucket: UInt16 { get }
}

extension EntityKey {
    /// The key as a row key.
    @inlinable public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(16)
        writeKey(to: &bytes)
        return bytes
    }
}

extension Decider {
    @inlinable
    public static func keys(_ command: Command, given states: States<Key, State>) -> [Key] { [] }

    /// The state of one entity after `events`, for tests and for readers of history.
    public static func fold(_ events: some Sequence<Event>, at key: Key) -> State {
        events.reduce(initial) { state, event in
            changes(event).contains(key) ? evolve(state, event, at: key) : state
        }
    }
}

extension ID: EntityKey {
    public static var tables: [String] { [Entity.table] }
    public var table: Int { 0 }
    public func writeKey(to bytes: inout [UInt8]) { raw.append(to: &bytes) }
    public init?(table: Int, bytes: [UInt8]) {
        guard let raw = UUIDv7(bytes: bytes) else { return nil }
        self.init(raw)
    }
    public var bucket: UInt16 { raw.bucket }
}

extension Identified {
    /// Where entities of this kind are kept.
    public static var table: String { prefix }
}
