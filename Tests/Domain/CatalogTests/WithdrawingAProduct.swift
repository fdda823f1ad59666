// SPDX-License-Identifier: Apache-2.0
/// A withdrawn product is no longer on sale. It keeps its articles, and what is known of it.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Withdrawing a product` {
    @Test func `takes it and its variants off sale`() {
        let catalog = given(CatalogDecider.self, .created(.set)).when(.withdraw(.teaSet))
            .then(.withdrawn(.teaSet, skus: [.pot, .cup])).entities
        #expect(catalog.product(.teaSet)?.isWithdrawn == true)
        #expect(catalog.product(.teaSet)?.description == .set)
        for sku in [SKU.pot, .cup] {
            #expect(!catalog.variant(sku).isOnSale)
            #expect(catalog.variant(sku).product == .teaSet)
        }
        #expect(catalog.variant(.pot).price(in: .eur) == .of("20.00"))
    }

    @Test func `a second time records nothing`() {
        given(CatalogDecider.self, .created(.set)).when(.withdraw(.teaSet))
            .when(.withdraw(.teaSet)).thenNothing()
    }

    @Test func `that nobody knows is refused`() {
        given(CatalogDecider.self).when(.withdraw(.teaSet)).rejected(.unknownProduct)
        given(CatalogDecider.self, .created(.set)).when(.withdraw(.crockery))
            .rejected(.unknownProduct)
    }

    @Test func `names the variants that it has by then`() {
        let rest = Product.set.with(variants: [.of(.tea)])
        given(CatalogDecider.self, .created(.set)).when(.put(rest)).when(.withdraw(.teaSet))
            .then(.withdrawn(.teaSet, skus: [.tea]))
    }

    @Test func `leaves other products alone`() {
        let other = Product.of(.crockery, .of(.tea))
        let catalog = given(CatalogDecider.self, .created(.set), .created(other))
            .when(.withdraw(.teaSet)).entities
        #expect(catalog.variant(.tea).isOnSale)
        #expect(catalog.product(.crockery)?.isWithdrawn == false)
    }
}
