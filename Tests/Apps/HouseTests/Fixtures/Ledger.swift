// SPDX-License-Identifier: Apache-2.0
/// What a house's logs say, read from its files and folded by the rules: the story of each order in
/// every service, and the stock of each article.

import Contracts
import House
import InventoryDomain
import Kernel
import NodeEngine
import NotificationsDomain
import OrdersDomain
import PaymentsDomain
import Ports
import SQLiteAdapter
import ServiceModel
import ServiceModel
import ShippingDomain

/// Reads on where it ended each time; the house may be running.
struct Ledger {
    private let sources: [(shard: ServiceShard, reader: SQLiteReader)]
    private var heads: [LogName: Int64] = [:]
    private(set) var stories: [OrderID: Story] = [:]
    private(set) var stock: [StockKey: InventoryState.Item] = [:]

    init(_ settings: HouseSettings) {
        let plans = NodePlan.all(
            settings.topology, shards: settings.orderShards, partitioning: .standard)
        sources = plans.flatMap { plan in
            let reader = SQLiteReader(path: "\(settings.data)/nodes/\(plan.name)/store.sqlite")
            return plan.shards.map { ($0, reader) }
        }
    }

    /// Everything that the house of `settings` has logged until now.
    static func whole(_ settings: HouseSettings) throws -> Ledger {
        var ledger = Ledger(settings)
        try ledger.read()
        return ledger
    }

    mutating func read() throws {
        for (shard, reader) in sources {
            let codec = shard.codec
            while true {
                let head = heads[shard.log] ?? 0
                let frames = try reader.frames(of: shard.log, after: head, limit: 10_000)
                guard let last = frames.last?.last else { break }
                for frame in frames {
                    for record in try frame.records() where record.position > head {
                        try note(try codec.fact(of: record))
                    }
                }
                heads[shard.log] = last
            }
        }
    }

    private mutating func note(_ fact: any Fact) throws {
        if let event = fact as? StockEvent {
            for key in StockDecider.changes(event) {
                guard case .item(let article) = key else { continue }
                let state = stock[article].map { InventoryState.item($0) } ?? .absent
                stock[article] = StockDecider.evolve(state, event, at: key).item
            }
        }
        guard let order = fact.correlation.flatMap({ OrderID(text: $0) }) else { return }
        stories[order, default: Story()].note(fact, of: order)
    }
}

/// One order in all services: what it is in each, and every fact about it, log by log.
struct Story: Sendable {
    private(set) var order = OrderDecider.initial
    private(set) var hold = StockDecider.initial
    private(set) var payment = PaymentDecider.initial
    private(set) var shipment = ShipmentDecider.initial
    private(set) var messages: [MessageKind: MessageState] = [:]

    private(set) var orderFacts: [OrderEvent] = []
    private(set) var stockFacts: [StockEvent] = []
    private(set) var paymentFacts: [PaymentEvent] = []
    private(set) var shipmentFacts: [ShipmentEvent] = []
    private(set) var messageFacts: [MessageKind: [MessageEvent]] = [:]

    mutating func note(_ fact: any Fact, of id: OrderID) {
        switch fact {
        case let event as OrderEvent:
            order = OrderDecider.evolve(order, event, at: id)
            orderFacts.append(event)
        case let event as StockEvent:
            hold = StockDecider.evolve(hold, event, at: .hold(id.hold()))
            stockFacts.append(event)
        case let event as PaymentEvent:
            payment = PaymentDecider.evolve(payment, event, at: id.payment())
            paymentFacts.append(event)
        case let event as ShipmentEvent:
            shipment = ShipmentDecider.evolve(shipment, event, at: id.shipment())
            shipmentFacts.append(event)
        case let event as MessageEvent:
            for kind in MessageKind.allCases where id.message(kind) == event.message {
                let message = messages[kind] ?? MessageDecider.initial
                messages[kind] = MessageDecider.evolve(message, event, at: event.message)
                messageFacts[kind, default: []].append(event)
            }
        default: preconditionFailure("there are five kinds of facts")
        }
    }

    /// True when nothing more is expected to happen to the order or to anything of it.
    var isAtRest: Bool {
        order.isAtRest && (hold == .absent || hold.isAtRest)
            && (payment == .absent || payment.isAtRest)
            && (shipment == .absent || shipment.isAtRest)
            && owedMails.allSatisfy { messages[$0]?.isAtRest == true }
    }

    private var owedMails: [MessageKind] {
        orderFacts.compactMap { fact in
            switch fact {
            case .confirmed: .orderConfirmed
            case .canceled: .orderCanceled
            case .cancelFailed: .orderCancelFailed
            case .placed, .reserved, .rejected, .inFulfillment, .canceling, .stopped,
                .completed, .reminded, .paid, .delivered, .stockReturned, .paymentUndone,
                .exception:
                nil
            }
        }
    }

    /// Where everything stands, in one line: order, hold, payment, shipment, messages.
    var standing: String {
        [order.standing, hold.standing, payment.standing, shipment.standing, mail]
            .joined(separator: " ")
    }

    private var mail: String {
        let mails = messages.map { kind, state in
            if case .open(let open) = state, open.phase == .sent { return kind.rawValue }
            return "\(kind.rawValue)?"
        }
        return mails.isEmpty ? "-" : mails.sorted().joined(separator: ",")
    }
}

extension OrderState {
    fileprivate var standing: String {
        switch phase {
        case .inFulfillment(let isCaptured, let isDelivered):
            phase.slug + (isCaptured ? "+paid" : "") + (isDelivered ? "+delivered" : "")
        case .exception(_, let isDelivered): phase.slug + (isDelivered ? "+delivered" : "")
        case .canceling(_, let undoing):
            phase.slug + (undoing.shipment ? "-shipment" : "") + (undoing.hold ? "-hold" : "")
                + (undoing.payment ? "-payment" : "")
        case .absent, .reserving, .awaitingPayment, .confirmed, .completed, .canceled, .rejected:
            phase.slug
        }
    }
}

extension InventoryState {
    fileprivate var standing: String {
        if case .hold(let hold) = self { hold.phase.rawValue } else { "-" }
    }
}

extension PaymentState {
    fileprivate var standing: String {
        switch self {
        case .absent: "-"
        case .tombstone: "tombstone"
        case .open(let open):
            open.phase == .authorizing && open.isUnwanted
                ? "unwanted" : open.phase.rawValue
        }
    }
}

extension ShipmentState {
    fileprivate var standing: String {
        switch self {
        case .absent: "-"
        case .tombstone: "tombstone"
        case .open(let open): open.phase.rawValue
        }
    }
}

/// What the house's own audit says of its files.
struct Audit: Sendable {
    let isGreen: Bool
    let text: String

    init(data: String) throws {
        var auditor = try Auditor(data: data)
        let report = try auditor.run()
        isGreen = report.isGreen
        text = report.text
    }
}
