// SPDX-License-Identifier: Apache-2.0
/// The house's requests, ready to send.

package import Contracts
import JSONCodec
package import Kernel

/// Who orders, as far as a load client makes it up.
package struct Shopper: Sendable {
    /// Also the number in name, street and e-mail address.
    package let number: Int
    package let country: Country

    package init(_ number: Int, country: Country = Shopper.home) {
        self.number = number
        self.country = country
    }

    package static let home: Country = {
        guard let country = Country("GB") else { preconditionFailure("GB is a country") }
        return country
    }()
}

extension LoadRequest {
    /// `POST /v1/orders`.
    package static func place(
        _ lines: [OrderLine], for shopper: Shopper, token: String = "tok_ok",
        warehouse: Warehouse = .main, origin: OrderOrigin = .unknown, key: String,
        principal: Principal = .anonymous
    ) -> LoadRequest {
        var json = JSONWriter(capacity: 320 + lines.count * 64)
        json.beginObject()
        json.key("currency")
        json.string(lines.first?.unitPrice.currency.code ?? "GBP")
        json.key("warehouse")
        json.string(warehouse.code)
        json.key("lines")
        json.beginArray()
        for line in lines {
            json.beginObject()
            json.key("sku")
            json.string(line.sku.code)
            json.key("quantity")
            json.int(Int64(line.quantity.units))
            json.key("unitPrice")
            json.string(line.unitPrice.decimal)
            json.endObject()
        }
        json.endArray()
        json.key("customer")
        write(shopper, id: origin.customer, to: &json)
        for (name, word) in [("source", origin.source), ("reference", origin.reference)] {
            guard let word else { continue }
            json.key(name)
            json.string(word)
        }
        json.key("payment")
        json.beginObject()
        json.key("token")
        json.string(token)
        json.endObject()
        json.endObject()
        return write("POST", "/v1/orders", json.bytes, key: key, principal: principal)
    }

    private static func write(_ shopper: Shopper, id: String?, to json: inout JSONWriter) {
        json.beginObject()
        if let id {
            json.key("id")
            json.string(id)
        }
        json.key("name")
        json.string("Shopper \(shopper.number)")
        json.key("email")
        json.string("shopper\(shopper.number)@example.com")
        json.key("address")
        json.beginObject()
        json.key("line1")
        json.string("\(shopper.number) High Street")
        json.key("city")
        json.string("London")
        json.key("postcode")
        json.string("N1 1AA")
        json.key("country")
        json.string(shopper.country.code)
        json.endObject()
        json.endObject()
    }

    /// `POST /v1/orders/{id}/cancel`.
    package static func cancel(
        _ order: OrderID, key: String, principal: Principal = .anonymous
    ) -> LoadRequest {
        let body = Array(#"{"reason":"customer-asked"}"#.utf8)
        return write(
            "POST", "/v1/orders/\(order.text)/cancel", body, key: key, principal: principal)
    }

    /// `PUT /v1/stock/{warehouse}/{sku}`.
    package static func count(
        _ sku: SKU, onHand: Int64, warehouse: Warehouse = .main, key: String,
        principal: Principal = .anonymous
    ) -> LoadRequest {
        let body = Array(#"{"onHand":\#(onHand)}"#.utf8)
        return write(
            "PUT", "/v1/stock/\(warehouse)/\(sku)", body, key: key, principal: principal)
    }

    /// `POST /v1/products/bulk`: a product a line.
    package static func products(
        _ lines: [[UInt8]], key: String, principal: Principal = .anonymous
    ) -> LoadRequest {
        write(
            "POST", "/v1/products/bulk", Array(lines.joined(separator: [UInt8(ascii: "\n")])),
            key: key, principal: principal)
    }

    package static func get(_ path: String, principal: Principal = .anonymous) -> LoadRequest {
        LoadRequest("GET", path, headers: [("X-Principal", principal.name)])
    }

    private static func write(
        _ method: String, _ path: String, _ body: [UInt8], key: String, principal: Principal
    ) -> LoadRequest {
        LoadRequest(
            method, path,
            headers: [
                ("Content-Type", "application/json"), ("Idempotency-Key", key),
                ("X-Principal", principal.name),
            ],
            body: body)
    }
}
