// SPDX-License-Identifier: Apache-2.0
/// What makes an order, and what does not.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Placing an order` {
    @Test func `accepts it and asks for its stock`() {
        given(OrderDecider.self)
            .when(.place(.sample), at: .noon, by: .shop)
            .then(.placed(by: .shop))
    }

    @Test func `twice is refused`() {
        given(OrderDecider.self, .placed)
            .when(.place(.sample))
            .rejected(.alreadyPlaced)
    }

    @Test func `with an article that has no price is refused`() {
        let sample = PlaceOrder.sample
        let unpriced = PlaceOrder(
            order: sample.order, lines: sample.lines, warehouse: sample.warehouse,
            recipient: sample.recipient, paymentToken: sample.paymentToken,
            refusal: .priceUnknown(.tea))
        given(OrderDecider.self).when(.place(unpriced)).rejected(.priceUnknown(.tea))
        given(OrderDecider.self, .placed).when(.place(unpriced)).rejected(.alreadyPlaced)
    }

    @Test func `without lines is refused`() {
        given(OrderDecider.self).when(.place(.of([]))).rejected(.emptyOrder)
    }

    @Test(arguments: [1, 1_999, 2_000, 2_001, 5_000])
    func `takes up to 2,000 lines`(_ count: Int) {
        let lines = [OrderLine](repeating: .of(.tea, 1, at: "0.01"), count: count)
        let outcome = given(OrderDecider.self).when(.place(.of(lines)))
        if count <= 2_000 {
            #expect(outcome.entities.order.details?.total == .eur(Int64(count)))
        } else {
            outcome.rejected(.tooManyLines)
        }
    }

    @Test func `in two currencies is refused`() {
        let lines: [OrderLine] = [.of(.tea, 1, at: "1.00"), .of(.cup, 1, at: "1.00", .usd)]
        given(OrderDecider.self).when(.place(.of(lines))).rejected(.mixedCurrencies)
        given(OrderDecider.self).when(.place(.of(lines.reversed()))).rejected(.mixedCurrencies)
    }

    @Test func `in another currency than euros is fine`() {
        let order = PlaceOrder.of([.of(.tea, 3, at: "250", .jpy)])
        let total = given(OrderDecider.self).when(.place(order)).entities.order.details?.total
        #expect(total == Money(amount: 750, currency: .jpy))
    }

    @Test(arguments: [(0, true), (1, false)] as [(Int64, Bool)])
    func `takes the largest total and none beyond`(_ more: Int64, _ fits: Bool) throws {
        let ten = try #require(Quantity(10_000))
        let price = UnitPrice(tenThousandths: .max, currency: .eur)
        let largest = try OrderLine(sku: .tea, quantity: ten, unitPrice: price)
        #expect(largest.total == .eur(.max))
        let outcome = given(OrderDecider.self)
            .when(.place(.of([largest, .of(.cup, 1, at: more == 0 ? "0.00" : "0.01")])))
        if fits {
            #expect(outcome.entities.order.details?.total == .eur(.max))
        } else {
            outcome.rejected(.totalTooLarge)
        }
    }

    @Test(arguments: [
        (["0.00"], false), (["-0.01"], false), (["0.01"], true), (["0.00", "0.01"], true),
        (["5.00", "-0.01"], false), (["-0.01", "5.00"], false), (["1.00", "-1.00"], false),
        // Less than half a cent is nothing.
        (["0.004"], false), (["0.006"], true), (["1.00", "-0.004"], true),
    ])
    func `needs a total above zero and no negative line`(_ prices: [String], _ isFine: Bool) {
        let outcome = given(OrderDecider.self)
            .when(.place(.of(prices.map { .of(.tea, 1, at: $0) })))
        if isFine {
            #expect(outcome.events.map(\.verb) == ["placed"])
        } else {
            outcome.rejected(.totalNotPositive)
        }
    }

    @Test func `keeps the lines as they were asked for`() throws {
        let details = try #require(given(OrderDecider.self, .placed).order.details)
        #expect(details.lines == PlaceOrder.sample.lines)
        #expect(details.units == 6)
        #expect(details.stockLines == [.of(.cup, 2), .of(.tea, 4)])
    }

    @Test func `never there, it knows nothing`() {
        for word in Word.allCases where word != .place {
            given(OrderDecider.self).when(word.command).rejected(.unknownOrder)
        }
    }
}
