// SPDX-License-Identifier: Apache-2.0
/// How a rule is tested: given these events, when this command comes, then those events follow, or
/// this rejection. Nothing is faked, since a decider needs nothing that could be.

package import Kernel
package import Testing

/// A service in which `events` have happened.
package func given<Rules: Decider>(
    _ rules: Rules.Type, _ events: Rules.Event...
) -> Entities<Rules> {
    given(rules, events)
}

/// A service in which `events` have happened.
package func given<Rules: Decider>(
    _ rules: Rules.Type, _ events: [Rules.Event]
) -> Entities<Rules> {
    var entities = Entities<Rules>()
    entities.apply(events)
    return entities
}

extension Entities {
    /// What the rules make of `command`.
    package func when(
        _ command: Rules.Command, at time: Timestamp = .noon, draw: UInt64 = 0,
        by principal: Principal = .house, credit: CallCredit = .all
    ) -> Outcome<Rules> {
        let moment = Moment(at: time, draw: draw, principal: principal, credit: credit)
        return Outcome(before: self, result: decide(command, moment))
    }
}

/// What came of a command.
package struct Outcome<Rules: Decider> {
    package let before: Entities<Rules>
    package let result: Result<[Rules.Event], Rules.Rejection>

    /// The events that followed; none if the command was rejected.
    package var events: [Rules.Event] { (try? result.get()) ?? [] }

    /// The service after these events.
    package var entities: Entities<Rules> {
        var entities = before
        entities.apply(events)
        return entities
    }

    /// Exactly `expected` follow.
    @discardableResult
    package func then(
        _ expected: Rules.Event..., sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        then(expected, sourceLocation: sourceLocation)
    }

    /// Exactly `expected` follow.
    @discardableResult
    package func then(
        _ expected: [Rules.Event], sourceLocation: SourceLocation = #_sourceLocation
    ) -> Self {
        #expect(result == .success(expected), sourceLocation: sourceLocation)
        return self
    }

    /// There is nothing new: a late duplicate records nothing.
    @discardableResult
    package func thenNothing(sourceLocation: SourceLocation = #_sourceLocation) -> Self {
        then([], sourceLocation: sourceLocation)
    }

    /// The rules say no, and why.
    package func rejected(
        _ reason: Rules.Rejection, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result == .failure(reason), sourceLocation: sourceLocation)
    }

    /// A further command, after what followed from this one.
    package func when(
        _ command: Rules.Command, at time: Timestamp = .noon, draw: UInt64 = 0,
        by principal: Principal = .house, credit: CallCredit = .all
    ) -> Outcome<Rules> {
        entities.when(command, at: time, draw: draw, by: principal, credit: credit)
    }
}

extension Timestamp {
    /// 2026-11-02, 12:00 UTC: when most tests take place.
    package static let noon = Timestamp(milliseconds: 1_793_620_800_000)

    package static func + (time: Timestamp, span: Span) -> Timestamp { time.advanced(by: span) }
}
