// SPDX-License-Identifier: Apache-2.0
/// Inventory: decides alone who gets which units. Binds the rules of stock to the facts of
/// orders, shipments and products.

import Contracts
package import InventoryDomain
import JSONCodec
package import NodeEngine
package import Ports

package enum Inventory: Service {
    package typealias Rules = StockDecider
    package typealias Effect = Never

    package static let name = "inventory"
    package static let subscribesTo = ["orders", "shipping", "catalog"]
    package static let queriedTables: Set<String> = ["stock"]
    /// Holds change the stock of their articles.
    package static let isChangedByOthers = true

    package static let reactions = Reactions<StockCommand>(
        .on(OrderEvent.Kind.placed) { placed in
            .hold(
                .init(
                    hold: placed.order.hold(), order: placed.order,
                    warehouse: placed.warehouse, lines: placed.lines.stockLines))
        },
        .on(OrderEvent.Kind.confirmed) { .commit($0.order.hold()) },
        .on(OrderEvent.Kind.stopped) { stopped in
            stopped.hold.map { .release($0, order: stopped.order) }
        },
        .on(OrderEvent.Kind.reminded) { reminded in
            switch reminded.step {
            case .hold(let warehouse, let lines):
                .hold(
                    .init(
                        hold: reminded.order.hold(), order: reminded.order,
                        warehouse: warehouse, lines: lines))
            case .giveBack(let hold?, _): .release(hold, order: reminded.order)
            case .ship: .commit(reminded.order.hold())
            case .giveBack, .stopShipment, .capture, .track: nil
            }
        },
        .on(ShipmentEvent.Kind.shipped) { .ship($0.order.hold()) },
        .on(ProductEvent.Kind.created) { list($0) },
        .on(ProductEvent.Kind.updated) { list($0.product) })

    /// The product's articles, where orders look that name no warehouse.
    private static func list(_ product: ProductEvent.Product) -> StockCommand? {
        var seen: Set<SKU> = []
        let skus = product.variants.map(\.sku).filter { seen.insert($0).inserted }
        return skus.isEmpty ? nil : .list(.main, skus)
    }

    package static func wake(_ key: InventoryKey, isRestart: Bool) -> StockCommand { .wake(key) }

    package static func effect(
        owedBy state: InventoryState, at key: InventoryKey
    ) -> Owed<Never>? {
        nil
    }

    package static func reply(
        to command: StockCommand, _ outcome: Result<Entity<InventoryState>, StockRejection>
    ) -> Reply {
        switch outcome {
        case .failure(let rejection): return rejection.problem.reply()
        case .success(let entity):
            guard case .count(let key, _, _) = command else {
                return Reply(status: 200, body: Array("{}".utf8))
            }
            var json = JSONWriter(capacity: 192)
            StockView.write(key, entity.state.item, version: entity.version, to: &json)
            return Reply(status: 200, body: json.bytes, version: entity.version)
        }
    }
}

/// What clients can be told about stock.
package enum StockProblem {
    package static let unknownItem = Problem(
        404, "unknown-stock", "No units of this article were ever counted in this warehouse.")

    package static let all = [
        unknownItem, StockRejection.negativeCount.problem, StockRejection.countTooLarge.problem,
        StockRejection.belowPromised(promised: 0).problem,
        StockRejection.countChanged(onHand: 0).problem,
    ]
}

extension StockRejection {
    package var problem: Problem {
        switch self {
        case .negativeCount: Problem(422, "negative-count", "A count can't be negative.")
        case .countTooLarge:
            Problem(422, "count-too-large", "A count is at most 1,000,000,000 units.")
        case .belowPromised:
            Problem(409, "stock-promised", "More units than that are promised to orders.")
        case .countChanged:
            Problem(409, "count-changed", "The stock is no longer what the request expected.")
        }
    }
}
