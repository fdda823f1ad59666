// SPDX-License-Identifier: Apache-2.0
/// What can be had of an article is what stock announced last, of each warehouse by itself.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Showing availability` {
    private let created = given(CatalogDecider.self, .created(.set))

    @Test func `begins with nothing`() {
        #expect(created.variant(.cup).available == 0)
        #expect(created.stock(of: .cup) == [])
    }

    @Test func `takes what is announced`() {
        let level = StockLevel.of(.cup, 12, 1)
        let catalog = created.when(.noteAvailability([level])).then(.stocked([level])).entities
        #expect(catalog.variant(.cup).available == 12)
        #expect(catalog.variant(.cup).isOnSale)
        #expect(catalog.variant(.pot).available == 0)
    }

    @Test func `a second time records nothing`() {
        created.when(.noteAvailability([.of(.cup, 12, 1)]))
            .when(.noteAvailability([.of(.cup, 12, 1)])).thenNothing()
    }

    /// Facts in different partitions may come in any order: the older one says nothing any more.
    @Test func `believes the latest announcement, whatever comes first`() {
        let late = created.when(.noteAvailability([.of(.cup, 5, 3)]))
        late.when(.noteAvailability([.of(.cup, 7, 2)])).thenNothing()
        late.when(.noteAvailability([.of(.cup, 4, 4)])).then(.stocked([.of(.cup, 4, 4)]))
        // The number of the first announcement, heard after the third, must not hide the second.
        let same = created.when(.noteAvailability([.of(.cup, 5, 1)]))
            .when(.noteAvailability([.of(.cup, 5, 3)]))
        same.when(.noteAvailability([.of(.cup, 7, 2)])).thenNothing()
        #expect(same.entities.variant(.cup).available == 5)
    }

    @Test func `adds up the warehouses`() {
        let catalog = created.when(.noteAvailability([.of(.cup, 12, 1)]))
            .when(.noteAvailability([.of(.cup, 5, 1, in: .main)])).entities
        #expect(catalog.stock(of: .cup) == ["main 5", "north-1 12"])
        #expect(catalog.variant(.cup).available == 17)
        let later = catalog.when(.noteAvailability([.of(.cup, 0, 2)])).entities
        #expect(later.stock(of: .cup) == ["main 5", "north-1 0"])
        #expect(later.variant(.cup).available == 5)
    }

    @Test func `adds up without an overflow, and takes nothing below zero`() {
        let catalog = created.when(
            .noteAvailability([
                .of(.cup, .max, 1), .of(.cup, 1, 1, in: .main), .of(.pot, -5, 1),
                .of(.pot, 2, 1, in: .main),
            ])
        ).entities
        #expect(catalog.variant(.cup).available == .max)
        #expect(catalog.variant(.pot).available == 2)
    }

    @Test func `records of many articles only what is new`() {
        let known = created.when(.noteAvailability([.of(.cup, 12, 1)]))
        let news = [StockLevel.of(.pot, 3, 1), .of(.cup, 8, 1, in: .main)]
        known.when(.noteAvailability([.of(.cup, 12, 1), news[0], news[1]])).then(.stocked(news))
    }

    @Test func `records one of two words about the same warehouse`() {
        created.when(.noteAvailability([.of(.cup, 12, 1), .of(.cup, 10, 1)]))
            .then(.stocked([.of(.cup, 12, 1)]))
        let both = [StockLevel.of(.cup, 12, 1), .of(.cup, 10, 2)]
        let catalog = created.when(.noteAvailability(both)).then(.stocked(both)).entities
        #expect(catalog.variant(.cup).available == 10)
    }

    @Test func `keeps what is told of an article before its product is there`() {
        let early = given(CatalogDecider.self).when(.noteAvailability([.of(.cup, 12, 1)]))
            .then(.stocked([.of(.cup, 12, 1)])).entities
        #expect(early.variant(.cup).product == nil)
        #expect(!early.variant(.cup).isOnSale)
        let catalog = early.when(.put(.set)).then(.created(.set)).entities
        #expect(catalog.variant(.cup).available == 12)
        #expect(catalog.variant(.cup).isOnSale)
    }

    @Test func `goes on for an article that is off sale, or no variant any more`() {
        let rest = Product.set.with(variants: [Product.set.variants[0]])
        let catalog = created.when(.noteAvailability([.of(.cup, 12, 1), .of(.pot, 9, 1)]))
            .when(.put(rest)).when(.withdraw(.teaSet))
            .when(.noteAvailability([.of(.cup, 10, 2), .of(.pot, 8, 2)]))
            .then(.stocked([.of(.cup, 10, 2), .of(.pot, 8, 2)])).entities
        #expect(catalog.variant(.cup).available == 10)
        #expect(catalog.variant(.pot).available == 8)
        #expect(catalog.product(.teaSet)?.revision == 3)
    }

    @Test(arguments: [99, 100, 101])
    func `shows at most a hundred warehouses`(_ count: Int) {
        let levels = (0..<count).map { StockLevel.of(.cup, 1, 1, in: .of("W\($0)")) }
        let catalog = created.when(.noteAvailability(levels))
            .then(.stocked(Array(levels.prefix(100)))).entities
        #expect(catalog.variant(.cup).available == Int64(min(count, 100)))
        // Those that it shows go on.
        catalog.when(.noteAvailability([.of(.cup, 5, 2, in: .of("W7"))]))
            .then(.stocked([.of(.cup, 5, 2, in: .of("W7"))]))
    }
}
