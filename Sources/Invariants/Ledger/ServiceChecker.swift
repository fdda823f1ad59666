// SPDX-License-Identifier: Apache-2.0
/// What checks one service: it takes the facts of that service's logs, and knows no others. What
/// spans services is the judge's.

package import Contracts
package import Kernel
package import NodeEngine
package import Ports

/// Takes the events of one type, and checks what can be told at once. It is a class so that a
/// ledger that has compared types need not cast each fact: that costs more than to hand it on.
package class EventTaker<Event: Fact> {
    package final var taker: EventTaker { self }

    func note(
        _ event: Event, at place: Place, answering heard: Heard, _ context: inout CheckContext
    ) {
        preconditionFailure("every checker takes its events")
    }
}

/// What a service brings to the proof of it.
package protocol ServiceChecker: AnyObject, SendableMetatype {
    associatedtype Checked: Service

    /// What is promised of this service alone.
    static var rules: [Rule] { get }

    /// The order that an event belongs to, and the entity of the order whose stream it stands in;
    /// nil when it belongs to none.
    static func subject(of event: Checked.Rules.Event) -> (order: OrderID, entity: UUIDv7)?
    /// The same of any fact; nil, too, when it is not of this service.
    static func subject(of fact: any Fact) -> (order: OrderID, entity: UUIDv7)?

    /// What its entities are called where people are told how many there are; nil where they are
    /// not.
    static var noun: String? { get }
    /// Entities that people are told of besides.
    static var remarks: [Remark<Checked.Rules.State>] { get }
    func remarks(in house: Snapshot) -> [(name: String, count: Int)]

    /// What its entities owe to the outside, by operation; where nothing is owed, none.
    static func owedCalls(in house: Snapshot, at now: Timestamp) -> [OwedCalls]

    init(_ settings: CheckerSettings)

    /// The checker, which takes the events of its service.
    var taker: EventTaker<Checked.Rules.Event> { get }

    /// Reads one of its logs anew; each event goes to the ledger, and then to `hear`.
    func fold(
        _ log: LogName, from reader: any Reader, chain: any Chain, into ledger: Ledger,
        hear: ((any Fact) -> Void)?
    ) throws -> any FoldedLog

    /// Checks the entities as they are stored, all shards of them; and when nothing moves any more,
    /// that nothing is left to be done.
    func check(
        _ shards: [LogFold<Checked>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings)
}

/// Some of a service's entities, by name.
package struct Remark<State>: Sendable {
    let name: String
    let isMet: @Sendable (State) -> Bool
}

/// What a checker is made with.
package struct CheckerSettings: Sendable {
    let name: String
    let service: ServiceNumber
    let subscribesTo: [String]
    /// How many orders to make room for.
    let capacity: Int
    /// How long requests keep their answers.
    let retention: Retention
    /// By number of a service: its place in `subscribesTo`; -1 when it is not there.
    private let subscriptions: [Int32]

    init<Checker: ServiceChecker>(
        _ checker: Checker.Type, among services: [String], capacity: Int, retention: Retention
    ) {
        name = Checker.name
        service = ServiceNumber(services.firstIndex(of: Checker.name) ?? -1)
        let subscribesTo = Checker.Checked.subscribesTo
        self.subscribesTo = subscribesTo
        self.capacity = capacity
        self.retention = retention
        subscriptions = services.map { Int32(subscribesTo.firstIndex(of: $0) ?? -1) }
    }

    @inline(__always)
    func subscription(to service: ServiceNumber) -> Int? {
        let subscription = Int(subscriptions[service.index])
        return subscription < 0 ? nil : subscription
    }
}

/// What checkers share while they take facts.
package struct CheckContext: Sendable {
    var orders: OrderNumbers
    var findings = Findings()
}

extension ServiceChecker {
    /// The name of its logs.
    package static var name: String { Checked.name }

    /// The taker, and the type that it takes.
    var typedTaker: (type: ObjectIdentifier, taker: Unmanaged<AnyObject>) {
        (ObjectIdentifier(Checked.Rules.Event.self), Unmanaged.passUnretained(taker))
    }

    package static var noun: String? { nil }
    package static var remarks: [Remark<Checked.Rules.State>] { [] }

    package static func subject(of fact: any Fact) -> (order: OrderID, entity: UUIDv7)? {
        fact.of(Checked.Rules.Event.self).flatMap { subject(of: $0) }
    }

    /// True when this service logs such facts.
    package static func logs(_ fact: any Fact) -> Bool {
        type(of: fact) == Checked.Rules.Event.self
    }

    /// The events that it may log.
    package static var events: [WireName] { Checked.Rules.Event.names }

    func check(_ house: Snapshot, _ orders: OrderNumbers, _ findings: inout Findings) {
        check(house.shards(of: Checked.self), in: house, orders, &findings)
    }

    /// How many entities there are, and how many of each remark, for people.
    func total(in house: Snapshot) -> (name: String, count: Int)? {
        Self.noun.map { noun in
            (noun, house.shards(of: Checked.self).reduce(0) { $0 + $1.entities.count })
        }
    }

    package static func owedCalls(in house: Snapshot, at now: Timestamp) -> [OwedCalls] {
        var owed = Checked.operations.map { OwedCalls(operation: $0) }
        guard !owed.isEmpty else { return [] }
        for entity in house.shards(of: Checked.self).lazy.flatMap(\.entities.values) {
            guard let call = Checked.call(of: entity.state) else { continue }
            let attempts = call.attempts
            guard attempts.isInFlight || attempts.failures > 0 || attempts.isDue(at: now) else {
                continue
            }
            owed[call.operation].add(since: attempts.since)
        }
        return owed.filter { $0.count > 0 }
    }

    package func remarks(in house: Snapshot) -> [(name: String, count: Int)] {
        let entities = house.shards(of: Checked.self).lazy.flatMap(\.entities.values)
        return Self.remarks.map { remark in
            (remark.name, entities.count { remark.isMet($0.state) })
        }
    }

    package func fold(
        _ log: LogName, from reader: any Reader, chain: any Chain, into ledger: Ledger,
        hear: ((any Fact) -> Void)?
    ) throws -> any FoldedLog {
        try LogFold<Checked>(log, from: reader, chain: chain, into: ledger, hear: hear)
    }
}
