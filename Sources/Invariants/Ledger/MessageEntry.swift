// SPDX-License-Identifier: Apache-2.0
/// An order's messages as their log tells them: at most one of each kind.

import Contracts
import Kernel

struct MessageEntry: Sendable {
    struct One: Sendable {
        var stream = StreamNumbers()
        var orderFacts = AnsweredFacts()
        var id: MessageID?
        var queuedBy: Heard?
        var isInFlight = false
        var isEnded = false
        var retryAt: Timestamp?

        var isOpen: Bool { id != nil && !isEnded }
    }

    private(set) var confirmed = One()
    private(set) var canceled = One()
    private(set) var cancelFailed = One()

    /// Nothing is to be sent any more.
    var isOpen: Bool {
        confirmed.isOpen || canceled.isOpen || cancelFailed.isOpen
    }

    mutating func note(
        _ event: MessageEvent, _ place: Place, _ heard: Heard, _ findings: inout Findings
    ) {
        let id = event.message
        if case .queued(let queued) = event {
            findings.demand(
                id == event.order.message(queued.kind), .g3,
                "\(id.text) is none of \(event.order.text)")
            switch queued.kind {
            case .orderConfirmed: confirmed.id = confirmed.id ?? id
            case .orderCanceled: canceled.id = canceled.id ?? id
            case .orderCancelFailed: cancelFailed.id = cancelFailed.id ?? id
            }
        }
        if confirmed.id == id {
            confirmed.note(event, place, heard, &findings)
        } else if canceled.id == id {
            canceled.note(event, place, heard, &findings)
        } else if cancelFailed.id == id {
            cancelFailed.note(event, place, heard, &findings)
        } else {
            findings.note(.g3) { "\(id.text): never queued" }
        }
    }
}

extension MessageEntry.One {
    mutating func note(
        _ event: MessageEvent, _ place: Place, _ heard: Heard, _ findings: inout Findings
    ) {
        let message = event.message
        stream.note(place, &findings, message.text)
        switch heard.source {
        case .orders: orderFacts.note(heard.position, at: place.position, &findings, message.text)
        case .inventory, .payments, .shipping, .notifications:
            findings.note(.e5) { "\(message.text): answers what notifications do not hear" }
        case nil: break
        }
        findings.demand(!isEnded, .g3, "\(message.text): \(event.wireName) after its end")
        switch event {
        case .queued(let queued):
            findings.demand(queuedBy == nil, .g3, "\(message.text): queued again")
            queuedBy = queuedBy ?? heard
            isInFlight = queued.start.isAttempted
        case .attempted:
            if !isInFlight, place.origin == .time, let retryAt {
                findings.demand(place.at >= retryAt, .g5, "\(message.text) at \(place.position)")
            }
            isInFlight = true
        case .deferred(_, _, let retryAt):
            isInFlight = false
            self.retryAt = retryAt
        case .sent, .failed: isEnded = true
        }
    }
}
