// SPDX-License-Identifier: Apache-2.0
/// What a service does about the facts of others: a table by fact.

public import Kernel
public import Ports

/// A fact of another service as a reaction may look at it: with all that is known of it.
public struct Envelope: Sendable {
    public let fact: any Fact
    /// Where it stands.
    public let log: LogName
    public let position: Int64
    /// When it was recorded, what brought it about, and the trace that it belongs to.
    public let provenance: Provenance

    public var at: Timestamp { provenance.at }
    public var cause: Cause { provenance.cause }
    public var trace: String? { provenance.trace }
    /// The id of the order or whatever else the fact's story is about.
    public var correlation: String? { fact.correlation }

    @inlinable
    init(_ logged: LoggedFact, of log: LogName) {
        fact = logged.fact
        self.log = log
        position = logged.position
        provenance = logged.provenance
    }
}

/// What follows from one kind of fact.
public struct Reaction<Command>: Sendable {
    @usableFromInline typealias Handler = @Sendable (LoggedFact, LogName) -> Command?

    @usableFromInline let event: ObjectIdentifier
    @usableFromInline let name: WireName
    @usableFromInline let handler: Handler

    @inlinable
    init(event: ObjectIdentifier, name: WireName, handler: @escaping Handler) {
        self.event = event
        self.name = name
        self.handler = handler
    }

    /// `command` is nil where nothing follows from this very fact.
    @inlinable
    public static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>, _ command: @escaping @Sendable (Payload) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(event: ObjectIdentifier(Event.self), name: kind.name) { logged, _ in
            guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else {
                return nil
            }
            return command(payload)
        }
    }

    /// The same, where more counts than what the fact says.
    @inlinable
    public static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>,
        _ command: @escaping @Sendable (Payload, Envelope) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(event: ObjectIdentifier(Event.self), name: kind.name) { logged, log in
            guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else {
                return nil
            }
            return command(payload, Envelope(logged, of: log))
        }
    }
}

/// Finds the reaction to a fact. Facts that are not in the table are skipped unread.
public struct Reactions<Command>: Sendable {
    /// Which event's codes begin where in `handlers`.
    @usableFromInline
    struct Source: Sendable {
        @usableFromInline let event: ObjectIdentifier
        @usableFromInline let codes: Range<Int>

        @inlinable
        init(event: ObjectIdentifier, codes: Range<Int>) {
            self.event = event
            self.codes = codes
        }
    }

    @usableFromInline let sources: [Source]
    /// By source and code.
    @usableFromInline let handlers: [Reaction<Command>.Handler?]
    /// The facts that something follows from.
    public let names: [WireName]

    @inlinable
    public init(_ reactions: Reaction<Command>...) {
        names = reactions.map(\.name)
        var sources: [Source] = []
        var handlers: [Reaction<Command>.Handler?] = []
        for reaction in reactions where !sources.contains(where: { $0.event == reaction.event }) {
            let own = reactions.filter { $0.event == reaction.event }
            let first = handlers.count
            handlers += Array(
                repeating: nil, count: (own.map { Int($0.name.code) }.max() ?? 0) + 1)
            for reaction in own {
                let place = first + Int(reaction.name.code)
                precondition(handlers[place] == nil, "one reaction to \(reaction.name)")
                handlers[place] = reaction.handler
            }
            sources.append(Source(event: reaction.event, codes: first..<handlers.count))
        }
        self.sources = sources
        self.handlers = handlers
    }

    /// What follows from a fact of `log`; nil when nothing does.
    @inlinable
    public func command(for logged: LoggedFact, of log: LogName) -> Command? {
        handler(for: logged.fact)?(logged, log)
    }

    /// True when something may follow from `fact`.
    @inlinable
    public func reacts(to fact: any Fact) -> Bool { handler(for: fact) != nil }

    @inlinable
    func handler(for fact: any Fact) -> Reaction<Command>.Handler? {
        let event = ObjectIdentifier(type(of: fact))
        for source in sources where source.event == event {
            let place = source.codes.lowerBound + Int(fact.code)
            return place < source.codes.upperBound ? handlers[place] : nil
        }
        return nil
    }
}
