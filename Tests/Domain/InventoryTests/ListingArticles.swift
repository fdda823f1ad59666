// SPDX-License-Identifier: Apache-2.0
/// Articles of products are known before anyone counts them: there are none of them.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Listing articles` {
    @Test func `begins those that are unknown, with no units`() {
        let stock = given(StockDecider.self).when(.list(.north, [.cup, .tea]))
            .then(.listed(.north, skus: [.cup, .tea])).entities
        #expect(stock[.item(StockKey(.tea, .north))] == .item(.init()))
        #expect(stock.units(of: .tea) == [0, 0, 0])
        #expect(stock[.item(StockKey(.tea, .main))] == .absent)
    }

    @Test func `a second time records nothing`() {
        given(StockDecider.self).when(.list(.north, [.cup, .tea]))
            .when(.list(.north, [.tea, .cup])).thenNothing()
    }

    @Test func `leaves what was counted as it is`() {
        let counted = given(StockDecider.self, .counted(.tea, 10))
        counted.when(.list(.north, [.tea])).thenNothing()
        let stock = counted.when(.list(.north, [.tea, .cup]))
            .then(.listed(.north, skus: [.cup])).entities
        #expect(stock.units(of: .tea) == [10, 0, 0])
    }

    @Test func `knows each warehouse by itself`() {
        given(StockDecider.self, .counted(.tea, 10)).when(.list(.main, [.tea]))
            .then(.listed(.main, skus: [.tea]))
    }

    @Test func `lets nothing be held`() {
        let movement = StockEvent.Movement.of(.of(.tea, 1))
        given(StockDecider.self, .listed(.north, skus: [.tea])).when(.hold(movement)).then(
            .refused(
                movement.hold, order: .sample, warehouse: .north,
                short: [ShortLine(sku: .tea, wanted: 1, available: 0)]))
    }

    @Test func `is followed by counts as any article is`() {
        let listed = given(StockDecider.self, .listed(.north, skus: [.tea]))
        listed.when(.count(.tea, 5, expected: 0)).then(.counted(.tea, 5), .changed(.tea, 5))
        listed.when(.count(.tea, 0)).thenNothing()
    }
}
