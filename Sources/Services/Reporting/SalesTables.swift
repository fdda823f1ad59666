// SPDX-License-Identifier: Apache-2.0
/// The tables of sales, declared.

package import Ports

extension Sales {
    private static let time = ViewColumn.int(
        "quarter", "The quarter of an hour in UTC, by its first millisecond.")
    private static let currency = ViewColumn.text("currency", "ISO 4217.")
    private static let place = [
        time, currency, .text("country", "ISO 3166-1 alpha-2."),
        .text("region", "ISO 3166-2; empty when the shop has not said it."),
        .text("source", "The shop's channel; empty when it has not said it."),
    ]

    package static let sales = ViewTable(
        "sales", "What was sold in a quarter of an hour, and what was canceled in it.", key: place,
        [
            .int("orders", "Orders placed in it whose stock was held; canceled ones stay in it."),
            .int("units", "Units in them."), .int("revenue", "What they cost in all."),
            .int("tax", "Tax in that, whether on top of prices or in them."),
            .int("discounts", "What was taken off."), .int("shipping", "Shipping in that."),
            .int("canceled_orders", "Such orders, of whatever time, canceled in this quarter."),
            .int("canceled_units", "Units in them."),
            .int("canceled_revenue", "What they would have cost in all."),
        ])

    package static let products = ViewTable(
        "product_sales", "What was sold and canceled of an article in a quarter of an hour.",
        key: [time, currency, .text("sku", "The article.")],
        [
            .int("orders", "Orders with it that count."), .int("units", "Units in them."),
            .int("revenue", "The totals of their lines, without adjustments."),
            .int("canceled_orders", "Such orders, of whatever time, canceled in this quarter."),
            .int("canceled_units", "Units in them."),
            .int("canceled_revenue", "The totals of their lines."),
        ])

    package static let funnel = ViewTable(
        "order_funnel", "How far the orders got that were placed in a quarter of an hour.",
        key: place,
        OrderStage.allCases.flatMap { stage in
            [
                ViewColumn.int(stage.name, stage.about),
                .int("\(stage.name)_amount", "What these cost in all."),
            ]
        })

    package static let open = ViewTable(
        "sales_orders", "Orders of which more will be counted, as far as sums must know them.",
        key: [.text("order_id", "The order.")],
        place + [
            .int("reached", "The stages of the funnel that it has reached: 1 << 0 is the first."),
            .int("revenue", "What it costs in all."),
            .bytes("basket", "Its articles and adjustments, in the house's own form."),
        ])

    static let reached = open["reached"]
    static let orders = sales["orders"]
    static let units = sales["units"]
    static let revenue = sales["revenue"]
    static let tax = sales["tax"]
    static let discounts = sales["discounts"]
    static let shipping = sales["shipping"]
    static let canceledOrders = sales["canceled_orders"]
    static let canceledUnits = sales["canceled_units"]
    static let canceledRevenue = sales["canceled_revenue"]
    static let productOrders = products["orders"]
    static let productUnits = products["units"]
    static let productRevenue = products["revenue"]
    static let productCanceledOrders = products["canceled_orders"]
    static let productCanceledUnits = products["canceled_units"]
    static let productCanceledRevenue = products["canceled_revenue"]
    static let stages = OrderStage.allCases.map { stage in
        (count: funnel[stage.name], amount: funnel["\(stage.name)_amount"])
    }
}
