// SPDX-License-Identifier: Apache-2.0
/// The audit: every stored fact of a house is read again, and the promises are checked against the
/// facts, the rows, and the books of those outside. Reads only; the house may be running.

import InventoryDomain
import Contracts
import Foundation
import InventoryService
import Kernel
import NodeEngine
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import Ports
import SQLiteAdapter
import SandboxAdapter
import ShippingDomain
import ShippingService
import SystemAdapter

package struct Auditor {
    private let data: String
    private let plans: [NodePlan]
    private let chain: SHA256Chain
    private var report = AuditReport()

    package init(data: String, chainKey: [UInt8]? = nil) throws {
        guard let charter = try Founding.charter(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        plans = NodePlan.all(charter.topology, shards: charter.orderShards)
        chain = SHA256Chain(key: chainKey)
    }

    /// Reads the whole house. What causes something is read after what it causes, so that a
    /// running house raises no false alarm.
    package mutating func run() throws -> AuditReport {
        report = AuditReport()
        var orders: [OrderID: OrderState] = [:]
        var events = 0
        for plan in plans {
            for member in plan.members {
                if case .orders = member {
                    let log = try auditOrders(member, plan)
                    events += log.events
                    for (id, entity) in log.entities { orders[id] = entity.state }
                }
            }
        }
        let stock = try auditStock()
        let payments = try fold(Payments.self, .payments)
        let shipments = try fold(Shipping.self, .shipping)
        let messages = try fold(Notifications.self, .notifications)
        let paymentBook = try PaymentBook.read(Books.payments(data))
        let carrierBook = try CarrierBook.read(Books.carrier(data))
        for (id, order) in orders { check(id, order, stock, payments, shipments) }
        for (id, payment) in payments.entities { check(id, payment.state, paymentBook) }
        for (id, shipment) in shipments.entities { check(id, shipment.state, carrierBook) }
        try checkCursors()
        events += stock.events + payments.events + shipments.events + messages.events
        report.counts = [
            ("orders", orders.count), ("events", events), ("payments", payments.entities.count),
            ("shipments", shipments.entities.count), ("messages", messages.entities.count),
            ("open", orders.values.count { !$0.isAtRest }),
        ]
        return report
    }

    private func reader(_ plan: NodePlan) -> SQLiteReader {
        SQLiteReader(path: "\(data)/nodes/\(plan.name)/store.sqlite")
    }

    private func plan(of member: Member) -> NodePlan {
        guard let plan = plans.first(where: { $0.members.contains(member) }) else {
            preconditionFailure("every member is hosted somewhere")
        }
        return plan
    }

    private mutating func fold<S: Service>(
        _ service: S.Type, _ member: Member
    ) throws -> FoldedLog<S> {
        try FoldedLog(
            S.self, member, reader: reader(plan(of: member)), chain: chain, report: &report
        ) { _, _, _, _ in }
    }

    private mutating func auditOrders(
        _ member: Member, _ plan: NodePlan
    ) throws -> FoldedLog<Orders> {
        var places: [OrderID: OrderTable.Place] = [:]
        var breaches: [(String, OrderID, OrderEvent)] = []
        let log = try FoldedLog(
            Orders.self, member, reader: reader(plan), chain: chain, report: &report
        ) { event, key, _, _ in
            let place = places[key] ?? .nowhere
            if let next = OrderTable.next(place, event) {
                places[key] = next
            } else {
                breaches.append((place.isEnd ? "O6" : "O1", key, event))
            }
        }
        for (id, order, event) in breaches {
            report.demand(false, id, "\(order.text): \(event.wireName)")
        }
        try checkReplies(member, plan)
        return log
    }

    private mutating func auditStock() throws -> FoldedLog<Inventory> {
        var stock = StockAudit()
        var events: [StockEvent] = []
        let log = try FoldedLog(
            Inventory.self, .inventory, reader: reader(plan(of: .inventory)), chain: chain,
            report: &report
        ) { event, key, _, _ in
            // An event is visited once for each entity that it changes; once is enough.
            if StockAudit.isFirst(key, of: event) { events.append(event) }
        }
        for event in events { stock.note(event, &report) }
        stock.finish(log, &report)
        return log
    }

    private mutating func checkReplies(_ member: Member, _ plan: NodePlan) throws {
        var seen: Set<InputID> = []
        var position: Int64 = 0
        let reader = reader(plan)
        let log = LogName("\(member.log.service).replies", member.log.shard)
        while true {
            let frames = try reader.frames(of: log, after: position, limit: 10_000)
            guard let last = frames.last else { break }
            for frame in frames {
                for reply in try StoredReply.all(in: frame) {
                    report.demand(
                        seen.insert(reply.identity).inserted, "O8", "\(log) after \(position)")
                }
            }
            position = last.last
        }
    }

    private mutating func check(
        _ id: OrderID, _ order: OrderState, _ stock: FoldedLog<Inventory>,
        _ payments: FoldedLog<Payments>, _ shipments: FoldedLog<Shipping>
    ) {
        guard let details = order.details else { return }
        let sum = details.lines.reduce(Int64(0)) { $0 &+ $1.total.amount }
        report.demand(sum == details.total.amount, "M7", id.text)
        report.demand(
            details.lines.allSatisfy { $0.total.currency == details.total.currency }, "M8",
            id.text)
        let payment = payments.entities[id.payment()]?.state.phase
        let hold = stock.entities[.hold(id.hold())]?.state.holdPhase
        switch order.phase {
        case .confirmed, .inFulfillment, .completed:
            let isPaid = payment == .authorized || payment == .capturing || payment == .captured
            report.demand(
                isPaid || payment == .captureFailed, "O2", "\(id.text): payment")
            report.demand(
                hold == .held || hold == .committed || hold == .shipped, "O2",
                "\(id.text): stock")
        case .canceled, .rejected:
            report.demand(
                hold != .held && hold != .committed && hold != .shipped, "O7",
                "\(id.text): stock")
            report.demand(
                payment == nil || payment == .voided || payment == .declined, "O7",
                "\(id.text): payment")
            report.demand(payment != .captured, "M9", id.text)
        case .absent, .reserving, .awaitingPayment, .canceling: break
        }
        if order.phase == .completed {
            let shipment = shipments.entities[id.shipment()]?.state.phase
            report.demand(shipment == .delivered, "O3", "\(id.text): shipment")
            report.demand(payment == .captured, "O3", "\(id.text): payment")
            report.demand(hold == .shipped || hold == .committed, "O3", "\(id.text): stock")
        }
    }

    private mutating func check(
        _ id: PaymentID, _ payment: PaymentState, _ book: PaymentBook
    ) {
        guard case .open(let open) = payment else {
            report.demand((book.payments[id.raw]?.captures ?? 0) == 0, "M9", id.text)
            return
        }
        let entry = book.payments[id.raw]
        let captured = entry?.captured ?? 0
        let authorized = entry?.authorized ?? 0
        report.demand((entry?.captures ?? 0) <= 1, "M4", id.text)
        report.demand(captured <= authorized, "M3", id.text)
        switch open.phase {
        case .captured:
            report.demand(captured == open.amount.amount, "M6", "\(id.text): captured")
            report.demand(captured == open.amount.amount, "M2", id.text)
        case .declined:
            let isOpen = authorized > 0 && entry?.isVoided == false
            report.demand(!isOpen && captured == 0, "M6", "\(id.text): declined")
            report.demand(!isOpen, "M10", id.text)
        case .voided:
            report.demand(captured == 0, "M9", id.text)
            report.demand(authorized == 0 || entry?.isVoided == true, "M10", id.text)
        case .authorized, .capturing, .captureFailed:
            report.demand(authorized == open.amount.amount, "M6", "\(id.text): authorized")
        case .authorizing, .voiding: break
        }
        if let entry {
            report.demand(entry.currency == open.amount.currency, "M8", id.text)
        }
    }

    private mutating func check(
        _ id: ShipmentID, _ shipment: ShipmentState, _ book: CarrierBook
    ) {
        guard case .open(let open) = shipment else { return }
        let entry = book.shipments[id.raw]
        report.demand((entry?.labels ?? 0) <= 1, "G3", "\(id.text): labels")
        let status = entry?.status
        switch open.phase {
        case .labeled: report.demand(entry?.labels == 1, "G3", "\(id.text): no label")
        case .shipped:
            report.demand(status == .shipped || status == .delivered, "G3", id.text)
        case .delivered: report.demand(status == .delivered, "G3", id.text)
        case .canceled:
            report.demand(status != .shipped && status != .delivered, "G3", id.text)
        case .labeling, .canceling: break
        }
    }

    private mutating func checkCursors() throws {
        var heads: [String: Int64] = [:]
        var cursors: [(String, Int64)] = []
        for plan in plans {
            let reader = reader(plan)
            cursors += try StoredMark.cursors(reader)
            for (log, head) in try reader.contents().heads {
                heads[log.description] = head.position
            }
        }
        for (source, position) in cursors {
            report.demand(position <= heads[source] ?? 0, "Q2", "\(source) at \(position)")
        }
    }
}

extension PaymentState {
    var phase: Phase? {
        switch self {
        case .absent: nil
        case .tombstone: .voided
        case .open(let open): open.phase
        }
    }
}

extension ShipmentState {
    var phase: Phase? {
        switch self {
        case .absent: nil
        case .tombstone: .canceled
        case .open(let open): open.phase
        }
    }
}
