// SPDX-License-Identifier: Apache-2.0
/// One message as its log tells it. Its id follows from its order and its kind, so that there is at
/// most one of a kind.

import Contracts
import Kernel

struct MessageEntry: CheckedEntity {
    var base: EntityBase
    /// Nil before it was queued.
    private(set) var kind: MessageKind?
    private(set) var queuedBy = Heard.nothing
    private var isInFlight = false
    private var isEnded = false
    private var retryAt: Timestamp?

    init(_ base: EntityBase) { self.base = base }

    static func id(of order: OrderID, _ ordinal: UInt32) -> MessageID? { nil }

    /// It is still to be sent.
    var isOpen: Bool { kind != nil && !isEnded }

    mutating func note(
        _ event: MessageEvent, _ place: Place, _ heard: Heard, _ findings: inout Findings
    ) {
        let message = event.message
        findings.demand(!isEnded, .g3, "\(message.text): \(event.wireName) after its end")
        switch event {
        case .queued(let queued):
            findings.demand(
                message == event.order.message(queued.kind), .g3,
                "\(message.text) is none of \(event.order.text)")
            findings.demand(kind == nil, .g3, "\(message.text): queued again")
            if kind == nil { (kind, queuedBy) = (queued.kind, heard) }
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
        findings.demand(kind != nil, .g3, "\(message.text): never queued")
    }
}
