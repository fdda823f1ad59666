// SPDX-License-Identifier: Apache-2.0
/// A second house, as plain as possible: dictionaries and loops, no decider, no log, no retries. It
/// is told what was asked and what those outside answered, and says how everything must end.
///
/// It takes these as inputs and does not model them: in which order the warehouse heard of orders
/// (who came first gets the units), whether a cancellation or the carrier was first, whether a
/// payment's answer or its deadline was first, and how often anything had to be tried. It doesn't
/// know of a mail about a confirmation that was canceled later, nor of what is still under way: of
/// an order that is not at rest it only says how far it has come.

package import Contracts
import InventoryDomain
import InventoryService
import Kernel
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService

package struct ReferenceHouse {
    /// What was asked of the house, and what it was told.
    package enum Happening: Sendable, Equatable {
        /// Someone counted.
        case counted(StockKey, onHand: Int64)
        /// An order was taken.
        case placed(OrderID, lines: [OrderLine], warehouse: Warehouse)
        /// The warehouse was asked for the order's units.
        case asked(OrderID)
        /// The warehouse heard that the order is off.
        case givenBack(OrderID)
        /// The warehouse heard that the parcel has left.
        case takenAway(OrderID)
        /// The provider granted or refused the money.
        case granted(OrderID), refused(OrderID)
        /// The order's undoing was accepted: someone asked for it, or its time ran out.
        case undone(OrderID)
        /// The carrier's word.
        case parcelLeft(OrderID), parcelArrived(OrderID)
        /// The provider handed out the money, or will not.
        case moneyTaken(OrderID), moneyRefused(OrderID)
    }

    private struct Article {
        var onHand: Int64 = 0
        var promised: Int64 = 0
    }

    private struct Order {
        var wanted: [StockKey: Int64] = [:]
        var warehouseSays: Bool?
        var isReturned = false
        var isTakenAway = false
        var providerSays: Bool?
        var isUndone = false
        var hasLeft = false
        var hasArrived = false
        var isPaid = false
        var isUnpaid = false
    }

    private var articles: [StockKey: Article] = [:]
    private var orders: [OrderID: Order] = [:]

    package init() {}

    package mutating func take(_ happening: Happening) {
        switch happening {
        case .counted(let key, let onHand): articles[key, default: Article()].onHand = onHand
        case .placed(let id, let lines, let warehouse):
            var order = orders[id] ?? Order()
            for line in lines {
                order.wanted[StockKey(line.sku, warehouse), default: 0] += Int64(
                    line.quantity.units)
            }
            orders[id] = order
        case .asked(let id): ask(id)
        case .givenBack(let id): giveBack(id)
        case .takenAway(let id): takeAway(id)
        case .granted(let id): change(id) { $0.providerSays = $0.providerSays ?? true }
        case .refused(let id): change(id) { $0.providerSays = $0.providerSays ?? false }
        case .undone(let id): change(id) { $0.isUndone = true }
        case .parcelLeft(let id): change(id) { $0.hasLeft = true }
        case .parcelArrived(let id): change(id) { $0.hasArrived = true }
        case .moneyTaken(let id): change(id) { $0.isPaid = true }
        case .moneyRefused(let id): change(id) { $0.isUnpaid = !$0.isPaid }
        }
    }

    private mutating func change(_ id: OrderID, _ body: (inout Order) -> Void) {
        body(&orders[id, default: Order()])
    }

    /// All of it or nothing.
    private mutating func ask(_ id: OrderID) {
        guard var order = orders[id], order.warehouseSays == nil else { return }
        order.warehouseSays = true
        for (key, units) in order.wanted {
            let article = articles[key] ?? Article()
            if article.onHand - article.promised < units { order.warehouseSays = false }
        }
        if order.warehouseSays == true {
            for (key, units) in order.wanted { articles[key, default: Article()].promised += units }
        }
        orders[id] = order
    }

    private mutating func giveBack(_ id: OrderID) {
        guard var order = orders[id], order.warehouseSays == true, !order.isReturned else { return }
        order.isReturned = true
        for (key, units) in order.wanted { articles[key, default: Article()].promised -= units }
        orders[id] = order
    }

    private mutating func takeAway(_ id: OrderID) {
        guard var order = orders[id], order.warehouseSays == true, !order.isTakenAway else {
            return
        }
        order.isTakenAway = true
        for (key, units) in order.wanted {
            articles[key, default: Article()].promised -= units
            articles[key, default: Article()].onHand -= units
        }
        orders[id] = order
    }

    // MARK: - How everything ends

    /// The end of an order in a word each: status, hold, payment.
    package struct Ending: Sendable, Equatable {
        package let status: String
        package let hold: String
        package let payment: String

        package init(status: String, hold: String, payment: String) {
            self.status = status
            self.hold = hold
            self.payment = payment
        }
    }

    /// How `order` must end; nil when it was never placed.
    package func ending(of order: OrderID) -> Ending? {
        guard let order = orders[order] else { return nil }
        return Ending(status: status(order), hold: hold(order), payment: payment(order))
    }

    private func status(_ order: Order) -> String {
        if order.hasLeft {
            if order.isUnpaid { return "exception" }
            return order.hasArrived && order.isPaid ? "completed" : "in-fulfillment"
        }
        if order.isUndone { return "canceled" }
        if order.warehouseSays == false { return "rejected" }
        if order.providerSays == true { return "confirmed" }
        return order.warehouseSays == true ? "awaiting-payment" : "reserving"
    }

    private func hold(_ order: Order) -> String {
        guard order.warehouseSays == true else {
            return order.warehouseSays == false ? "refused" : "none"
        }
        if order.hasLeft { return "shipped" }
        if order.isUndone { return "released" }
        return order.providerSays == true ? "committed" : "held"
    }

    private func payment(_ order: Order) -> String {
        if order.hasLeft {
            if order.isUnpaid { return "capture-failed" }
            return order.isPaid ? "captured" : "authorized"
        }
        switch order.providerSays {
        case false?: return "declined"
        case true?: return order.isUndone ? "voided" : "authorized"
        case nil: return order.isUndone || order.warehouseSays != true ? "none" : "authorizing"
        }
    }

    /// Compares the end of everything with `snapshot`, in which all is at rest.
    package func check(_ snapshot: Snapshot, _ findings: inout Findings) {
        let found = snapshot.endings()
        for (id, ending) in found { check(id, ending, &findings) }
        for id in orders.keys where found[id] == nil {
            findings.note(.o4) { "\(id.text): the reference house has it" }
        }
        let shards = snapshot.shards(of: Inventory.self)
        for (key, article) in articles {
            let item = shards.lazy.compactMap { $0.entities[.item(key)] }.first?.state.item
            findings.demand(
                item?.onHand == article.onHand, .s1,
                "\(key.sku): the reference house has \(article.onHand)")
            findings.demand(
                (item?.held ?? 0) + (item?.allocated ?? 0) == article.promised, .s4,
                "\(key.sku): the reference house promised \(article.promised)")
        }
    }

    private func check(_ id: OrderID, _ found: Ending, _ findings: inout Findings) {
        guard let ending = ending(of: id) else {
            return findings.note(.o4) { "\(id.text): the reference house was never asked for it" }
        }
        findings.demand(
            found.status == ending.status, .o1,
            "\(id.text): \(found.status), in the reference house \(ending.status)")
        findings.demand(
            found.hold == ending.hold, .s4,
            "\(id.text): stock is \(found.hold), in the reference house \(ending.hold)")
        findings.demand(
            found.payment == ending.payment, .m6,
            "\(id.text): money is \(found.payment), in the reference house \(ending.payment)")
    }
}

