// SPDX-License-Identifier: Apache-2.0
/// What a bounded context tells the engine about itself: its rules, what it subscribes to, what
/// it owes the outside, and how it answers. No technology, no I/O, no state.

public import Kernel
public import Ports

/// A service binds a decider to facts and effects. All its functions are pure.
@usableFromInline package protocol Service {
    associatedtype Rules: Decider
    /// A call to the outside that a state may owe. `Never` for a service that makes none.
    associatedtype Effect: Sendable

    /// The name of its logs: `orders`.
    static var name: String { get }

    /// The services whose facts it subscribes to.
    static var subscribesTo: [String] { get }

    /// What follows here from the facts of other services.
    static var reactions: Reactions<Rules.Command> { get }

    /// What follows here from one of them; nil when nothing does. Asked of facts in the table only.
    static func command(for logged: LoggedFact, of log: LogName) -> Rules.Command?

    /// The entity whose due moment has come; `isRestart` when the process has just begun, so that
    /// whatever was in flight must be tried again.
    static func wake(_ key: Rules.Key, isRestart: Bool) -> Rules.Command

    /// The names of the operations that its calls carry out, for logs and figures. Each has slots,
    /// credit and a breaker of its own. Empty when it calls nobody; 64 at most.
    static var operations: [String] { get }

    /// The call that `state` owes now or, when its moment comes, again.
    static func call(of state: Rules.State) -> OwedCall?

    /// What an operator must be told of `event`; nil as a rule.
    static func alarm(of event: Rules.Event) -> Alarm?

    /// The call whose attempt is under way, with the number that was logged for it.
    static func effect(owedBy state: Rules.State, at key: Rules.Key) -> Owed<Effect>?

    /// The answer to a caller, from the rejection, or from the state of the command's first entity
    /// at the end of the batch, so that what followed from the command in other services shows.
    /// Where a later command of the batch changed the entity, it is the state before that command:
    /// nobody is told what somebody else asked for.
    static func reply(
        to command: Rules.Command, _ outcome: Result<Entity<Rules.State>, Rules.Rejection>
    ) -> Reply

    /// True when some answers wait for what other services decide on the entity that a command
    /// began: those to commands of which `awaitsVerdict` is true, for as long as the entity
    /// `isUndecided`. Others decide in the same batch, where they are in the same node, or later:
    /// callers are told the same.
    static var postponesAnswers: Bool { get }
    static func awaitsVerdict(_ command: Rules.Command) -> Bool
    static func isUndecided(_ state: Rules.State) -> Bool

    /// The answer to the command that began the entity at `key`, once that is decided on; while it
    /// is not, what a caller is told who waits no longer, and which is not kept.
    static func verdict(on entity: Entity<Rules.State>, at key: Rules.Key) -> Reply

    /// True when events of other entities' streams change entities that callers can see.
    static var isChangedByOthers: Bool { get }

    /// The tables that are read from outside: their rows are visible as soon as they commit.
    static var queriedTables: Set<String> { get }

    /// The longest wait that a state may ask for, from when it is decided to when it is due. What
    /// is further away when a node starts was set while the clock was ahead, and is due at once.
    static var waitMax: Span { get }
}

extension Service {
    @inlinable package static var postponesAnswers: Bool { false }
    @inlinable package static func awaitsVerdict(_ command: Rules.Command) -> Bool { false }
    @inlinable package static func isUndecided(_ state: Rules.State) -> Bool { false }
    @inlinable
    package static func verdict(on entity: Entity<Rules.State>, at key: Rules.Key) -> Reply {
        preconditionFailure("only a service that postpones answers is asked for them")
    }
    @inlinable package static var isChangedByOthers: Bool { false }
    @inlinable package static var waitMax: Span { .hours(1) }
    @inlinable package static func command(
        for logged: LoggedFact, of log: LogName
    ) -> Rules.Command? {
        reactions.command(for: logged, of: log)
    }
    @inlinable package static func alarm(of event: Rules.Event) -> Alarm? { nil }
}

extension Service where Effect == Never {
    @inlinable package static var operations: [String] { [] }
    @inlinable package static func call(of state: Rules.State) -> OwedCall? { nil }
}

/// A call that is owed, and how its attempts have gone so far.
@usableFromInline package struct OwedCall {
    /// Its place among `Service.operations`.
    @usableFromInline package let operation: Int
    @usableFromInline package let attempts: Attempts

    @inlinable
    package init(operation: Int, attempts: Attempts) {
        self.operation = operation
        self.attempts = attempts
    }
}

/// Something that an operator must look at, found in a fact once that is durable.
@usableFromInline package struct Alarm: Sendable, Equatable {
    /// Constant, for whoever searches the logs.
    package let message: String
    /// What it is about, by the keys of log metadata.
    package let details: [String: String]

    package init(_ message: String, _ details: [String: String]) {
        self.message = message
        self.details = details
    }
}

/// An owed call and the attempt that pays for it.
@usableFromInline package struct Owed<Effect> {
    /// Its place among `Service.operations`.
    @usableFromInline package let operation: Int
    @usableFromInline package let attempt: Int64
    /// True when the outside failed at the same call before.
    @usableFromInline package let isRetry: Bool
    @usableFromInline package let effect: Effect

    @inlinable package init(operation: Int = 0, attempt: Int64, isRetry: Bool, effect: Effect) {
        self.operation = operation
        self.attempt = attempt
        self.isRetry = isRetry
        self.effect = effect
    }
}

/// A state with its version: the number of events in the entity's own stream or, where events of
/// others change it too, the position of the last of all. It changes whenever the state does.
@usableFromInline package struct Entity<State: EntityState>: Sendable {
    @usableFromInline package let state: State
    @usableFromInline package let version: Int64

    @inlinable package init(state: State, version: Int64) {
        self.state = state
        self.version = version
    }
}
