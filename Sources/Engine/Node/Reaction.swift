// SPDX-License-Identifier: Apache-2.0
/// What follows from one kind of fact.

public import Kernel

@usableFromInline package struct Reaction<Command>: Sendable {
    @usableFromInline let event: ObjectIdentifier
    @usableFromInline let name: WireName
    @usableFromInline let command: @Sendable (any Fact) -> Command?

    @inlinable
    init(
        event: ObjectIdentifier, name: WireName,
        command: @escaping @Sendable (any Fact) -> Command?
    ) {
        self.event = event
        self.name = name
        self.command = command
    }

    /// `command` is nil where nothing follows from this very fact.
    @inlinable
    package static func on<Event, Payload>(
        _ kind: FactKind<Event, Payload>, _ command: @escaping @Sendable (Payload) -> Command?
    ) -> Reaction {
        let payload = kind.payload
        return Reaction(event: ObjectIdentifier(Event.self), name: kind.name) { fact in
            fact.of(Event.self).flatMap(payload).flatMap(command)
        }
    }
}
