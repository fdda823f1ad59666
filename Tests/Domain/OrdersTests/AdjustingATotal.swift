// SPDX-License-Identifier: Apache-2.0
/// What tax, discounts and shipping make of an order's total, and what the shop expects of it.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Adjusting a total` {
    private static let lines: [OrderLine] = [.of(.tea, 2, at: "10.00")]

    private static func adjustment(
        _ kind: AdjustmentKind, _ amount: Int64, isIncluded: Bool = false
    ) -> Adjustment {
        Adjustment(kind: kind, label: "", amount: .eur(amount), isIncluded: isIncluded)
    }

    private static func total(_ adjustments: [Adjustment]) -> Money? {
        given(OrderDecider.self).when(.place(.of(lines, adjustments))).entities.order.details?.total
    }

    @Test(arguments: [
        ([], 2_000), ([adjustment(.shipping, 490)], 2_490), ([adjustment(.tax, 400)], 2_400),
        ([adjustment(.discount, 500)], 1_500), ([adjustment(.discount, 1_999)], 1),
        ([adjustment(.tax, 333, isIncluded: true)], 2_000),
        ([adjustment(.discount, 2_100), adjustment(.shipping, 490)], 390),
        ([adjustment(.shipping, 0)], 2_000),
    ] as [([Adjustment], Int64)])
    func `adds tax and shipping and takes discounts off`(
        _ adjustments: [Adjustment], _ sum: Int64
    ) {
        #expect(Self.total(adjustments) == .eur(sum))
    }

    @Test(arguments: [
        [adjustment(.discount, 2_000)], [adjustment(.discount, 2_001)],
        [adjustment(.shipping, -1)], [adjustment(.tax, -1, isIncluded: true)],
        [adjustment(.discount, -1)],
    ] as [[Adjustment]])
    func `needs a total above zero and no negative part`(_ adjustments: [Adjustment]) {
        given(OrderDecider.self).when(.place(.of(Self.lines, adjustments)))
            .rejected(.totalNotPositive)
    }

    @Test(arguments: [.tax, .shipping] as [AdjustmentKind], [.max, .max - 2_000] as [Int64])
    func `takes the largest total and none beyond`(_ kind: AdjustmentKind, _ amount: Int64) {
        let outcome = given(OrderDecider.self)
            .when(.place(.of(Self.lines, [Self.adjustment(kind, amount)])))
        if amount == .max {
            outcome.rejected(.totalTooLarge)
        } else {
            #expect(outcome.entities.order.details?.total == .eur(.max))
        }
    }

    @Test func `takes no discount beyond what can be counted`() {
        let discounts = [Self.adjustment(.discount, .max), Self.adjustment(.discount, .max)]
        given(OrderDecider.self).when(.place(.of(Self.lines, discounts))).rejected(.totalTooLarge)
    }

    @Test(arguments: [true, false])
    func `is in the currency of the lines`(isIncluded: Bool) {
        let dollars = Adjustment(
            kind: .tax, label: "", amount: Money(amount: 0, currency: .usd), isIncluded: isIncluded)
        given(OrderDecider.self).when(.place(.of(Self.lines, [dollars])))
            .rejected(.mixedCurrencies)
    }

    @Test(arguments: [0, 99, 100, 101])
    func `takes up to 100 adjustments`(_ count: Int) {
        let adjustments = [Adjustment](repeating: Self.adjustment(.shipping, 1), count: count)
        let outcome = given(OrderDecider.self).when(.place(.of(Self.lines, adjustments)))
        if count <= 100 {
            #expect(outcome.entities.order.details?.total == .eur(2_000 + Int64(count)))
        } else {
            outcome.rejected(.tooManyAdjustments)
        }
    }

    @Test func `is refused when the customer was shown another`() {
        let shipping = [Self.adjustment(.shipping, 490)]
        let right = PlaceOrder.of(Self.lines, shipping, expecting: .eur(2_490))
        #expect(given(OrderDecider.self).when(.place(right)).events.map(\.verb) == ["placed"])
        for wrong in [
            Money.eur(2_489), .eur(2_491), .eur(2_000), Money(amount: 2_490, currency: .usd),
        ] {
            given(OrderDecider.self)
                .when(.place(.of(Self.lines, shipping, expecting: wrong)))
                .rejected(.totalMismatch(.eur(2_490)))
        }
    }

    @Test func `keeps its parts as they were asked for`() throws {
        let parts = [Self.adjustment(.discount, 100), Self.adjustment(.shipping, 490)]
        let order = PlaceOrder(
            order: .sample, lines: Self.lines, adjustments: parts, warehouse: .north,
            origin: OrderOrigin(source: "web", reference: "4711"), recipient: .sample,
            paymentToken: "tok_ok")
        let details = try #require(
            given(OrderDecider.self).when(.place(order)).entities.order.details)
        #expect(details.adjustments == parts)
        #expect(details.origin == OrderOrigin(source: "web", reference: "4711"))
        #expect(details.stockLines == [.of(.tea, 2)])
    }
}
