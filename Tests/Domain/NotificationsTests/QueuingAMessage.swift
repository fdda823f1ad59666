// SPDX-License-Identifier: Apache-2.0
/// One message of each kind goes out for an order, however often its reason is heard.

import Contracts
import GivenWhenThen
import Kernel
import NotificationsDomain
import SampleFacts
import Testing

@Suite struct `Queuing a message` {
    @Test(arguments: MessageKind.allCases)
    func `is recorded before the mailer is called`(_ kind: MessageKind) throws {
        let message = given(MessageDecider.self).when(.queue(kind)).then(.queued(kind))
        guard case .open(let open) = message.entities[OrderID.sample.message(kind)] else {
            Issue.record("no message")
            return
        }
        #expect((open.kind, open.phase, open.attempts.number) == (kind, .sending, 1))
        #expect((open.total, open.recipient) == (.eur(2_200), .sample))
        #expect(open.isInFlight)
        #expect(open.due == .noon + .lease)
    }

    @Test(arguments: Stage.allCases)
    func `a second time records nothing`(_ stage: Stage) {
        let outcome = stage.message.when(.queue)
        if stage == .absent { outcome.then(.queued) } else { outcome.thenNothing() }
    }

    @Test func `of another kind is another message`() {
        Stage.sent.message.when(.queue(.orderCanceled)).then(.queued(.orderCanceled))
    }
}
