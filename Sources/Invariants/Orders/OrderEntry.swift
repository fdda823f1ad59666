// SPDX-License-Identifier: Apache-2.0
/// One order as its own log tells it: where it is in the table, what was agreed, and which facts it
/// answered at its milestones.

import Contracts
import Kernel
import Ports

struct OrderEntry: CheckedEntity {
    var base: EntityBase
    private(set) var place = OrderPlace.nowhere
    /// Before this no timer of the order may go off.
    private var due: Timestamp?

    /// Nil before it was placed.
    private(set) var total: Money?
    /// Of all its lines.
    private(set) var units: Int64 = 0
    private(set) var placedAt = Timestamp(milliseconds: 0)
    /// The request that it was made of, in 64 bits; 0 when there was none.
    private(set) var request: UInt64 = 0
    /// Positions in the order's log; 0 when it did not happen.
    private(set) var confirmedAt: Int64 = 0
    private(set) var shippedAt: Int64 = 0
    private(set) var stoppedAt: Int64 = 0
    private(set) var canceledAt: Int64 = 0
    private(set) var cancelFailedAt: Int64 = 0
    /// The facts that these answered.
    private(set) var reservedBy = Heard.nothing
    private(set) var rejectedBy = Heard.nothing
    private(set) var confirmedBy = Heard.nothing
    private(set) var shippedBy = Heard.nothing
    private(set) var stoppedBy = Heard.nothing
    private(set) var wasStopping = false

    init(_ base: EntityBase) { self.base = base }

    static func id(of order: OrderID, _ ordinal: UInt32) -> OrderID? { order }

    var isPlaced: Bool { place != .nowhere }

    mutating func note(
        _ event: OrderEvent, _ place: Place, _ heard: Heard, _ table: OrderTable,
        _ findings: inout Findings
    ) {
        checkTimer(event, place, &findings)
        let from = self.place
        if let next = table.next(from, OrderStep(event)) {
            self.place = next
        } else {
            findings.note(from.isEnd ? .o6 : .o1) {
                "\(event.order.text): \(event.wireName) when \(from)"
            }
        }
        checkpoint(event, place, heard, from, &findings)
    }

    private func checkTimer(_ event: OrderEvent, _ place: Place, _ findings: inout Findings) {
        guard place.origin == .time, let due else { return }
        findings.demand(place.at >= due, .g5, "\(event.order.text): \(event.wireName) too early")
    }

    private mutating func checkpoint(
        _ event: OrderEvent, _ place: Place, _ heard: Heard, _ from: OrderPlace,
        _ findings: inout Findings
    ) {
        switch event {
        case .placed(let placed):
            checkSum(placed, &findings)
            due = placed.remindAt
            guard total == nil else { return }
            total = placed.total
            units = placed.lines.reduce(0) { $0 &+ Int64($1.quantity.units) }
            placedAt = place.at
            if case .command(let id) = place.origin { request = id.high ^ id.low }
        case .reserved(let reserved):
            checkTotal(of: reserved.order, reserved.amount, "asked for", &findings)
            reservedBy = heard
            due = reserved.expiresAt
        case .rejected:
            rejectedBy = heard
            due = nil
        case .confirmed(let confirmed):
            checkTotal(of: confirmed.order, confirmed.total, "confirmed", &findings)
            if confirmedAt == 0 { (confirmedAt, confirmedBy) = (place.position, heard) }
            due = confirmed.remindAt
        case .inFulfillment:
            if shippedAt == 0 { (shippedAt, shippedBy) = (place.position, heard) }
        case .stopped(let stopped):
            if stoppedAt == 0 { (stoppedAt, stoppedBy) = (place.position, heard) }
            wasStopping = from == .stopping
            due = stopped.remindAt
        case .canceled(let canceled):
            checkTotal(of: canceled.order, canceled.total, "canceled", &findings)
            if canceledAt == 0 { canceledAt = place.position }
            due = nil
        case .cancelFailed(let failed):
            checkTotal(of: failed.order, failed.total, "not canceled", &findings)
            if cancelFailedAt == 0 { cancelFailedAt = place.position }
        case .completed: due = nil
        case .reminded(let reminded): due = reminded.remindAt
        case .canceling, .paid, .delivered, .stockReturned, .paymentUndone,
            .exception:
            break
        }
    }

    private func checkSum(_ placed: OrderEvent.Placed, _ findings: inout Findings) {
        var sum: Int64 = 0
        var isOneCurrency = true
        for line in placed.lines {
            sum = sum &+ line.total.amount
            isOneCurrency = isOneCurrency && line.total.currency == placed.total.currency
        }
        for adjustment in placed.adjustments {
            isOneCurrency = isOneCurrency && adjustment.amount.currency == placed.total.currency
            guard !adjustment.isIncluded else { continue }
            let amount = adjustment.amount.amount
            sum = adjustment.kind == .discount ? sum &- amount : sum &+ amount
        }
        findings.demand(isOneCurrency, .m8, "\(placed.order.text): its parts")
        findings.demand(
            sum == placed.total.amount, .m7,
            "\(placed.order.text): \(sum), not \(placed.total.amount)")
    }

    private func checkTotal(
        of order: OrderID, _ amount: Money, _ what: StaticString, _ findings: inout Findings
    ) {
        guard let total else { return }
        findings.demand(
            amount.currency == total.currency, .m8, "\(order.text): \(what) in \(amount.currency)")
        findings.demand(
            amount.amount == total.amount || amount.currency != total.currency, .m7,
            "\(order.text): \(amount) \(what), not \(total)")
    }
}
