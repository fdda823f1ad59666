// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules of products, in the ledger and at the end.

import Contracts
import Invariants
import Kernel
import SampleFacts

extension Breaker {
    private static let jug = Sample.product(.crockery, .jug)

    static let products: [Breaker] = [
        Breaker(.c1, by: "an article of two products") {
            Script.products.adding(
                ProductEvent.updated(
                    Sample.product(.crockery, .bowl, .jug, .pot), removed: [])
            ).broken
        },
        Breaker(.c1, by: "a product that keeps an article which it no longer has") {
            Script.products.adding(ProductEvent.updated(jug, removed: [])).broken
        },
        Breaker(.c1, by: "a product that gives up an article which it still has") {
            Script.products.adding(ProductEvent.updated(jug, removed: [.bowl, .jug])).broken
        },
        Breaker(.c2, by: "a product that is created twice") {
            Script.products.adding(
                ProductEvent.created(Sample.product(.crockery, .bowl, .jug))
            ).broken
        },
        Breaker(.c2, by: "an update of what was never created") {
            Script([Line(fact: ProductEvent.updated(jug, removed: []), because: .command())])
                .broken
        },
        Breaker(.c2, by: "what was never created and is withdrawn") {
            Script([Line(fact: ProductEvent.withdrawn(.teaSet, skus: []), because: .command())])
                .broken
        },
        Breaker(.c2, by: "a product that is withdrawn without one of its articles") {
            Script.products.adding(ProductEvent.withdrawn(.crockery, skus: [.bowl])).broken
        },
        Breaker(.c2, by: "a product that is withdrawn twice") {
            Script.products.adding(ProductEvent.withdrawn(.crockery, skus: [.bowl, .jug]))
                .adding(ProductEvent.withdrawn(.crockery, skus: [.bowl, .jug])).broken
        },
        Breaker(.c3, by: "an announcement that is taken twice") {
            Script.products.adding(ProductEvent.stocked([Sample.level(.pot, 12, 1)])).broken
        },
        Breaker(.c3, by: "an older announcement, of one article among others") {
            Script.products.adding(ProductEvent.stocked([Sample.level(.pot, 4, 3)])).adding(
                ProductEvent.stocked([Sample.level(.bowl, 1, 1), Sample.level(.pot, 6, 2)])
            ).broken
        },
        Breaker(.c4, by: "an announcement that the catalog does not take") {
            try Inspected(.products.without("product.stocked.v1")).broken
        },
        Breaker(.c4, by: "another number than was announced") {
            try Inspected(
                .products.replacing(
                    "product.stocked.v1",
                    with: ProductEvent.stocked([Sample.level(.pot, 11, 1)]))
            ).broken
        },
        Breaker(.c4, by: "an article of a product that stock does not announce") {
            try Inspected(.products.without("stock.changed.v1", "product.stocked.v1")).broken
        },
        Breaker(.c4, by: "an article that stock does not announce again") {
            try Inspected(
                .products.adding(
                    StockEvent.counted(StockKey(.pot, .main), onHand: 16, delta: 3))
            ).broken
        },
        Breaker(.c5, by: "an article that stock does not know") {
            try Inspected(.products.without("stock.listed.v1")).broken
        },
    ]
}
