// SPDX-License-Identifier: Apache-2.0
/// The text of an order as a client sends it, with any of its parts bent.

import JSONCodec

struct OrderText {
    var currency = #""GBP""#
    var lines = #"[{"sku":"CUP","quantity":1,"unitPrice":"10.00"}]"#
    var name = #""Ann""#
    var email = #""ann@example.org""#
    var line1 = #""1 High Street""#
    var city = #""Leeds""#
    var postcode: String?
    var country = #""GB""#
    var token = #""tok_ok""#
    /// Further members: of the order, the customer, the address and the payment.
    var more = ["", "", "", ""]

    var text: String {
        let code = postcode.map { ",\"postcode\":\($0)" } ?? ""
        return """
            {"currency":\(currency),"lines":\(lines),
             "customer":{"name":\(name),"email":\(email),
                         "address":{"line1":\(line1),"city":\(city)\(code),"country":\(country)\
            \(more[2])}\(more[1])},
             "payment":{"token":\(token)\(more[3])}\(more[0])}
            """
    }

    /// An order with one of its texts replaced.
    static func with(_ field: Field, _ text: String) -> OrderText {
        var order = OrderText()
        let quoted = quoted(text)
        switch field {
        case .name: order.name = quoted
        case .line1: order.line1 = quoted
        case .city: order.city = quoted
        case .postcode: order.postcode = quoted
        }
        return order
    }

    /// The members that hold free text.
    enum Field: String, CaseIterable {
        case name = "/customer/name"
        case line1 = "/customer/address/line1"
        case city = "/customer/address/city"
        case postcode = "/customer/address/postcode"
    }

    static func quoted(_ text: String) -> String {
        var json = JSONWriter()
        json.string(text)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension Shop.Answer {
    /// The places that a problem names.
    var pointers: [String] {
        json?["errors"]?.elements.compactMap { $0["pointer"]?.string } ?? []
    }
}
