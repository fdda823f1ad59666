// SPDX-License-Identifier: Apache-2.0
/// An order as clients see it. No personal data: the person is named by an opaque id.

package import Contracts
package import JSONCodec
package import Kernel
package import OrdersDomain

package enum OrderView {
    package static func write(
        _ state: OrderState, version: Int64, to json: inout JSONWriter
    ) {
        json.beginObject()
        if let details = state.details { write(details, to: &json) }
        json.key("status")
        json.string(state.phase.slug)
        write(state.phase, to: &json)
        json.key("version")
        json.int(version)
        json.endObject()
    }

    /// An order whose stored state can't be read: no more is known of it than its id.
    package static func write(unreadable order: OrderID, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.string(order.text)
        json.key("status")
        json.string(unreadable)
        json.endObject()
    }

    package static let unreadable = "unreadable"

    private static func write(_ details: OrderState.Details, to json: inout JSONWriter) {
        json.key("id")
        json.string(details.order.text)
        json.key("placedAt")
        json.string(details.at.text)
        json.key("person")
        json.string(details.recipient.sealed.person.text)
        json.key("country")
        json.string(details.recipient.country.code)
        write(details.origin, to: &json)
        json.key("warehouse")
        json.string(details.warehouse.code)
        json.key("lines")
        json.beginArray()
        for line in details.lines {
            json.beginObject()
            json.key("sku")
            json.string(line.sku.code)
            json.key("quantity")
            json.int(Int64(line.quantity.units))
            json.key("unitPrice")
            json.string(line.unitPrice.decimal)
            json.key("total")
            json.int(line.total.amount)
            json.endObject()
        }
        json.endArray()
        write(details.adjustments, to: &json)
        json.key("total")
        write(details.total, to: &json)
    }

    /// What the shop has not told is left out.
    private static func write(_ origin: OrderOrigin, to json: inout JSONWriter) {
        write("region", origin.region, to: &json)
        write("source", origin.source, to: &json)
        write("customerId", origin.customer, to: &json)
        write("reference", origin.reference, to: &json)
    }

    private static func write(
        _ name: StaticString, _ value: String?, to json: inout JSONWriter
    ) {
        guard let value else { return }
        json.key(name)
        json.string(value)
    }

    private static func write(_ adjustments: [Adjustment], to json: inout JSONWriter) {
        json.key("adjustments")
        json.beginArray()
        for adjustment in adjustments {
            json.beginObject()
            json.key("kind")
            json.string(adjustment.kind.rawValue)
            json.key("label")
            json.string(adjustment.label)
            json.key("amount")
            json.int(adjustment.amount.amount)
            json.key("included")
            json.bool(adjustment.isIncluded)
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ phase: OrderState.Phase, to json: inout JSONWriter) {
        switch phase {
        case .inFulfillment(let isCaptured, let isDelivered):
            json.key("paid")
            json.bool(isCaptured)
            json.key("delivered")
            json.bool(isDelivered)
        case .exception(let reason, let isDelivered):
            json.key("reason")
            json.string(reason.rawValue)
            json.key("paid")
            json.bool(false)
            json.key("delivered")
            json.bool(isDelivered)
        case .canceling(let reason, let undoing):
            json.key("reason")
            json.string(reason.rawValue)
            json.key("undoing")
            json.beginArray()
            if undoing.shipment { json.string("shipment") }
            if undoing.hold { json.string("stock") }
            if undoing.payment { json.string("payment") }
            json.endArray()
        case .canceled(let reason):
            json.key("reason")
            json.string(reason.rawValue)
        case .rejected(let short): write(short: short, to: &json)
        case .absent, .reserving, .awaitingPayment, .confirmed, .completed: break
        }
    }

    /// Which lines were short, and by how much.
    package static func write(short: [ShortLine], to json: inout JSONWriter) {
        json.key("short")
        json.beginArray()
        for line in short {
            json.beginObject()
            json.key("sku")
            json.string(line.sku.code)
            json.key("wanted")
            json.int(line.wanted)
            json.key("available")
            json.int(line.available)
            json.endObject()
        }
        json.endArray()
    }

    package static func write(_ money: Money, to json: inout JSONWriter) {
        json.beginObject()
        json.key("amount")
        json.int(money.amount)
        json.key("currency")
        json.string(money.currency.code)
        json.endObject()
    }
}
