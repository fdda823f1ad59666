// SPDX-License-Identifier: Apache-2.0
/// How much a product may hold, up to the last byte: lengths are those of UTF-8.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Limiting a product` {
    private func expect(
        _ product: Product, _ fault: CatalogRejection?,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let outcome = given(CatalogDecider.self).when(.put(product))
        if let fault {
            outcome.rejected(fault, sourceLocation: sourceLocation)
            // Nothing of it is looked up.
            #expect(CatalogDecider.keys(.put(product)) == [.product(product.code)])
        } else {
            outcome.then(.created(product), sourceLocation: sourceLocation)
        }
    }

    private func text(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test(arguments: ["", " ", "\n\t\u{a0}"])
    func `asks for a title`(_ title: String) {
        expect(.set.with(title: title), .emptyTitle)
        expect(.set.with(title: title + "T"), nil)
    }

    @Test(arguments: [1, 300, 301])
    func `bounds the title`(_ count: Int) {
        expect(.set.with(title: text(count)), count > 300 ? .textTooLong : nil)
    }

    @Test func `counts bytes, not letters`() {
        expect(.set.with(title: String(repeating: "\u{e9}", count: 150)), nil)
        expect(.set.with(title: String(repeating: "\u{e9}", count: 151)), .textTooLong)
    }

    @Test(arguments: [0, 1, 16_384, 16_385])
    func `bounds description and attributes`(_ count: Int) {
        let isFine = count <= 16_384
        expect(.set.with(description: text(count)), isFine ? nil : .textTooLong)
        expect(.set.with(attributes: text(count)), isFine ? nil : .attributesTooLong)
    }

    @Test(arguments: [0, 1, 20, 21])
    func `bounds the images`(_ count: Int) {
        let images = (0..<count).map { "image-\($0)" }
        expect(.set.with(images: images), count > 20 ? .tooManyImages : nil)
    }

    @Test(arguments: [0, 1, 200, 201])
    func `bounds the keys of images`(_ count: Int) {
        let fault: CatalogRejection? = count == 0 ? .emptyName : count > 200 ? .textTooLong : nil
        expect(.set.with(images: ["a", text(count)]), fault)
    }

    @Test(arguments: [0, 1, 2, 100, 101])
    func `bounds the variants`(_ count: Int) {
        let variants = (0..<count).map { Variant.of(.of("V-\($0)")) }
        let fault: CatalogRejection? =
            count == 0 ? .noVariant : count > 100 ? .tooManyVariants : nil
        expect(.set.with(variants: variants), fault)
    }

    @Test func `has each article once`() {
        expect(.set.with(variants: [.of(.cup), .of(.tea), .of(.cup)]), .duplicateSKU)
        expect(.set.with(variants: [.of(.cup), .of(.tea), .of(.of("cup-01"))]), nil)
    }

    @Test(arguments: [0, 1, 10, 11])
    func `bounds the options`(_ count: Int) {
        let options = (0..<count).map { ProductEvent.VariantOption(name: "o\($0)", value: "") }
        expect(
            .set.with(variants: [.of(.cup, options: options)]), count > 10 ? .tooManyOptions : nil)
    }

    @Test(arguments: [0, 1, 100, 101])
    func `bounds the texts of options`(_ count: Int) {
        let long = count > 100
        expect(
            .set.with(variants: [.of(.cup, options: [.init(name: text(count), value: "v")])]),
            count == 0 ? .emptyName : long ? .textTooLong : nil)
        expect(
            .set.with(variants: [.of(.cup, options: [.init(name: "n", value: text(count))])]),
            long ? .textTooLong : nil)
    }

    @Test func `has each option of a variant once`() {
        let size = ProductEvent.VariantOption(name: "size", value: "S")
        let other = ProductEvent.VariantOption(name: "size", value: "M")
        expect(.set.with(variants: [.of(.cup, options: [size, other])]), .duplicateOption)
        expect(
            .set.with(variants: [.of(.cup, options: [size]), .of(.pot, options: [size])]), nil)
    }

    @Test(arguments: [0, 1, 30, 31])
    func `bounds the prices`(_ count: Int) {
        let prices = Currency.all.prefix(count).map { UnitPrice.of("1", $0) }
        let variant = Variant(sku: .cup, options: [], prices: prices)
        expect(.set.with(variants: [variant]), count > 30 ? .tooManyPrices : nil)
    }

    @Test func `has one price in each currency`() {
        expect(
            .set.with(variants: [.of(.cup, .of("1"), .of("1", .gbp), .of("2"))]),
            .duplicateCurrency)
        expect(.set.with(variants: [.of(.cup, .of("1")), .of(.pot, .of("1"))]), nil)
    }

    @Test(arguments: [
        ("-0.000001", false), ("0", true), ("0.000001", true), ("9223372036854.775807", true),
    ])
    func `has no negative price`(_ price: String, _ isFine: Bool) {
        expect(
            .set.with(variants: [.of(.pot, .of("1")), .of(.cup, .of(price))]),
            isFine ? nil : .negativePrice)
    }

    /// A hundred variants, within every limit of its parts.
    private func large(options: Int, prices: Int, description: Int) -> Product {
        let options = (0..<options).map {
            ProductEvent.VariantOption(name: "o\($0)", value: text(90))
        }
        let prices = Currency.all.prefix(prices).map { UnitPrice.of("1234.5678", $0) }
        let variants = (0..<100).map {
            Variant(sku: .of("V-\($0)"), options: options, prices: prices)
        }
        return .set.with(description: text(description), variants: variants)
    }

    @Test func `bounds the whole, to the last byte`() {
        let bare = large(options: 10, prices: 16, description: 0)
        let room = Product.sizeMax - ProductEvent.created(bare).json.count
        expect(large(options: 10, prices: 16, description: room - 1), nil)
        expect(large(options: 10, prices: 16, description: room), nil)
        expect(large(options: 10, prices: 16, description: room + 1), .productTooLarge)
        expect(large(options: 10, prices: 30, description: 0), .productTooLarge)
    }

    /// A fault of a part says more than that the whole is too large.
    @Test func `names the part that is too large first`() {
        let large = large(options: 10, prices: 30, description: 0)
        expect(large.with(title: ""), .emptyTitle)
        expect(large.with(variants: large.variants + [large.variants[0]]), .tooManyVariants)
    }

    /// What was decided once stays as it is.
    @Test func `changes nothing of what it refuses`() {
        let catalog = given(CatalogDecider.self, .created(.set))
        catalog.when(.put(.set.with(title: ""))).rejected(.emptyTitle)
        #expect(catalog.when(.put(.set.with(title: ""))).entities.states == catalog.states)
    }
}
