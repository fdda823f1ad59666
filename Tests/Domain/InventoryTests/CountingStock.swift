// SPDX-License-Identifier: Apache-2.0
/// A count says how many units there are; it can't take back what is promised to orders.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Counting stock` {
    @Test func `begins an article`() {
        given(StockDecider.self).when(.count(.tea, 10)).then(.counted(.tea, 10), .changed(.tea, 10))
    }

    @Test func `tells the difference to the count before`() {
        let ten = given(StockDecider.self, .counted(.tea, 10))
        ten.when(.count(.tea, 25)).then(.counted(.tea, 25, from: 10), .changed(.tea, 24))
        ten.when(.count(.tea, 4)).then(.counted(.tea, 4, from: 10), .changed(.tea, 4))
    }

    @Test func `of what is known records nothing`() {
        given(StockDecider.self, .counted(.tea, 10)).when(.count(.tea, 10)).thenNothing()
    }

    /// Nobody has counted yet: that there is nothing is news.
    @Test func `of nothing at first is a count`() {
        given(StockDecider.self).when(.count(.tea, 0)).then(.counted(.tea, 0))
            .when(.count(.tea, 0)).thenNothing()
    }

    @Test func `below zero is refused`() {
        given(StockDecider.self).when(.count(.tea, -1)).rejected(.negativeCount)
        given(StockDecider.self).when(.count(.tea, .min)).rejected(.negativeCount)
    }

    @Test func `ends at a thousand million`() {
        let most: Int64 = 1_000_000_000
        given(StockDecider.self).when(.count(.tea, most))
            .then(.counted(.tea, most), .changed(.tea, 805_306_368))
        given(StockDecider.self).when(.count(.tea, most + 1)).rejected(.countTooLarge)
        given(StockDecider.self).when(.count(.tea, .max)).rejected(.countTooLarge)
    }

    @Test(arguments: [(2, false), (3, true), (4, true)] as [(Int64, Bool)])
    func `below what is held is refused`(_ count: Int64, _ isFine: Bool) {
        let held = given(
            StockDecider.self, .counted(.tea, 10), .held(.of(.of(.tea, 3))))
        if isFine {
            let counted = StockEvent.counted(.tea, count, from: 10)
            let changed: [StockEvent] = count == 3 ? [] : [.changed(.tea, 1)]
            held.when(.count(.tea, count)).then([counted] + changed)
        } else {
            held.when(.count(.tea, count)).rejected(.belowPromised(promised: 3))
        }
    }

    @Test(arguments: [(4, false), (5, true)] as [(Int64, Bool)])
    func `below what is held and sold is refused`(_ count: Int64, _ isFine: Bool) {
        let sold = StockEvent.Movement.of(.of(.tea, 3))
        let stock = given(
            StockDecider.self, .counted(.tea, 10), .held(sold), .committed(sold),
            .held(.of(.of(.tea, 2), order: .stranger)))
        if isFine {
            stock.when(.count(.tea, count)).then(.counted(.tea, count, from: 10))
        } else {
            stock.when(.count(.tea, count)).rejected(.belowPromised(promised: 5))
        }
    }

    @Test func `with an expectation only replaces that`() {
        let ten = given(StockDecider.self, .counted(.tea, 10))
        ten.when(.count(.tea, 12, expected: 10))
            .then(.counted(.tea, 12, from: 10), .changed(.tea, 12))
        ten.when(.count(.tea, 12, expected: 9)).rejected(.countChanged(onHand: 10))
        ten.when(.count(.tea, 10, expected: 9)).rejected(.countChanged(onHand: 10))
        ten.when(.count(.tea, 10, expected: 10)).thenNothing()
    }

    @Test func `with an expectation knows that nothing was counted`() {
        given(StockDecider.self).when(.count(.tea, 5, expected: 0))
            .then(.counted(.tea, 5), .changed(.tea, 5))
        given(StockDecider.self).when(.count(.tea, 5, expected: 1))
            .rejected(.countChanged(onHand: 0))
    }

    @Test func `expects what is on hand after a shipment`() {
        let sold = StockEvent.Movement.of(.of(.tea, 3))
        given(
            StockDecider.self, .counted(.tea, 10), .held(sold), .committed(sold), .shipped(sold)
        )
        .when(.count(.tea, 20, expected: 7))
        .then(.counted(.tea, 20, from: 7), .changed(.tea, 16))
    }

    @Test func `changes one article in one warehouse`() {
        let stock = given(StockDecider.self, .counted(.tea, 10), .counted(.cup, 5))
        let counted = stock.when(.count(.tea, 1)).entities
        #expect(counted.units(of: .tea) == [1, 0, 0])
        #expect(counted.units(of: .cup) == [5, 0, 0])
        #expect(counted[.item(StockKey(.tea, .main))] == .absent)
    }
}
