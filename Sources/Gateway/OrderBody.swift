// SPDX-License-Identifier: Apache-2.0
/// The body of `POST /v1/orders`: read strictly, every fault told with its place.

import Contracts
import JSONCodec
import Kernel
import OrdersDomain
import OrdersService
import Ports

/// What a shop sends to place an order, before its personal data is sealed.
struct OrderBody {
    let lines: [OrderLine]
    let warehouse: Warehouse
    let country: Country
    let email: String
    let paymentToken: String
    /// Name, e-mail and address as they will be sealed: a small JSON object of our own.
    let personal: [UInt8]

    static let textMax = 200
    static let tokenMax = 100

    init(_ root: JSONView) throws(ProblemError) {
        var faults = Faults()
        guard root.kind == .object else {
            throw ProblemError(GatewayProblem.malformed, detail: "The body is not a JSON object.")
        }
        let currency = Self.currency(root, &faults)
        lines = try Self.lines(root, currency, &faults)
        warehouse = Self.warehouse(root, &faults)
        let customer = root["customer"]
        let address = customer?["address"]
        let name = faults.text(customer?["name"], "/customer/name")
        email = faults.email(customer?["email"], "/customer/email")
        let country = Self.country(address, &faults)
        personal = Self.personal(name, email, address, country, &faults)
        paymentToken = try Self.token(root["payment"]?["token"], &faults)
        guard faults.found.isEmpty, let country else {
            throw ProblemError(GatewayProblem.invalid, fields: faults.found)
        }
        self.country = country
    }

    private static func currency(_ root: JSONView, _ faults: inout Faults) -> Currency? {
        let currency = root["currency"]?.string.flatMap { Currency(code: $0) }
        if currency == nil { faults.add("/currency", "An ISO 4217 code such as EUR.") }
        return currency
    }

    private static func lines(
        _ root: JSONView, _ currency: Currency?, _ faults: inout Faults
    ) throws(ProblemError) -> [OrderLine] {
        guard let list = root["lines"], list.kind == .array else {
            faults.add("/lines", "An array of lines.")
            return []
        }
        guard list.count <= OrderDecider.linesMax else {
            throw ProblemError(OrderRejection.tooManyLines.problem)
        }
        var lines: [OrderLine] = []
        lines.reserveCapacity(list.count)
        var index = 0
        for view in list.elements {
            if let line = line(view, index, currency, &faults) { lines.append(line) }
            index += 1
        }
        return lines
    }

    private static func line(
        _ view: JSONView, _ index: Int, _ currency: Currency?, _ faults: inout Faults
    ) -> OrderLine? {
        let sku = view["sku"]?.string.flatMap { SKU($0) }
        if sku == nil {
            faults.add("/lines/\(index)/sku", "1 to 40 letters, digits or -_. characters.")
        }
        let quantity = view["quantity"]?.int64.flatMap { Quantity($0) }
        if quantity == nil {
            faults.add("/lines/\(index)/quantity", "A whole number from 1 to 1,000,000.")
        }
        guard let currency else { return nil }
        let price = view["unitPrice"]?.string.flatMap {
            UnitPrice(decimal: $0, currency: currency)
        }
        if price == nil || (price?.tenThousandths ?? 0) < 0 {
            faults.add("/lines/\(index)/unitPrice", "A decimal in a string, such as \"2.55\".")
        }
        guard let sku, let quantity, let price, price.tenThousandths >= 0 else { return nil }
        do throws(MoneyError) {
            return try OrderLine(sku: sku, quantity: quantity, unitPrice: price)
        } catch {
            faults.add("/lines/\(index)", "The line's total can't be represented.")
            return nil
        }
    }

    private static func warehouse(_ root: JSONView, _ faults: inout Faults) -> Warehouse {
        guard let view = root["warehouse"], !view.isNull else { return .main }
        if let warehouse = view.string.flatMap({ Warehouse($0) }) { return warehouse }
        faults.add("/warehouse", "1 to 20 letters, digits or -_. characters.")
        return .main
    }

    private static func country(_ address: JSONView?, _ faults: inout Faults) -> Country? {
        let country = address?["country"]?.string.flatMap { Country($0) }
        if country == nil { faults.add("/customer/address/country", "Two capital letters.") }
        return country
    }

    private static func personal(
        _ name: String, _ email: String, _ address: JSONView?, _ country: Country?,
        _ faults: inout Faults
    ) -> [UInt8] {
        let line = faults.text(address?["line1"], "/customer/address/line1")
        let city = faults.text(address?["city"], "/customer/address/city")
        let code = faults.optionalText(address?["postcode"], "/customer/address/postcode")
        return PersonalData(
            name: name, email: email, line: line, city: city, postcode: code,
            country: country?.code ?? ""
        ).bytes
    }

    private static func token(
        _ view: JSONView?, _ faults: inout Faults
    ) throws(ProblemError) -> String {
        guard let token = view?.string, (1...tokenMax).contains(token.utf8.count),
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            faults.add("/payment/token", "1 to 100 visible ASCII characters.")
            return ""
        }
        if CardNumber.looksLike(token) { throw ProblemError(GatewayProblem.cardNumber) }
        return token
    }
}

/// Collects what is wrong with a body; at most twenty faults are told.
struct Faults {
    private(set) var found: [FieldError] = []

    mutating func add(_ pointer: String, _ detail: String) {
        if found.count < 20 { found.append(FieldError(pointer: pointer, detail: detail)) }
    }

    /// A text that must be there.
    mutating func text(_ view: JSONView?, _ pointer: String) -> String {
        let text = view?.string ?? ""
        if text.isEmpty || text.utf8.count > OrderBody.textMax || CardNumber.looksLike(text) {
            add(pointer, "1 to 200 bytes of text, no card number.")
        }
        return text
    }

    mutating func optionalText(_ view: JSONView?, _ pointer: String) -> String {
        guard let view, !view.isNull else { return "" }
        return text(view, pointer)
    }

    /// One `@` with something on both sides, and nothing that could break a mail header.
    mutating func email(_ view: JSONView?, _ pointer: String) -> String {
        let text = view?.string ?? ""
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        if parts.count != 2 || parts.contains("") || !isPlain || text.utf8.count > 254 {
            add(pointer, "An e-mail address.")
        }
        return text
    }
}

/// Card numbers are refused wherever they turn up: the house must never hold one.
enum CardNumber {
    /// 13 to 19 digits, blanks and dashes aside, with a right check digit (ISO/IEC 7812-1, Luhn).
    static func looksLike(_ text: String) -> Bool {
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: " "), UInt8(ascii: "-"): continue
            default: return false
            }
        }
        guard (13...19).contains(digits.count) else { return false }
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index.isMultiple(of: 2) ? Int(digit) : Int(digit) * 2
            sum += value > 9 ? value - 9 : value
        }
        return sum.isMultiple(of: 10)
    }
}
