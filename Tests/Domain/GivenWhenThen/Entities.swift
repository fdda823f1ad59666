// SPDX-License-Identifier: Apache-2.0
/// A service in memory and without an engine: the states of its entities, by key. An event changes
/// every entity that it names, as it would in a node.

package import Kernel
import Testing

package struct Entities<Rules: Decider> {
    package private(set) var states: [Rules.Key: Rules.State] = [:]
    package private(set) var history: [Rules.Event] = []

    package init() {}

    /// The entity at `key`, or what it is before its first event.
    package subscript(_ key: Rules.Key) -> Rules.State { states[key] ?? Rules.initial }

    package mutating func apply(_ events: [Rules.Event]) {
        for event in events {
            for key in Rules.changes(event) {
                states[key] = Rules.evolve(self[key], event, at: key)
            }
        }
        history += events
    }

    /// The events that follow from `command`, or why none may. Nothing is applied.
    package func decide(
        _ command: Rules.Command, _ moment: Moment
    ) -> Result<[Rules.Event], Rules.Rejection> {
        let keys = Rules.keys(command)
        if keys.isEmpty || Set(keys).count < keys.count {
            Issue.record("\(command) does not name each entity once")
        }
        var states = States(keys: keys, values: keys.map { self[$0] })
        let further = Rules.keys(command, given: states)
        if Set(further).count < further.count {
            Issue.record("\(command) does not name each further entity once")
        }
        states = states.adding(further) { self[$0] }
        do throws(Rules.Rejection) {
            let events = try Rules.decide(command, states, moment)
            for event in events where Rules.changes(event).isEmpty {
                Issue.record("\(event) changes nothing")
            }
            return .success(events)
        } catch {
            return .failure(error)
        }
    }

    /// Decides and applies; the events, none if the command was rejected.
    @discardableResult
    package mutating func run(_ command: Rules.Command, _ moment: Moment) -> [Rules.Event] {
        guard case .success(let events) = decide(command, moment) else { return [] }
        apply(events)
        return events
    }
}

extension Entities {
    /// The entities at `keys` are what a reader of the whole history would see.
    package func expectFoldsAgree(at keys: [Rules.Key]) {
        for key in keys { #expect(Rules.fold(history, at: key) == self[key]) }
    }
}
