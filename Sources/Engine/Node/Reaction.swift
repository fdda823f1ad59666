// SPDX-License-Identifier: Apache-2.0
/// What follows from one kind of fact.

public import Kernel
public import Ports

@usableFromInline package struct Reaction<Command>: Sendable {
    /// Puts what follows into its last argument: for a result of a generic type, a closure is made
    /// around the handler at each call (13 an order, 1 % of its instructions).
    @usableFromInline typealias Handler = @Sendable (LoggedFact, LogName, inout Command?) -> Void

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
    package static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>, _ command: @escaping @Sendable (Payload) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(event: ObjectIdentifier(Event.self), name: kind.name) { logged, _, found in
            guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else { return }
            found = command(payload)
        }
    }

    /// The same, where more counts than what the fact says.
    @inlinable
    package static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>,
        _ command: @escaping @Sendable (Payload, Envelope) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(event: ObjectIdentifier(Event.self), name: kind.name) { logged, log, found in
            guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else { return }
            found = command(payload, Envelope(logged, of: log))
        }
    }
}
