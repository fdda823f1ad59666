// SPDX-License-Identifier: Apache-2.0
/// Time that does not flow, and ids that go back.

import Invariants
import Kernel
import Testing

extension Breaker {
    static let times = [
        Breaker(.l7, by: "time that stands still") { flow(told: .milliseconds(7_379)) },
        Breaker(.l7, by: "time that leaps") { flow(told: .milliseconds(12_721)) },
        Breaker(.l7, by: "a clock that is believed at once") {
            flow(told: .days(900), standing: .milliseconds(289_999))
        },
        Breaker(.o11, by: "an id that goes back") {
            var findings = Findings()
            IDOrder(made: 41, committed: 42).check(&findings)
            return Set(findings.rules)
        },
    ]

    fileprivate static func flow(told: Span, standing: Span? = nil) -> Set<Rule> {
        var findings = Findings()
        TimeFlow(passed: .seconds(10), told: told, standing: standing).check(&findings)
        return Set(findings.rules)
    }
}

@Suite struct `Time that flows` {
    @Test(arguments: [7_380, 10_000, 12_720] as [Int64])
    func `may be a quarter slower or faster`(told: Int64) {
        #expect(Breaker.flow(told: .milliseconds(told)) == [])
    }

    @Test(arguments: [Span.days(900), .days(-900)])
    func `may leap to what has stood`(told: Span) {
        #expect(Breaker.flow(told: told, standing: .seconds(290)) == [])
    }

    @Test(arguments: [42, 43] as [Int64])
    func `brings ids that do not go back`(made: Int64) {
        var findings = Findings()
        IDOrder(made: made, committed: 42).check(&findings)
        #expect(findings.isEmpty)
    }
}
