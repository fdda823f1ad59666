// SPDX-License-Identifier: Apache-2.0
/// The bare engine: one node with every service over a store in memory, whose calls are answered
/// in the next turn. No thread, no bus, no disk, no fault, no check: what an order costs the house
/// itself, and so the least that one of its kind can cost anywhere, in a real or a simulated house.

import Contracts
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsService
import Ports
import ServiceModel
import ServiceModules
import ShippingService

package final class EngineFloor {
    /// How many turns there were, and how many events they logged.
    package private(set) var turns = 0
    package private(set) var events = 0
    private let reader: SimulatedReader

    private let node: Node
    private let shards = ServiceShard.all(shards: 1)
    private let articles: [SKU]
    private let warehouse: Warehouse
    private let recipient: Recipient
    private let price: UnitPrice
    private let lines: Int
    private var next = 0
    private var inputs: [Input] = []
    /// What carriers say in the turn after the next one, and in the one after that.
    private var leaving: [CarrierUpdate] = []
    private var arriving: [CarrierUpdate] = []
    private var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A house in which `articles` articles are in stock, and orders have `lines` lines each.
    package init(lines: Int, articles: Int) throws {
        guard let warehouse = Warehouse("main"), let country = Country("DE"),
            let price = UnitPrice(decimal: "2.55", currency: .eur)
        else { preconditionFailure("these are as they should be written") }
        self.lines = lines
        self.warehouse = warehouse
        self.price = price
        let person = PersonID(UUIDv7(high: 0x7000, low: 1 << 63))
        recipient = Recipient(sealed: Sealed(person: person, box: [1, 2, 3]), country: country)
        self.articles = (0..<articles).compactMap { SKU("SKU-\($0)") }
        precondition(self.articles.count == articles, "each number makes an article")
        let disk = SimulatedDisk()
        reader = SimulatedReader(disk)
        node = Node(
            runners: shards.map { $0.runner(ServiceRunnerLimits()) },
            store: SimulatedStore(disk), chain: QuickChain(), note: SimulatedNote())
        try node.open()
        for article in self.articles {
            let command = StockCommand.count(
                StockKey(article, warehouse), onHand: 900_000_000, expected: nil)
            inputs.append(submission(Inventory.name, command))
        }
        turn()
    }

    /// Places `orders` orders, at most `atOnce` in a turn, and goes on until all are through.
    package func run(orders: Int, atOnce: Int) {
        let end = next + orders
        while next < end || !inputs.isEmpty || !leaving.isEmpty || !arriving.isEmpty {
            for number in next..<min(end, next + atOnce) { place(number) }
            next = min(end, next + atOnce)
            turn()
        }
    }

    /// How many orders stand as completed in the log.
    package func completed() throws -> Int {
        let orders = ServiceShard(Orders.module)
        var count = 0
        for frame in try reader.frames(of: orders.log, after: 0, limit: .max) {
            for record in try frame.records() {
                if case .completed? = try orders.codec.fact(of: record).of(OrderEvent.self) {
                    count += 1
                }
            }
        }
        return count
    }

    private func submission(_ service: String, _ command: any Sendable) -> Input {
        .submission(Submission(runner: runner(of: service), command: command, principal: .house))
    }

    private func runner(of service: String) -> Int {
        shards.firstIndex { $0.log.service == service } ?? 0
    }

    private func place(_ number: Int) {
        let number = UInt64(number)
        let wanted = (0..<lines).compactMap { line in
            let article = articles[(Int(number) &* 7 &+ line) % articles.count]
            return Quantity(1 + line).flatMap {
                try? OrderLine(sku: article, quantity: $0, unitPrice: price)
            }
        }
        precondition(wanted.count == lines, "these can be ordered")
        let id = OrderID(
            UUIDv7(
                milliseconds: now.milliseconds, bucket: UInt16(SplitMix.mix(number) & 0xfff),
                entropy: SplitMix.mix(number ^ 0x6f72_6465_72)))
        let command = OrderCommand.place(
            PlaceOrder(
                order: id, lines: wanted, warehouse: warehouse, recipient: recipient,
                paymentToken: "tok_ok"))
        inputs.append(
            .submission(
                Submission(
                    runner: runner(of: Orders.name), command: command, principal: .house,
                    request: Request(
                        identity: InputID(high: SplitMix.mix(number), low: number),
                        fingerprint: number),
                    ticket: number)))
    }

    /// One turn; what its calls are answered, and whatever parcels do, comes in the next ones.
    private func turn() {
        var batch: [Input] = []
        swap(&batch, &inputs)
        for update in arriving + leaving {
            inputs.append(submission(Shipping.name, Shipping.command(for: update)))
        }
        arriving = leaving.map { CarrierUpdate(shipment: $0.shipment, status: .delivered) }
        leaving.removeAll(keepingCapacity: true)
        now = now.advanced(by: .milliseconds(1))
        while true {
            let turn = node.turn(batch, at: now, seed: UInt64(turns))
            precondition(turn.outcome == .committed, "nothing goes wrong here")
            batch.removeAll()
            turns += 1
            events += turn.events
            for effect in turn.effects { answer(effect.effect) }
            guard turn.hasMore else { return }
        }
    }

    private func answer(_ effect: any Sendable) {
        if let call = same(effect, as: ProviderCall.self) {
            let answer = Payments.command(for: .done(reference: "ref"), to: call)
            inputs.append(submission(Payments.name, answer))
        } else if let call = same(effect, as: ParcelCall.self) {
            let answer = Shipping.command(for: .labeled(tracking: "trk"), to: call.shipment)
            inputs.append(submission(Shipping.name, answer))
            leaving.append(CarrierUpdate(shipment: call.shipment.raw, status: .shipped))
        } else if let call = same(effect, as: MessageCall.self) {
            let answer = Notifications.command(for: .sent, to: call.message)
            inputs.append(submission(Notifications.name, answer))
        }
    }
}
