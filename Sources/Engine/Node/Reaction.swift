// SPDX-License-Identifier: Apache-2.0
/// What follows from one kind of fact.

public import Kernel
public import Ports

@usableFromInline package struct Reaction<Command>: Sendable {
    /// Puts what follows into the last argument. For a result of a generic type, and in a list of
    /// closures, Swift makes another closure at each call (13 an order, 1 % of its instructions).
    @usableFromInline
    struct Handler: Sendable {
        @usableFromInline let react: @Sendable (LoggedFact, LogName, inout Command?) -> Void

        @inlinable
        init(_ react: @escaping @Sendable (LoggedFact, LogName, inout Command?) -> Void) {
            self.react = react
        }
    }

    @usableFromInline let event: ObjectIdentifier
    @usableFromInline let name: WireName
    @usableFromInline let handler: Handler

    @inlinable
    init(event: ObjectIdentifier, name: WireName, handler: Handler) {
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
        return Reaction(
            event: ObjectIdentifier(Event.self), name: kind.name,
            handler: Handler { logged, _, found in
                guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else {
                    return
                }
                found = command(payload)
            })
    }

    /// The same, where more counts than what the fact says.
    @inlinable
    package static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>,
        _ command: @escaping @Sendable (Payload, Envelope) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(
            event: ObjectIdentifier(Event.self), name: kind.name,
            handler: Handler { logged, log, found in
                guard let fact = logged.fact.of(Event.self), let payload = payload(fact) else {
                    return
                }
                found = command(payload, Envelope(logged, of: log))
            })
    }
}
