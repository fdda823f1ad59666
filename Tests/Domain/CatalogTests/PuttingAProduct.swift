// SPDX-License-Identifier: Apache-2.0
/// A product is put whole, as often as anyone likes; only what is new makes a fact.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Putting a product` {
    private let created = given(CatalogDecider.self, .created(.set))

    @Test func `creates it`() {
        let catalog = given(CatalogDecider.self).when(.put(.set)).then(.created(.set)).entities
        #expect(catalog.product(.teaSet)?.description == .set)
        #expect(catalog.product(.teaSet)?.isWithdrawn == false)
        #expect(catalog.product(.teaSet)?.revision == 1)
    }

    @Test func `puts its variants on sale at their prices`() {
        let cup = created.variant(.cup)
        #expect(cup.product == .teaSet)
        #expect(cup.isOnSale)
        #expect(cup.price(in: .eur) == .of("5.00"))
        #expect(cup.price(in: .gbp) == .of("4.50", .gbp))
        #expect(cup.price(in: .jpy) == nil)
        #expect(created[.variant(.tea)] == .absent)
    }

    @Test func `a second time records nothing`() {
        created.when(.put(.set)).thenNothing()
    }

    @Test(arguments: [
        Product.set.with(title: "Tea-set"), .set.with(description: "New."),
        .set.with(images: ["a"]), .set.with(attributes: "{ }"),
        .set.with(variants: Product.set.variants.reversed()),
        .set.with(variants: [.of(.pot, .of("20.01")), Product.set.variants[1]]),
    ])
    func `with any other content replaces it`(_ product: Product) {
        let catalog = created.when(.put(product)).then(.updated(product, removed: [])).entities
        #expect(catalog.product(.teaSet)?.description == product)
        #expect(catalog.product(.teaSet)?.revision == 2)
        #expect(catalog.variant(.pot).prices == product.variants.first { $0.sku == .pot }?.prices)
        catalog.when(.put(product)).thenNothing()
    }

    /// To Swift both texts are equal; what was given is kept byte for byte.
    @Test func `tells two ways to write the same letter apart`() {
        let (one, two) = ("caf\u{e9}", "cafe\u{301}")
        #expect(one == two)
        let catalog = given(CatalogDecider.self, .created(.set.with(title: one)))
        let events = catalog.when(.put(.set.with(title: two))).events
        #expect(events.map(\.wireName.text) == ["product.updated.v1"])
    }

    @Test func `without a variant takes that off`() {
        let rest = Product.set.with(variants: [Product.set.variants[1], .of(.tea)])
        let catalog = created.when(.put(rest)).then(.updated(rest, removed: [.pot])).entities
        #expect(catalog.variant(.pot) == CatalogState.Variant())
        #expect(catalog.variant(.tea).product == .teaSet)
        #expect(catalog.variant(.tea).isOnSale)
    }

    @Test func `takes no article of another product`() {
        let other = Product.of(.crockery, .of(.tea), .of(.cup))
        created.when(.put(other)).rejected(.skuTaken(.cup, by: .teaSet))
        // Not even of one that is no longer on sale: it may come back.
        given(CatalogDecider.self, .created(.set), .withdrawn(.teaSet, skus: [.pot, .cup]))
            .when(.put(other)).rejected(.skuTaken(.cup, by: .teaSet))
    }

    @Test func `takes an article that its product has given up`() {
        let rest = Product.set.with(variants: [Product.set.variants[0]])
        let other = Product.of(.crockery, .of(.cup))
        let catalog = created.when(.put(rest)).when(.put(other)).then(.created(other)).entities
        #expect(catalog.variant(.cup).product == .crockery)
        catalog.when(.put(.set)).rejected(.skuTaken(.cup, by: .crockery))
    }

    @Test func `after it was withdrawn brings it back, even with the same content`() {
        let gone = given(
            CatalogDecider.self, .created(.set), .withdrawn(.teaSet, skus: [.pot, .cup]))
        let back = gone.when(.put(.set)).then(.updated(.set, removed: [])).entities
        #expect(back.product(.teaSet)?.isWithdrawn == false)
        #expect(back.product(.teaSet)?.revision == 3)
        #expect(back.variant(.cup).isOnSale)
    }
}
