// SPDX-License-Identifier: Apache-2.0
/// The bare engine: one node with every service over a store in memory, whose calls are answered
/// at once. No thread, no bus, no disk, no fault, no check: what an order costs the house itself,
/// and so the least that it can cost anywhere, in a saga or in a simulated world.

import Contracts
import InventoryDomain
import Kernel
import NodeEngine
import NotificationsService
import OrdersDomain
import PaymentsService
package import Ports
import ServiceCatalog
import ShippingService

package final class EngineFloor {
    /// How many turns there were, and how many events they logged.
    package private(set) var turns = 0
    package private(set) var events = 0
    /// What was logged.
    package let reader: any Reader

    private let node: Node
    private let articles: [SKU]
    private let warehouse: Warehouse
    private let country: Country
    private let lines: Int
    private var next = 0
    private var inputs: [Input] = []
    /// What carriers say in the turn after the next one, and in the one after that.
    private var leaving: [CarrierUpdate] = []
    private var arriving: [CarrierUpdate] = []
    private var now = Timestamp(milliseconds: 1_800_000_000_000)

    /// A house in which `articles` articles are in stock, and orders have `lines` lines each.
    package init(lines: Int, articles: Int) throws {
        guard let warehouse = Warehouse("main"), let country = Country("DE") else {
            preconditionFailure("these are names")
        }
        self.lines = lines
        self.warehouse = warehouse
        self.country = country
        self.articles = (0..<articles).compactMap { SKU("SKU-\($0)") }
        let disk = SimulatedDisk()
        reader = SimulatedReader(disk)
        node = Node(
            desks: Role.all(shards: 1).map { $0.desk(DeskLimits(), shards: 1) },
            store: SimulatedStore(disk), chain: QuickChain(), note: SimulatedNote())
        try node.open()
        for article in self.articles {
            let command = StockCommand.count(
                StockKey(article, warehouse), onHand: 900_000_000, expected: nil)
            inputs.append(submission(1, command))
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

    private func submission(_ desk: Int, _ command: any Sendable) -> Input {
        .submission(Submission(desk: desk, command: command, principal: .house))
    }

    private func place(_ number: Int) {
        let number = UInt64(number)
        var wanted: [OrderLine] = []
        for line in 0..<lines {
            let article = articles[(Int(number) &* 7 &+ line) % articles.count]
            if let quantity = Quantity(1 + line),
                let price = UnitPrice(decimal: "2.55", currency: .eur),
                let line = try? OrderLine(sku: article, quantity: quantity, unitPrice: price)
            {
                wanted.append(line)
            }
        }
        let id = OrderID(
            UUIDv7(
                milliseconds: now.milliseconds, bucket: UInt16(SplitMix.mix(number) & 0xfff),
                entropy: SplitMix.mix(number ^ 0x6f72_6465_72)))
        let sealed = Sealed(person: PersonID(UUIDv7(high: 0x7000, low: 1 << 63)), box: [1, 2, 3])
        let command = OrderCommand.place(
            PlaceOrder(
                order: id, lines: wanted, warehouse: warehouse,
                recipient: Recipient(sealed: sealed, country: country), paymentToken: "tok_ok"))
        inputs.append(
            .submission(
                Submission(
                    desk: 0, command: command, principal: .house,
                    request: Request(
                        identity: InputID(high: SplitMix.mix(number), low: number),
                        fingerprint: number),
                    ticket: number)))
    }

    /// One turn; what its calls are answered, and whatever parcels do, comes in the next ones.
    private func turn() {
        var batch: [Input] = []
        swap(&batch, &inputs)
        for update in arriving { inputs.append(submission(3, Shipping.command(for: update))) }
        arriving = leaving.map { CarrierUpdate(shipment: $0.shipment, status: .delivered) }
        for update in leaving { inputs.append(submission(3, Shipping.command(for: update))) }
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
            inputs.append(
                submission(2, Payments.command(for: .done(reference: "ref"), to: call)))
        } else if let call = same(effect, as: ParcelCall.self) {
            inputs.append(
                submission(3, Shipping.command(for: .labeled(tracking: "trk"), to: call.shipment)))
            leaving.append(CarrierUpdate(shipment: call.shipment.raw, status: .shipped))
        } else if let call = same(effect, as: MessageCall.self) {
            inputs.append(submission(4, Notifications.command(for: .sent, to: call.message)))
        }
    }
}
