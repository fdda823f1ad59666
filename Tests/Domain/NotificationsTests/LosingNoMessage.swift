// SPDX-License-Identifier: Apache-2.0
/// Whatever gets lost between house and mailer: a message is sent at least once, or known to have
/// failed; and it comes to an end.

import Contracts
import GivenWhenThen
import Kernel
import NotificationsDomain
import SampleFacts
import Testing

@Suite struct `Losing no message` {
    @Test func `holds for a mailer that loses, repeats and dies`() throws {
        var ends: Set<MessageState.Phase> = []
        for seed in UInt64(90_000)..<90_600 {
            var chance = Chance(seed: seed)
            let (end, sent) = try play(&chance)
            ends.insert(end)
            #expect(end != .sent || sent > 0)
        }
        #expect(ends == [.sent, .failed])
    }

    /// How a message ended, and how many mails went out.
    private func play(_ chance: inout Chance) throws -> (MessageState.Phase, Int) {
        var message = given(MessageDecider.self, .queued)
        var time = Timestamp.noon
        var mails = 0
        var started: Int64 = 0
        let lossPercent = chance.one(of: [10, 60, 95, 100])
        let refusal = chance.below(40)
        for step in 0..<3_000 {
            let open = try #require(message.open)
            guard let due = open.due, open.phase == .sending else {
                #expect(message.message.isAtRest)
                return (open.phase, mails)
            }
            guard open.isInFlight, open.attempts.number > started else {
                time = max(time, due)
                message.run(.wake, chance.moment(at: time))
                continue
            }
            started = open.attempts.number
            time = time + chance.span(upTo: .seconds(20))
            if chance.comesUp(5) {
                message.run(.restart, chance.moment(at: time))
            } else if !chance.comesUp(lossPercent) {
                mails += 1
                guard !chance.comesUp(lossPercent) else { continue }
                message.run(.note(.sent), chance.moment(at: time))
            } else if chance.comesUp(50) {
                message.run(.note(.unavailable), chance.moment(at: time))
            } else if step == refusal {
                message.run(.note(.refused(code: "bounced")), chance.moment(at: time))
            }
        }
        Issue.record("it never ends")
        return (.sending, mails)
    }
}
