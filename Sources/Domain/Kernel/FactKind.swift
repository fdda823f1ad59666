// SPDX-License-Identifier: Apache-2.0
/// One of the facts of an event type by itself, so that tables can be made by fact.

public struct FactKind<Event: WireEvent, Payload>: Sendable {
    public let name: WireName
    /// What the fact says; nil for every other fact.
    public let payload: @Sendable (Event) -> Payload?

    public init(_ name: WireName, _ payload: @escaping @Sendable (Event) -> Payload?) {
        self.name = name
        self.payload = payload
    }
}
