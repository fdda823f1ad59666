// SPDX-License-Identifier: Apache-2.0
/// What checks orders: the table of transitions, sums, and the requests that they were made of.

package import Contracts
package import Kernel
package import OrdersDomain
package import OrdersService
import Ports

package final class OrdersChecker: EventTaker<OrderEvent>, ServiceChecker {
    package typealias Checked = Orders

    package static let rules = Rule.orders
    package static let noun: String? = "orders"
    package static let remarks = [
        Remark<OrderState>(name: "open orders") { !$0.isAtRest },
        Remark<OrderState>(name: "exceptions") {
            if case .exception = $0.phase { true } else { false }
        },
    ]

    package static func subject(of event: OrderEvent) -> (order: OrderID, entity: UUIDv7)? {
        (event.order, event.order.raw)
    }

    let entries: EntityTable<OrderEntry>
    private let table = OrderTable.shared
    /// Requests that an order was made of, and by their number, when the last one was.
    private var requests: EntropyTable
    private var requestedAt: [Timestamp] = []
    private let retention: Retention

    package init(_ settings: CheckerSettings) {
        entries = EntityTable(settings)
        requests = EntropyTable(capacity: settings.capacity)
        retention = settings.retention
    }

    package override func note(
        _ event: OrderEvent, at place: Place, answering heard: Heard, _ context: inout CheckContext
    ) {
        let index = entries.note(
            event.order, of: event.order, at: place, answering: heard, &context)
        entries[index].note(event, place, heard, table, &context.findings)
        if case .placed = event, case .command(let request) = place.origin {
            note(request, event.order, place.at, &context.findings)
        }
    }

    private func note(
        _ request: InputID, _ order: OrderID, _ at: Timestamp, _ findings: inout Findings
    ) {
        guard request.high | request.low != 0 else { return }
        let (number, isNew) = requests.number(of: request.high ^ request.low)
        guard !isNew else { return requestedAt.append(at) }
        findings.demand(
            retention.mayBeNew(at: at, after: requestedAt[number]), .o8,
            "\(order.text): a second order of one request")
        requestedAt[number] = at
    }

    /// The order with this number, of which its own log may not have told yet.
    func entry(_ number: Int) -> OrderEntry {
        var entry: OrderEntry?
        entries.forEach(of: number) { entry = $0 }
        return entry ?? OrderEntry(.unknown)
    }

    package func check(
        _ shards: [LogFold<Orders>], in house: Snapshot, _ orders: OrderNumbers,
        _ findings: inout Findings
    ) {
        for (id, order) in shards.lazy.flatMap(\.entities) {
            let order = order.state
            let place = orders.known(id).map { entry($0).place }
            findings.demand(
                place.map { $0.holds(order.phase) } ?? true, .o1,
                "\(id.text): is \(order.phase.slug), and its events lead elsewhere")
            findings.demand(order.isAtRest || order.due != nil, .g4, id.text)
            findings.demand(
                !house.isAtRest || order.isAtRest, .o5, "\(id.text): \(order.phase.slug)")
        }
        guard house.isAtRest else { return }
        entries.forEach { order in
            findings.demand(
                order.place.isEnd || !order.isPlaced, .o5,
                "\(orders.ids[order.base.orderNumber].text): \(order.place)")
        }
    }
}

extension OrderPlace {
    /// True when an order in `phase` is where its events lead.
    func holds(_ phase: OrderState.Phase) -> Bool {
        switch (self, phase) {
        case (.nowhere, .absent), (.reserving, .reserving), (.awaitingPayment, .awaitingPayment),
            (.confirmed, .confirmed), (.completed, .completed), (.canceled, .canceled),
            (.rejected, .rejected):
            true
        case (.shipped, .inFulfillment(let isPaid, let isDelivered)): !isPaid && !isDelivered
        case (.shippedPaid, .inFulfillment(let isPaid, let isDelivered)): isPaid && !isDelivered
        case (.shippedDelivered, .inFulfillment(let isPaid, let isDelivered)):
            !isPaid && isDelivered
        case (.shippedUnpaid, .exception(_, let isDelivered)): !isDelivered
        case (.unpaid, .exception(_, let isDelivered)): isDelivered
        case (.leaving, .canceling): true
        case (.stopping, .canceling(_, let undoing)): undoing.shipment
        case (.owingBoth, .canceling(_, let undoing)):
            !undoing.shipment && undoing.hold && undoing.payment
        case (.owingStock, .canceling(_, let undoing)):
            !undoing.shipment && undoing.hold && !undoing.payment
        case (.owingPayment, .canceling(_, let undoing)):
            !undoing.shipment && !undoing.hold && undoing.payment
        default: false
        }
    }
}
