// SPDX-License-Identifier: Apache-2.0
/// Problems have codes that clients program against: each its own, and never another one's.

import CatalogDomain
import CatalogService
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsService
import Ports
import SampleFacts
import ShippingService
import Testing

@Suite struct `Naming problems` {
    private static let all =
        OrderProblem.all + StockProblem.all + PaymentProblem.all + ShipmentProblem.all
        + MessageProblem.all + CatalogProblem.all + EngineProblem.all

    @Test func `gives every problem a code of its own`() {
        let codes = Self.all.map(\.code)
        #expect(Set(codes).count == codes.count)
    }

    @Test(arguments: all.map(\.code))
    func `writes codes in kebab-case`(_ code: String) {
        #expect(code.wholeMatch(of: /[a-z]+(-[a-z]+)*/) != nil)
    }

    @Test func `uses the statuses that the house knows`() {
        for problem in Self.all {
            #expect([400, 401, 403, 404, 409, 412, 422, 429, 500, 503].contains(problem.status))
        }
    }

    @Test func `says each in a sentence`() {
        for problem in Self.all {
            #expect(problem.title.hasSuffix("."))
            #expect(problem.title.first?.isUppercase == true)
            #expect(problem.title.split(separator: " ").count >= 4)
        }
        #expect(Set(Self.all.map(\.title)).count == Self.all.count)
    }

    @Test func `lists every rejection`() {
        let orders = OrderRejection.samples.map(\.problem)
        #expect(orders.allSatisfy(OrderProblem.all.contains))
        let stock: [StockRejection] = [
            .negativeCount, .countTooLarge, .belowPromised(promised: 3), .countChanged(onHand: 4),
        ]
        #expect(stock.map(\.problem).allSatisfy(StockProblem.all.contains))
        #expect(CatalogRejection.faults.map(\.problem).allSatisfy(CatalogProblem.all.contains))
        for rejection in CatalogRejection.faults
            + [.skuTaken(.cup, by: .teaSet), .unknownProduct]
        {
            switch rejection {
            case .emptyTitle, .textTooLong, .attributesTooLong, .tooManyImages, .emptyName,
                .noVariant, .tooManyVariants, .duplicateSKU, .tooManyOptions, .duplicateOption,
                .tooManyPrices, .duplicateCurrency, .negativePrice, .productTooLarge, .skuTaken,
                .unknownProduct:
                #expect(CatalogProblem.all.contains(rejection.problem))
            }
        }
        // A switch without a default: a new rejection must get its problem into the list.
        for rejection in OrderRejection.samples {
            switch rejection {
            case .emptyOrder, .tooManyLines, .mixedCurrencies, .totalTooLarge,
                .totalNotPositive, .alreadyPlaced, .unknownOrder, .tooLateToCancel,
                .alreadyCanceling, .orderRejected, .priceUnknown, .tooManyAdjustments,
                .totalMismatch:
                break
            }
        }
        #expect(OrderRejection.samples.count == 13)
    }

    @Test func `never changes the codes and statuses of orders`() {
        #expect(
            OrderProblem.all.map { "\($0.status) \($0.code)" } == [
                "409 insufficient-stock", "422 empty-order", "422 too-many-lines",
                "422 too-many-adjustments", "422 price-unknown", "422 mixed-currencies",
                "422 total-too-large",
                "422 total-not-positive", "422 total-mismatch",
                "409 already-placed", "404 unknown-order", "409 too-late-to-cancel",
                "409 already-canceling", "409 order-rejected",
            ])
    }

    @Test func `never changes the codes and statuses of products`() {
        #expect(
            CatalogProblem.all.map { "\($0.status) \($0.code)" } == [
                "404 unknown-product", "404 unknown-variant", "409 sku-taken", "422 empty-title",
                "422 text-too-long", "422 attributes-too-long", "422 too-many-images",
                "422 empty-name", "422 no-variant", "422 too-many-variants", "422 duplicate-sku",
                "422 too-many-options", "422 duplicate-option", "422 too-many-prices",
                "422 duplicate-currency", "422 negative-price", "422 product-too-large",
            ])
    }
}
