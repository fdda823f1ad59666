// SPDX-License-Identifier: Apache-2.0
/// What every stream of events keeps, whatever it is about: its numbers, and the order in which it
/// heard of others.

import Kernel

/// The events of one entity: 1 to n, each linked to the one before.
struct StreamNumbers: Sendable {
    private(set) var version: Int64 = 0
    private var last: Int64 = 0

    @inline(__always)
    mutating func note(
        _ place: Place, _ findings: inout Findings, _ name: @autoclosure () -> String
    ) {
        findings.demand(
            place.version == version + 1, .e1,
            "\(name()): version \(place.version) after \(version)")
        findings.demand(
            place.previous == last, .e1,
            "\(name()): linked to \(place.previous) and not to \(last)")
        version = place.version
        last = place.position
    }
}

/// The facts of one log as one entity answers them: each once, in their order.
struct AnsweredFacts: Sendable {
    private var log = LogNumber.none
    private var fact: Int64 = 0
    private var answeredAt: Int64 = 0

    /// True when these are the facts of `log`; the first one that asks has them.
    @inline(__always)
    mutating func areOf(_ log: LogNumber) -> Bool {
        if self.log == .none { self.log = log }
        return self.log == log
    }

    /// `fact` led to the event at `position`. What one fact leads to stands together.
    @inline(__always)
    mutating func note(
        _ fact: Int64, at position: Int64, _ findings: inout Findings,
        _ name: @autoclosure () -> String
    ) {
        if fact == self.fact {
            findings.demand(
                position == answeredAt + 1, .e7, "\(name()): \(fact) answered again at \(position)")
        } else {
            findings.demand(
                fact > self.fact, .e6, "\(name()): \(fact) answered after \(self.fact)")
        }
        self.fact = max(fact, self.fact)
        answeredAt = position
    }
}
