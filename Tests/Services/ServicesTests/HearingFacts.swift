// SPDX-License-Identifier: Apache-2.0
/// What follows in every service from every fact of every other: the whole choreography.

import CatalogDomain
import CatalogService
import Contracts
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

@Suite struct `Hearing facts` {
    /// From what is not here nothing follows.
    private static let table: [String: [String: String]] = [
        "orders": [
            "stock.held.v1": "noteHeld",
            "stock.committed.v1": "noteHeld",
            "stock.refused.v1": "noteRefused",
            "stock.released.v1": "noteReleased",
            "payment.authorized.v1": "noteAuthorized",
            "payment.declined.v1": "noteDeclined",
            "payment.captured.v1": "noteCaptured",
            "payment.capture-failed.v1": "noteCaptureFailed",
            "payment.voided.v1": "noteVoided",
            "shipment.shipped.v1": "noteShipped",
            "shipment.delivered.v1": "noteDelivered",
            "shipment.canceled.v1": "noteShipmentCanceled",
        ],
        "inventory": [
            "order.placed.v1": "hold",
            "order.confirmed.v1": "commit",
            "order.stopped.v1 hold payment": "release",
            "order.stopped.v1 hold": "release",
            "order.reminded.v1 hold": "hold",
            "order.reminded.v1 ship": "commit",
            "order.reminded.v1 give back hold payment": "release",
            "order.reminded.v1 give back hold": "release",
            "shipment.shipped.v1": "ship",
            "product.created.v1": "list",
            "product.updated.v1": "list",
        ],
        "payments": [
            "order.reserved.v1": "authorize",
            "order.stopped.v1 hold payment": "giveBack",
            "order.stopped.v1 payment": "giveBack",
            "order.reminded.v1 give back hold payment": "giveBack",
            "order.reminded.v1 give back payment": "giveBack",
            "order.reminded.v1 capture": "capture",
            "shipment.shipped.v1": "capture",
        ],
        "shipping": [
            "order.confirmed.v1": "create",
            "order.canceling.v1 shipment": "cancel",
            "order.reminded.v1 ship": "create",
            "order.reminded.v1 stop": "cancel",
            "order.reminded.v1 track": "announce",
            // Whoever waits for the capture may have missed that the parcel left.
            "order.reminded.v1 capture": "announce",
        ],
        "notifications": [
            "order.confirmed.v1": "queue",
            "order.canceled.v1": "queue",
            "order.cancel-failed.v1": "queue",
        ],
        "catalog": [
            "stock.changed.v1": "noteAvailability"
        ],
    ]

    @Test(arguments: AnyService.all)
    func `does what the table says`(_ service: AnyService) throws {
        let row = try #require(Self.table[service.name])
        for (_, fact) in facts {
            let name = service.command(fact)?.prefix { $0 != "(" }
            #expect(name.map(String.init) == row[kind(of: fact)], "\(kind(of: fact))")
        }
        #expect(Set(row.keys).isSubset(of: facts.map { kind(of: $0.fact) }))
    }

    @Test(arguments: AnyService.all)
    func `listens to those from whom something follows, and to no others`(_ service: AnyService) {
        let heard = Set(facts.filter { service.command($0.fact) != nil }.map(\.service))
        #expect(heard == Set(service.subscribesTo))
        #expect(!heard.contains(service.name))
        #expect(heard.isSubset(of: AnyService.all.map(\.name)))
    }

    @Test(arguments: AnyService.all)
    func `has no reaction that nothing follows from`(_ service: AnyService) {
        let names = facts.filter { service.command($0.fact) != nil }.map(\.fact.wireName.text)
        #expect(Set(service.reactsTo) == Set(names))
    }

    @Test(arguments: AnyService.all)
    func `makes nothing of facts that it does not know`(_ service: AnyService) {
        #expect(service.command(ForeignFact()) == nil)
    }

    private let order = OrderID.sample

    @Test func `asks inventory for every article once, in ascending order`() throws {
        for case .placed(let placed) in OrderEvent.samples where placed.order == order {
            guard case .hold(let movement)? = Inventory.command(for: OrderEvent.placed(placed))
            else {
                Issue.record("no hold")
                return
            }
            #expect((movement.hold, movement.order) == (order.hold(), order))
            #expect(movement.warehouse == placed.warehouse)
            #expect(movement.lines.map(\.sku) == Set(placed.lines.map(\.sku)).sorted())
            for line in movement.lines {
                let wanted = placed.lines.filter { $0.sku == line.sku }
                #expect(line.units == wanted.reduce(0) { $0 + Int64($1.quantity.units) })
            }
        }
    }