extension Snapshot {
    /// How every order has ended, in the words of all its holds and payments. A hold that never
    /// came to be, and a payment that was given up before the provider said anything, are none.
    package func endings() -> [OrderID: ReferenceHouse.Ending] {
        var holds: [OrderID: Set<String>] = [:]
        for entity in shards(of: Inventory.self).flatMap(\.entities.values) {
            guard case .hold(let hold) = entity.state,
                hold.phase != .released || !hold.movement.lines.isEmpty
            else { continue }
            holds[hold.movement.order, default: []].insert(hold.phase.rawValue)
        }
        var payments: [OrderID: Set<String>] = [:]
        for entity in shards(of: Payments.self).flatMap(\.entities.values) {
            guard case .open(let open) = entity.state,
                open.phase != .voided || !open.note.isEmpty
            else { continue }
            payments[open.order, default: []].insert(open.phase.rawValue)
        }
        let text = { (words: Set<String>?) in (words ?? ["none"]).sorted().joined(separator: "+") }
        var endings: [OrderID: ReferenceHouse.Ending] = [:]
        for (id, order) in shards(of: Orders.self).flatMap(\.entities) {
            endings[id] = ReferenceHouse.Ending(
                status: order.state.phase.slug, hold: text(holds[id]), payment: text(payments[id]))
        }
        return endings
    }
}
