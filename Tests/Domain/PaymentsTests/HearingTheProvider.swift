// SPDX-License-Identifier: Apache-2.0
/// What the provider says, asked or unasked, early, late or twice, in every stage of a payment.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

@Suite struct `Hearing the provider` {
    private static let columns: [PaymentOutcome] = [
        .done, .refused, .notFound, .unavailable, .unknown,
    ]

    /// The step that each stage waits for, and what follows from done, refused, not found,
    /// unavailable and unknown.
    private static let table: [Stage: (step: PaymentStep, verbs: [String])] = [
        .calling: (.authorize, ["authorized", "declined", "", "deferred", "deferred"]),
        .asking: (.authorize, ["authorized", "declined", "attempted", "deferred", "deferred"]),
        .callingAgain: (.authorize, ["authorized", "declined", "", "deferred", "deferred"]),
        .unavailable: (.authorize, ["authorized", "declined", "", "", ""]),
        .unknown: (.authorize, ["authorized", "declined", "", "", ""]),
        .unwanted: (
            .authorize,
            ["authorized void-requested", "declined voided", "", "deferred", "deferred"]
        ),
        .askingUnwanted: (
            .authorize,
            [
                "authorized void-requested", "declined voided", "void-requested", "deferred",
                "deferred",
            ]
        ),
        .waitingUnwanted: (
            .authorize, ["authorized void-requested", "declined voided", "", "", ""]
        ),
        .capturing: (.capture, ["captured", "capture-failed", "", "deferred", "deferred"]),
        .askingCapture: (
            .capture, ["captured", "capture-failed", "attempted", "deferred", "deferred"]
        ),
        .captureUnavailable: (.capture, ["captured", "capture-failed", "", "", ""]),
        .voiding: (.voidAuthorization, ["voided", "voided", "", "deferred", "deferred"]),
        .askingVoid: (
            .voidAuthorization, ["voided", "voided", "attempted", "deferred", "deferred"]
        ),
        .voidUnknown: (.voidAuthorization, ["voided", "voided", "", "", ""]),
    ]

    @Test(arguments: Stage.allCases, PaymentStep.allCases)
    func `does what the table says`(_ stage: Stage, _ step: PaymentStep) {
        for (column, outcome) in Self.columns.enumerated() {
            let answer = stage.payment.when(.note(step, outcome))
            switch stage {
            case .absent, .tombstone: answer.rejected(.unknownPayment)
            default:
                let row = Self.table[stage]
                let verbs = row?.step == step ? row?.verbs[column] : ""
                #expect(answer.events.map(\.verb).joined(separator: " ") == verbs)
            }
        }
    }

    @Test func `has a row for every stage that waits`() {
        for stage in Stage.allCases {
            #expect(stage.payment.open?.phase.step == Self.table[stage]?.step)
        }
        let phases = Set(Stage.allCases.compactMap(\.payment.open?.phase))
        #expect(phases == Set(PaymentState.Phase.allCases))
    }

    @Test(arguments: Stage.allCases)
    func `learns nothing from hearing it twice`(_ stage: Stage) {
        for step in PaymentStep.allCases {
            for outcome in [PaymentOutcome.done, .refused] {
                let once = stage.payment.when(.note(step, outcome))
                guard case .success = once.result else { continue }
                // What follows may be a new step, which the same word is not about.
                once.when(.note(step, outcome)).thenNothing()
            }
        }
    }

    @Test(arguments: Stage.allCases)
    func `rests when nothing more is expected`(_ stage: Stage) {
        let atRest: Set<Stage> = [
            .tombstone, .declined, .captured, .captureFailed, .voided, .declinedUnwanted,
        ]
        let payment = stage.payment.payment
        #expect(payment.isAtRest == atRest.contains(stage))
        let waits = Self.table[stage] != nil
        #expect((payment.due != nil) == waits)
    }

    /// An effect is started when the number of its attempt is new: each one needs its own.
    @Test(arguments: Stage.allCases)
    func `numbers every attempt anew`(_ stage: Stage) throws {
        guard let before = stage.payment.open else { return }
        for step in PaymentStep.allCases {
            for outcome in PaymentOutcome.all {
                let commands: [PaymentCommand] = [
                    .note(step, outcome), .capture, .giveBack, .wake, .restart,
                ]
                for command in commands {
                    let time = Timestamp.noon + .hours(1)
                    let after = stage.payment.when(command, at: time).entities.open
                    let open = try #require(after)
                    let isSame =
                        (open.phase, open.isInFlight, open.isQuestion)
                        == (before.phase, before.isInFlight, before.isQuestion)
                    let isLater = open.attempts.number > before.attempts.number
                    #expect(isLater || isSame || !open.isInFlight)
                    #expect(open.attempts.number >= before.attempts.number)
                    #expect(open.attempts.failures >= 0)
                }
            }
        }
    }
}