    @Test func `asks inventory to commit, ship and release the order's hold`() {
        let hold = order.hold()
        #expect(Inventory.command(for: confirmed) == .commit(hold))
        #expect(Inventory.command(for: shipped) == .ship(hold))
        #expect(Inventory.command(for: stopped) == .release(hold, order: order))
    }

    @Test func `asks inventory to list every article of a product once, in the main warehouse`() {
        #expect(Inventory.command(for: ProductEvent.created(.sample)) == .list(.main, [.pot, .cup]))
        #expect(
            Inventory.command(for: ProductEvent.updated(.plain, removed: [.cup]))
                == .list(.main, [.tea]))
        #expect(Inventory.command(for: ProductEvent.withdrawn(.teaSet, skus: [.tea])) == nil)
    }

    /// A command names an entity: facts that name none, which nobody announces, lead to none.
    @Test func `makes nothing of facts that name no article, or name one twice`() {
        #expect(Inventory.command(for: ProductEvent.created(.of(.teaSet))) == nil)
        #expect(Catalog.command(for: StockEvent.changed([])) == nil)
        #expect(
            Inventory.command(for: ProductEvent.created(.of(.teaSet, .of(.cup), .of(.cup))))
                == .list(.main, [.cup]))
    }

    @Test func `tells the catalog what stock announces`() {
        let levels = [StockLevel.of(.cup, 7, 2), .of(.tea, 0, 1)]
        #expect(Catalog.command(for: StockEvent.changed(levels)) == .noteAvailability(levels))
    }

    @Test func `asks payments for the order's amount`() {
        #expect(
            Payments.command(for: reserved)
                == .authorize(
                    order.payment(), order: order, amount: .eur(4_297), token: "tok_ok"))
        #expect(Payments.command(for: shipped) == .capture(order.payment(), order: order))
        #expect(Payments.command(for: stopped) == .giveBack(order.payment(), order: order))
    }

    @Test func `asks shipping for one parcel`() {
        #expect(Shipping.command(for: confirmed) == .create(OrderEvent.confirmedSample))
        let canceling = OrderEvent.canceling(
            order, reason: .customerAsked, shipment: order.shipment())
        #expect(Shipping.command(for: canceling) == .cancel(order.shipment(), order: order))
    }

    @Test func `tells the customer about the order that it hears of`() {
        #expect(
            Notifications.command(for: confirmed)
                == .queue(
                    .orderConfirmed, order: order, total: .eur(4_297), recipient: .sample))
        let canceled = OrderEvent.canceled(
            .init(order: order, reason: .customerAsked, total: .eur(1), recipient: .empty))
        #expect(
            Notifications.command(for: canceled)
                == .queue(.orderCanceled, order: order, total: .eur(1), recipient: .empty))
        let failed = OrderEvent.cancelFailed(
            .init(order: order, reason: .merchantAsked, total: .eur(2), recipient: .sample))
        #expect(
            Notifications.command(for: failed)
                == .queue(.orderCancelFailed, order: order, total: .eur(2), recipient: .sample))
    }

    @Test func `tells orders whose answer it is, and what was short`() {
        for (_, fact) in facts {
            guard let command = Orders.command(for: fact) else { continue }
            #expect(command.order == order)
        }
        for case .refused(let hold, _, let place, let short) in StockEvent.samples {
            let fact = StockEvent.refused(hold, order: order, warehouse: place, short: short)
            #expect(Orders.command(for: fact) == .noteRefused(order, short: short))
        }
    }

    private let confirmed = OrderEvent.confirmed(OrderEvent.confirmedSample)
    private let reserved = OrderEvent.reserved(
        .init(
            order: .sample, amount: .eur(4_297), paymentToken: "tok_ok",
            expiresAt: Timestamp(milliseconds: 0)))
    private let stopped = OrderEvent.stopped(
        .init(
            order: .sample, reason: .customerAsked, hold: OrderID.sample.hold(),
            payment: OrderID.sample.payment(), remindAt: Timestamp(milliseconds: 0)))
    private let shipped = ShipmentEvent.shipped(
        OrderID.sample.shipment(), order: .sample, askAt: Timestamp(milliseconds: 0))
}
