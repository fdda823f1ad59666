// SPDX-License-Identifier: Apache-2.0
/// Orders that want more than there is, in a house whose services are apart: who gets what depends
/// on chance, that nothing is sold twice and nothing is lost does not.

import Contracts
import FaultyPorts
import House
import InventoryDomain
import OrdersDomain
import PaymentsDomain
import ShippingDomain
import Testing

@Suite(.serialized) struct `Orders that compete for few units` {
    @Test(arguments: [1, 2], [1, 2, 3, 4, 5] as [UInt64])
    func `all come to rest and keep every promise`(orderNodes: Int, seed: UInt64) async throws {
        let rush = try Rush(orderShards: orderNodes, seed: seed)
        let outcome = try await rush.run()
        #expect(outcome.stories.count == rush.orders.count)
        #expect(outcome.ledger.stories.count == rush.orders.count)
        #expect(outcome.audit.isGreen, "\(outcome.audit.text)")
        for story in outcome.stories {
            #expect(Self.ends.contains(story.standing), "\(story.standing)")
        }
        expectConservation(outcome)
        expectContention(rush, outcome)
        let toll = outcome.toll
        #expect(toll.lost > 0 && toll.repeated > 0 && toll.delayed > 0, "\(toll)")
        #expect(toll.reordered > 0 && toll.refused > 0, "\(toll)")
    }

    /// Order, hold, payment, shipment, mails: all the ways in which an order can end. None of them
    /// is both rejected and shipped, or canceled and paid, or has stock that nobody will get.
    private static let ends: Set<String> = [
        "completed shipped captured delivered order-confirmed",
        // Canceled when its parcel had left.
        "completed shipped captured delivered order-cancel-failed,order-confirmed",
        "rejected refused - - -",
        // Canceled before its stock was answered for, or its payment asked for.
        "canceled refused - - order-canceled",
        "canceled released - - order-canceled",
        "canceled released tombstone - order-canceled",
        "canceled released declined - order-canceled",
        "canceled released voided - order-canceled",
        "canceled released voided canceled order-canceled,order-confirmed",
    ]

    /// Whatever was counted is either sold or still to be had, and sold is what was delivered.
    private func expectConservation(_ outcome: Rush.Outcome) {
        for sku in Assortment.scarce.skus {
            var sold: Int64 = 0
            var left: Int64 = 0
            for story in outcome.stories {
                if case .completed = story.order.phase {
                    let lines = story.order.details?.stockLines ?? []
                    sold += lines.filter { $0.sku == sku }.reduce(0) { $0 + $1.units }
                }
                for case .shipped(let movement) in story.stockFacts {
                    left += movement.units(of: sku)
                }
            }
            let item = outcome.ledger.stock[StockKey(sku, .main)] ?? InventoryState.Item()
            #expect(sold + item.available == Assortment.scarce.unitsEach, "\(sku)")
            #expect(left == sold, "\(sku)")
            #expect(item.held == 0 && item.allocated == 0, "\(sku)")
        }
    }

    /// The run was what it claims to be: more was wanted than there was, some went away without,
    /// some got theirs, and second thoughts were had in time and too late.
    private func expectContention(_ rush: Rush, _ outcome: Rush.Outcome) {
        let units = Assortment.scarce.unitsEach * Int64(Assortment.scarce.skus.count)
        #expect(rush.unitsWantedFirmly > units)
        let phases = outcome.stories.map(\.order.phase.slug)
        #expect(phases.contains("rejected") && phases.contains("completed"), "\(phases)")
        #expect(outcome.cancellations.count == rush.orders.count { $0.regret != nil })
        #expect(outcome.cancellations.allSatisfy { [200, 202, 409].contains($0) })
    }
}
