// SPDX-License-Identifier: Apache-2.0
/// The rules of a message: one of each kind for an order, tried until the mailer takes it, given up
/// after days of failures. Mail knows no idempotency: at least once, with a stable Message-ID.

package import Contracts
package import Kernel

package enum MessageCommand: Sendable, Equatable {
    case queue(MessageKind, order: OrderID, total: Money, recipient: Recipient)
    case note(MessageID, MessageOutcome)
    case wake(MessageID, isRestart: Bool)

    package var message: MessageID {
        switch self {
        case .queue(let kind, let order, _, _): order.message(kind)
        case .note(let message, _), .wake(let message, _): message
        }
    }
}

package enum MessageOutcome: Sendable, Equatable {
    case sent
    case refused(code: String)
    case unavailable
}

package enum MessageRejection: Error, Equatable, Sendable {
    case unknownMessage
}

package enum MessageDecider: Decider {
    package static let lease = Span.seconds(30)
    package static let retries = Backoff(base: .seconds(1), max: .hours(1))
    /// A message is given up when the mailer has failed this often, over this long (RFC 5321,
    /// 4.5.4.1, asks for four to five days).
    package static let failuresMax: Int64 = 100
    package static let patience = Span.days(4)
    /// The only operation of the mailer's worker.
    package static let operation = 0

    package static let initial = MessageState.absent

    package static func keys(_ command: MessageCommand) -> Keys<MessageID> { .one(command.message) }
    package static func changes(_ event: MessageEvent) -> Keys<MessageID> { .one(event.message) }

    package static func decide(
        _ command: MessageCommand, _ states: States<MessageID, MessageState>, _ moment: Moment
    ) throws(MessageRejection) -> [MessageEvent] {
        guard case .open(let open) = states.first else {
            switch command {
            case .queue(let kind, let order, let total, let recipient):
                return [
                    .queued(
                        .init(
                            message: order.message(kind), order: order, kind: kind,
                            total: total, recipient: recipient,
                            start: CallStart(operation, lease: lease, moment)))
                ]
            case .wake: return []
            case .note: throw .unknownMessage
            }
        }
        guard open.phase == .sending else { return [] }
        switch command {
        case .queue: return []
        case .note(_, .sent): return [.sent(open.message, order: open.order)]
        case .note(_, .refused(let code)):
            return [.failed(open.message, order: open.order, code: code)]
        case .note(_, .unavailable):
            let attempts = open.attempts
            guard attempts.isInFlight else { return [] }
            let isOver =
                attempts.failures + 1 >= failuresMax
                && moment.at.since(attempts.since) >= patience
            if isOver {
                return [.failed(open.message, order: open.order, code: "attempts-used-up")]
            }
            return [
                .deferred(
                    open.message, order: open.order, retryAt: attempts.retryAt(retries, moment))
            ]
        case .wake(_, let isRestart):
            let attempts = open.attempts
            guard moment.credit.covers(operation),
                attempts.isDue(moment) || attempts.isLost(moment, isRestart: isRestart)
            else { return [] }
            return [
                .attempted(
                    open.message, order: open.order, attempt: attempts.number + 1,
                    leaseUntil: moment.at.advanced(by: lease))
            ]
        }
    }

    package static func evolve(
        _ state: MessageState, _ event: MessageEvent, at key: MessageID
    ) -> MessageState {
        if case .queued(let queued) = event { return .open(opened(queued)) }
        guard case .open(var open) = state else { return state }
        switch event {
        case .queued: break
        case .attempted(_, _, let attempt, let leaseUntil):
            open.attempts.make(attempt, leaseUntil: leaseUntil)
        case .deferred(_, _, let retryAt):
            open.attempts.postpone(to: retryAt, isFailure: true)
        case .sent: open.end(.sent)
        case .failed(_, _, let code):
            open.end(.failed)
            open.reason = code
        }
        return .open(open)
    }

    private static func opened(_ queued: MessageEvent.Queued) -> MessageState.Open {
        .init(
            message: queued.message, order: queued.order, kind: queued.kind,
            total: queued.total, recipient: queued.recipient, phase: .sending,
            attempts: Attempts(queued.start, lease: lease))
    }
}

/// What a message is at a moment.
package enum MessageState: EntityState {
    case absent
    /// In a box of its own: a state is copied at every step.
    indirect case open(Open)

    package struct Open: Sendable, Equatable {
        package let message: MessageID
        package let order: OrderID
        package let kind: MessageKind
        package let total: Money
        /// Until it was sent or given up: nobody needs it any more then.
        package var recipient: Recipient?
        package var phase: Phase
        package var attempts: Attempts
        /// Why it was given up.
        package var reason: String?

        package var queuedAt: Timestamp { attempts.since }
        package var isInFlight: Bool { attempts.isInFlight }
        package var due: Timestamp? { attempts.due }

        fileprivate mutating func end(_ phase: Phase) {
            self.phase = phase
            recipient = nil
            attempts.rest()
        }
    }

    package enum Phase: String, Sendable, CaseIterable {
        case sending, sent, failed
    }

    package var due: Timestamp? {
        if case .open(let open) = self { open.due } else { nil }
    }

    package var isAtRest: Bool {
        if case .open(let open) = self { open.phase != .sending } else { false }
    }
}

extension MessageState: WireCoded {
    package func write(to writer: inout WireWriter) {
        guard case .open(let open) = self else {
            writer.field("isOpen", false)
            return
        }
        writer.field("isOpen", true)
        writer.field("message", open.message)
        writer.field("order", open.order)
        writer.slug("kind", open.kind)
        writer.field("total", open.total)
        writer.optional("recipient", open.recipient)
        writer.slug("phase", open.phase)
        open.attempts.write(to: &writer)
        writer.field("reason", open.reason ?? "")
    }

    package init(from reader: inout WireReader) throws(WireError) {
        guard try reader.bool("isOpen") else {
            self = .absent
            return
        }
        let message: MessageID = try reader.id("message")
        let order: OrderID = try reader.id("order")
        let kind = try reader.slug("kind", of: MessageKind.self)
        let total = try reader.money("total")
        let recipient = try reader.optional("recipient", of: Recipient.self)
        let phase = try reader.slug("phase", of: Phase.self)
        let attempts = try Attempts(from: &reader)
        let reason = try reader.string("reason")
        self = .open(
            Open(
                message: message, order: order, kind: kind, total: total, recipient: recipient,
                phase: phase, attempts: attempts, reason: reason.isEmpty ? nil : reason))
    }
}
