// SPDX-License-Identifier: Apache-2.0
/// The message that tells the sample order's customer of its confirmation: its facts as they follow
/// at noon, and a history for every stage that it can be in.

import Contracts
import GivenWhenThen
import Kernel
import NotificationsDomain
import SampleFacts

/// What follows at noon with a draw of 0.
extension MessageEvent {
    private static let id = OrderID.sample.message(.orderConfirmed)

    static let queued = queued(.orderConfirmed)
    static let queuedLater = queued(.orderConfirmed, start: .later(since: .noon))

    static func queued(
        _ kind: MessageKind, start: CallStart = .now(leaseUntil: .noon + .lease)
    ) -> MessageEvent {
        .queued(
            .init(
                message: OrderID.sample.message(kind), order: .sample, kind: kind,
                total: .eur(2_200), recipient: .sample, start: start))
    }

    static func attempted(_ attempt: Int64, at time: Timestamp = .noon) -> MessageEvent {
        .attempted(id, order: .sample, attempt: attempt, leaseUntil: time + .lease)
    }

    static func deferred(until time: Timestamp) -> MessageEvent {
        .deferred(id, order: .sample, retryAt: time)
    }

    static let sent = MessageEvent.sent(id, order: .sample)

    static func failed(_ code: String) -> MessageEvent {
        .failed(id, order: .sample, code: code)
    }
}

extension Span {
    static let lease = Span.seconds(30)
    /// The shortest first pause, which a draw of 0 gives.
    static let firstPause = Span.milliseconds(500)
}

extension MessageCommand {
    private static let id = OrderID.sample.message(.orderConfirmed)

    static let queue = queue(.orderConfirmed)
    static let wake = MessageCommand.wake(id, isRestart: false)
    static let restart = MessageCommand.wake(id, isRestart: true)

    static func queue(_ kind: MessageKind) -> MessageCommand {
        .queue(kind, order: .sample, total: .eur(2_200), recipient: .sample)
    }

    static func note(_ outcome: MessageOutcome) -> MessageCommand { .note(id, outcome) }
}

/// Where a message can stand, and how it got there.
enum Stage: String, CaseIterable {
    case absent, sending
    case deferred
    case sendingAgain = "sending a second time"
    case sendingLast = "sending a last time"
    case sent, failed

    var history: [MessageEvent] {
        let retryAt = Timestamp.noon + .firstPause
        return switch self {
        case .absent: []
        case .sending: [.queued]
        case .deferred: [.queued, .deferred(until: retryAt)]
        case .sendingAgain: [.queued, .deferred(until: retryAt), .attempted(2)]
        case .sendingLast: [.queued, .attempted(40)]
        case .sent: [.queued, .sent]
        case .failed: [.queued, .failed("erased")]
        }
    }

    var message: Entities<MessageDecider> { given(MessageDecider.self, history) }
}

extension Entities<MessageDecider> {
    var message: MessageState { self[OrderID.sample.message(.orderConfirmed)] }

    var open: MessageState.Open? {
        if case .open(let open) = message { open } else { nil }
    }
}
