// SPDX-License-Identifier: Apache-2.0
/// The ledger algebra: every committed event once, in the order of its log, and what it breaks is
/// told at once. It knows the facts only; no state of a decider, no row.
///
/// The logs of one commit are noted one after another, then `settle` compares what several of them
/// say of one order. Logs of different nodes are ordered only by their causes: whatever compares
/// two logs goes by the positions that events answer, never by the order in which they were noted.
/// A fact that is answered but not noted yet is left for later; `checkCauses` says whether it ever
/// existed.

package import Contracts
package import Kernel
package import Ports

package struct Ledger: Sendable {
    var logs: Logs
    var stories: EntropyTable
    var orders: [OrderEntry] = []
    var holds: [HoldEntry] = []
    var payments: [PaymentEntry] = []
    var shipments: [ShipmentEntry] = []
    var messages: [MessageEntry] = []
    var stock = StockItems()
    /// Requests that an order was made of, and by their number, when the last one was.
    private var requests: EntropyTable
    private var requestedAt: [Timestamp] = []
    private let retention: Retention
    /// Stories that moved since the last `settle`.
    private var touched: [Int32] = []
    private let table = OrderTable.shared

    package var findings = Findings()

    /// For a house whose orders are kept in `orderShards` logs. `capacity` is how many orders to
    /// make room for, `retention` how long requests keep their answers.
    package init(
        orderShards: Int = 1, capacity: Int = 64, retention: Retention = .standard
    ) {
        self.retention = retention
        logs = Logs(orderShards: orderShards)
        stories = EntropyTable(capacity: capacity)
        requests = EntropyTable(capacity: capacity)
        orders.reserveCapacity(capacity)
        holds.reserveCapacity(capacity)
        payments.reserveCapacity(capacity)
        shipments.reserveCapacity(capacity)
        messages.reserveCapacity(capacity)
    }

    /// The number of a log; nil when it is none of those whose facts are checked.
    package func number(of log: LogName) -> LogNumber? { logs.number(of: log) }

    /// The logs, and how far each was noted.
    package var heads: [LogName: Int64] {
        Dictionary(
            uniqueKeysWithValues: logs.names.enumerated().map {
                ($1, logs.head(LogNumber(raw: UInt8($0))))
            })
    }

    package func head(of log: LogNumber) -> Int64 { logs.head(log) }

    /// How far `source` is answered in `log`; 0 when it never was.
    package func answered(_ source: LogNumber, in log: LogNumber) -> Int64 {
        logs.awaited[Int(log.raw) * logs.count + Int(source.raw)]
    }

    // MARK: - Noting

    /// The epoch under which the next events of `log` were written.
    package mutating func note(epoch: Int64, of log: LogNumber) {
        logs.note(epoch: epoch, of: log, &findings)
    }

    package mutating func note(_ event: OrderEvent, at place: Place) {
        logs.note(place, &findings)
        let index = story(event.order)
        orders[index].note(event, place, Heard(place, logs), table, &findings)
        if case .placed = event, case .command(let request) = place.origin {
            note(request, event.order, place.at)
        }
    }

    package mutating func note(_ event: StockEvent, at place: Place) {
        logs.note(place, &findings)
        let heard = Heard(place, logs)
        switch event {
        case .counted(let key, let onHand, let delta):
            stock.count(key, onHand: onHand, delta: delta, place, &findings)
        case .changed(let levels): stock.announce(levels, place, &findings)
        case .listed(let warehouse, let skus):
            stock.list(skus.map { StockKey($0, warehouse) }, place, &findings)
        case .refused(let hold, let order, let warehouse, let short):
            let index = story(order)
            let isFirst = holds[index].note(refusal: hold, of: order, at: place, heard, &findings)
            if isFirst { stock.check(short, in: warehouse, hold, &findings) }
        case .held(let movement):
            let index = story(movement.order)
            holds[index].note(.held, movement, place, heard, &stock, &findings)
        case .committed(let movement):
            let index = story(movement.order)
            holds[index].note(.committed, movement, place, heard, &stock, &findings)
        case .shipped(let movement):
            let index = story(movement.order)
            holds[index].note(.shipped, movement, place, heard, &stock, &findings)
        case .released(let movement, let wasAllocated):
            let index = story(movement.order)
            holds[index].note(
                .released(wasAllocated: wasAllocated), movement, place, heard, &stock, &findings)
        }
    }

    package mutating func note(_ event: PaymentEvent, at place: Place) {
        logs.note(place, &findings)
        let index = story(event.order)
        payments[index].note(event, place, Heard(place, logs), &findings)
    }

    package mutating func note(_ event: ShipmentEvent, at place: Place) {
        logs.note(place, &findings)
        let index = story(event.order)
        shipments[index].note(event, place, Heard(place, logs), &findings)
    }

    package mutating func note(_ event: MessageEvent, at place: Place) {
        logs.note(place, &findings)
        let index = story(event.order)
        messages[index].note(event, place, Heard(place, logs), &findings)
    }

    /// Any of these, when its type is not known.
    package mutating func note(_ fact: any Fact, at place: Place) {
        if let event = fact.of(OrderEvent.self) { return note(event, at: place) }
        if let event = fact.of(StockEvent.self) { return note(event, at: place) }
        if let event = fact.of(PaymentEvent.self) { return note(event, at: place) }
        if let event = fact.of(ShipmentEvent.self) { return note(event, at: place) }
        if let event = fact.of(MessageEvent.self) { return note(event, at: place) }
    }

    private mutating func story(_ order: OrderID) -> Int {
        let (index, isNew) = stories.number(of: order.raw.low)
        if isNew {
            orders.append(OrderEntry(order))
            holds.append(HoldEntry())
            payments.append(PaymentEntry())
            shipments.append(ShipmentEntry())
            messages.append(MessageEntry())
        }
        if !orders[index].isTouched {
            orders[index].isTouched = true
            touched.append(Int32(truncatingIfNeeded: index))
        }
        return index
    }

    private mutating func note(_ request: InputID, _ order: OrderID, _ at: Timestamp) {
        guard request.high | request.low != 0 else { return }
        let (number, isNew) = requests.number(of: request.high ^ request.low)
        guard !isNew else { return requestedAt.append(at) }
        findings.demand(
            retention.mayBeNew(at: at, after: requestedAt[number]), .o8,
            "\(order.text): a second order of one request")
        requestedAt[number] = at
    }

    /// The number of events of `order`; 0 when there is none.
    package func version(of order: OrderID) -> Int64 {
        stories.known(order.raw.low).map { orders[$0].version } ?? 0
    }

    /// True when a cancel of `order` was recorded, and its parcel had left.
    func hasFailedToCancel(_ order: OrderID) -> Bool {
        stories.known(order.raw.low).map { orders[$0].cancelFailedAt != 0 } ?? false
    }

    /// Every order that was made of a request with an identity.
    func forEachRequest(_ body: (OrderID, UInt64, Timestamp) -> Void) {
        for order in orders where order.request != 0 {
            body(order.order, order.request, order.placedAt)
        }
    }

    // MARK: - Settling

    /// Compares what the logs say of each order that moved. To be called when a commit, or all that
    /// there is, has been noted.
    package mutating func settle() {
        for index in touched {
            orders[Int(index)].isTouched = false
            judge(Int(index))
        }
        touched.removeAll(keepingCapacity: true)
    }

    /// Demands that every fact that was answered stands in its log. `heads` are the ends of the
    /// logs, read after all events were noted; without them, what was noted is all there is.
    package mutating func checkCauses(heads: [LogName: Int64]? = nil) {
        let known = logs
        known.checkCauses(&findings) { number in
            heads.map { $0[known.name(number)] ?? 0 } ?? known.head(number)
        }
    }
}
