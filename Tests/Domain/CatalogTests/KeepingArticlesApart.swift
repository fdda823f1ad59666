// SPDX-License-Identifier: Apache-2.0
/// Whatever is put, withdrawn and announced in whatever order: an article is a variant of the one
/// product that names it, at its prices, and shows the latest word of each warehouse.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Keeping articles apart` {
    @Test func `agrees with its products through 20,000 commands`() throws {
        var shop = Shop(seed: 8)
        for _ in 1...20_000 {
            shop.step()
            try shop.expectAgreement()
        }
        let keys =
            Shop.codes.map(CatalogKey.product) + Shop.skus.map(CatalogKey.variant)
        shop.catalog.expectFoldsAgree(at: keys)
        #expect(shop.seen == ["created", "updated", "withdrawn", "stocked", "no", "nothing"])
    }
}

/// Three products that quarrel over six articles.
private struct Shop {
    static let codes = ["a", "b", "c"].map { ProductCode.of($0) }
    static let skus = (1...6).map { SKU.of("S\($0)") }

    var catalog = Entities<CatalogDecider>()
    var seen: Set<String> = []
    private var chance: Chance
    /// The latest announcement that was heard, by what it is about.
    private var latest: [StockKey: StockLevel] = [:]

    init(seed: UInt64) { chance = Chance(seed: seed) }

    mutating func step() {
        let command = command()
        guard case .success(let events) = catalog.decide(command, chance.moment(at: .noon)) else {
            seen.insert("no")
            return
        }
        if events.isEmpty { seen.insert("nothing") }
        catalog.apply(events)
        for event in events {
            seen.insert(String(event.wireName.text.split(separator: ".")[1]))
        }
        guard case .noteAvailability(let levels) = command else { return }
        for level in levels
        where level.announcement > (latest[level.key]?.announcement ?? .min) {
            latest[level.key] = level
        }
    }

    private mutating func command() -> CatalogCommand {
        switch chance.below(10) {
        case 0...4:
            let skus = Self.skus.filter { _ in chance.comesUp(30) }
            let variants = skus.map { sku in
                Variant.of(sku, .of("\(chance.below(3)).00"))
            }
            return .put(
                Product(
                    code: chance.one(of: Self.codes), title: "T", description: "", images: [],
                    attributes: "{}", variants: variants))
        case 5: return .withdraw(chance.one(of: Self.codes))
        case 6: return .wake(.product(chance.one(of: Self.codes)))
        default:
            let levels = (0...chance.below(3)).map { _ in
                StockLevel.of(
                    chance.one(of: Self.skus), Int64(chance.below(9)),
                    Int64(chance.below(400) + 1), in: chance.one(of: [.north, .main]))
            }
            return .noteAvailability(levels)
        }
    }

    func expectAgreement() throws {
        for sku in Self.skus {
            let variant = catalog.variant(sku)
            let owners = Self.codes.filter { code in
                catalog.product(code)?.description.variants.contains { $0.sku == sku } == true
            }
            try #require(owners.count <= 1)
            try #require(variant.product == owners.first)
            let product = owners.first.flatMap { catalog.product($0) }
            try #require(variant.isOnSale == (product?.isWithdrawn == false))
            let described = product?.description.variants.first { $0.sku == sku }
            try #require(variant.prices == described?.prices ?? [])
            let stock = latest.values.filter { $0.key.sku == sku }
            try #require(Set(variant.stock) == Set(stock))
            try #require(variant.available == stock.reduce(0) { $0 + $1.available })
        }
    }
}
