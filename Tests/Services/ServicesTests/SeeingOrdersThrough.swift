// SPDX-License-Identifier: Apache-2.0
/// All services together, in whatever order their facts travel: each order comes to an end at which
/// stock, money, parcel and mail agree with it.

import CatalogDomain
import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import NotificationsDomain
import OrdersDomain
import PaymentsDomain
import Ports
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Seeing orders through` {
    private let order = OrderID.sample

    @Test func `ends in agreement, whatever travels first`() throws {
        var ends: [String: Int] = [:]
        for seed in UInt64(0)..<1_000 {
            var chance = Chance(seed: seed)
            var house = SmallHouse(
                seed: seed, stock: chance.comesUp(15) ? 2 : 3, isDeclined: chance.comesUp(15),
                cancels: chance.below(3))
            let hasEnded = house.run()
            #expect(hasEnded)
            let state = house.orders.entities[order]
            ends[state.phase.slug, default: 0] += 1
            switch state.phase {
            case .completed: expectCompleted(house)
            case .canceled(let reason): expectCanceled(house, reason)
            case .rejected: expectRejected(house)
            default: Issue.record("seed \(seed) left \(state.phase)")
            }
            #expect(state.isAtRest)
            expectShown(house)
        }
        #expect(Set(ends.keys) == ["completed", "canceled", "rejected"])
        #expect(ends.values.allSatisfy { $0 > 30 }, "\(ends)")
    }

    /// The catalog shows what stock has, and stock knows the catalog's article.
    private func expectShown(_ house: SmallHouse) {
        let item = house.inventory.entities[.item(StockKey(.tea, .north))].item
        let variant = house.catalog.entities[.variant(.tea)].variant
        #expect(variant.available == item.available)
        #expect(variant.product == .teaSet && variant.isOnSale)
        #expect(house.inventory.entities[.item(StockKey(.tea, .main))] == .item(.init()))
    }

    private func expectCompleted(_ house: SmallHouse) {
        #expect(payment(house) == .captured)
        #expect(house.parcel == .delivered)
        #expect(hold(house) == .shipped)
        #expect(units(house) == [0, 0, 0])
        let didCancelFail = house.orders.entities.history.contains { $0.wireName.code == 8 }
        #expect(mails(house) == [.orderConfirmed] + (didCancelFail ? [.orderCancelFailed] : []))
    }

    private func expectCanceled(_ house: SmallHouse, _ reason: CancelReason) {
        #expect([nil, .voided, .declined].contains(payment(house)))
        #expect([nil, .canceled].contains(house.parcel))
        // Canceled while its stock was being refused, it has none to give back.
        #expect([.released, .refused].contains(hold(house)))
        #expect(units(house).dropFirst() == [0, 0])
        let wasConfirmed = house.orders.entities.history.contains { $0.wireName.code == 4 }
        #expect(mails(house) == (wasConfirmed ? [.orderConfirmed] : []) + [.orderCanceled])
        #expect(reason == .customerAsked || payment(house) == .declined)
    }

    private func expectRejected(_ house: SmallHouse) {
        #expect(payment(house) == nil)
        #expect(house.parcel == nil)
        #expect(hold(house) == .refused)
        #expect(units(house) == [2, 0, 0])
        #expect(mails(house) == [])
    }

    private func payment(_ house: SmallHouse) -> PaymentState.Phase? {
        guard case .open(let open) = house.payments.entities[order.payment()] else { return nil }
        return open.phase
    }

    private func hold(_ house: SmallHouse) -> InventoryState.Hold.Phase? {
        guard case .hold(let hold) = house.inventory.entities[.hold(order.hold())] else {
            return nil
        }
        return hold.phase
    }

    private func units(_ house: SmallHouse) -> [Int64] {
        let item = house.inventory.entities[.item(StockKey(.tea, .north))].item
        return [item.onHand, item.held, item.allocated]
    }

    /// The kinds of mail that went out.
    private func mails(_ house: SmallHouse) -> [MessageKind] {
        MessageKind.allCases.filter { kind in
            guard case .open(let open) = house.notifications.entities[order.message(kind)] else {
                return false
            }
            return open.phase == .sent
        }
    }
}
