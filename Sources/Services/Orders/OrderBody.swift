// SPDX-License-Identifier: Apache-2.0
/// The body of `POST /v1/orders`: read strictly, every fault told with its place; and its lines
/// priced, by the catalog where no price was sent.

package import Contracts
package import JSONCodec
package import Kernel
package import OrdersDomain
import Ports
package import ServiceModel

/// What a shop sends to place an order, before its personal data is sealed.
package struct OrderBody {
    package let lines: [Line]
    package let warehouse: Warehouse
    package let country: Country
    /// What the shop's own books call it.
    package let origin: OrderOrigin
    package let adjustments: [Adjustment]
    /// The total that the customer was shown.
    package let total: Money?
    package let email: String
    package let paymentToken: String
    /// Name, e-mail and address as they will be sealed.
    package let personal: [UInt8]

    /// A line as it was sent.
    package struct Line: Sendable {
        package let sku: SKU
        package let quantity: Quantity
        package let currency: Currency
        /// Nil when the catalog is to say it.
        package let price: UnitPrice?
    }

    static let tokenMax = 100

    package init(_ root: JSONView) throws(ProblemError) {
        var faults = Faults()
        guard var body = Members(root, at: "", &faults) else {
            throw ProblemError(RequestProblem.invalid, fields: faults.found)
        }
        let currency = Self.currency(body.take("currency"), &faults)
        lines = try Self.lines(body.take("lines"), currency, &faults)
        warehouse = Self.warehouse(body.take("warehouse"), &faults)
        let customer = Self.customer(body.take("customer"), &faults)
        paymentToken = try Self.payment(body.take("payment"), &faults)
        let extras = OrderExtras(&body, currency, &faults)
        body.refuseOthers(
            than: ["currency", "lines", "warehouse", "customer", "payment"] + OrderExtras.members,
            at: "", &faults)
        try faults.check()
        guard let customer else { throw ProblemError(RequestProblem.invalid) }
        adjustments = extras.adjustments
        total = extras.total
        origin = extras.origin(region: customer.region, customer: customer.id)
        email = customer.email
        country = customer.country
        personal = customer.personal
    }

    private static func currency(_ view: JSONView?, _ faults: inout Faults) -> Currency? {
        let currency = view?.string.flatMap { Currency(code: $0) }
        if currency == nil { faults.add("/currency", "An ISO 4217 code such as EUR.") }
        return currency
    }

    private static func lines(
        _ list: JSONView?, _ currency: Currency?, _ faults: inout Faults
    ) throws(ProblemError) -> [Line] {
        guard let list, list.kind == .array else {
            faults.add("/lines", "An array of lines.")
            return []
        }
        guard list.count <= OrderDecider.linesMax else {
            throw ProblemError(OrderRejection.tooManyLines.problem)
        }
        var lines: [Line] = []
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
    ) -> Line? {
        guard var members = Members(view, at: "/lines/\(index)", &faults) else { return nil }
        let sku = members.take("sku")?.string.flatMap { SKU($0) }
        if sku == nil {
            faults.add("/lines/\(index)/sku", "1 to 40 letters, digits or -_. characters.")
        }
        let quantity = members.take("quantity")?.int64.flatMap { Quantity($0) }
        if quantity == nil {
            faults.add("/lines/\(index)/quantity", "A whole number from 1 to 1,000,000.")
        }
        let given = members.take("unitPrice")
        members.refuseOthers(
            than: ["sku", "quantity", "unitPrice"], at: "/lines/\(index)", &faults)
        guard let currency else { return nil }
        var price: UnitPrice?
        if let given {
            price = given.string.flatMap { UnitPrice(decimal: $0, currency: currency) }
            guard let price, price.tenThousandths >= 0 else {
                faults.add("/lines/\(index)/unitPrice", "A decimal in a string, such as \"2.55\".")
                return nil
            }
        }
        guard let sku, let quantity else { return nil }
        return Line(sku: sku, quantity: quantity, currency: currency, price: price)
    }

    /// The lines with their prices, those of `prices` where none was sent; `refusal` says why that
    /// can't be done.
    package func priced(
        by prices: any Prices
    ) throws -> (lines: [OrderLine], refusal: OrderRejection?) {
        var priced: [OrderLine] = []
        priced.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            guard let price = try line.price ?? prices.price(of: line.sku, in: line.currency)
            else { return ([], .priceUnknown(line.sku)) }
            do throws(MoneyError) {
                priced.append(
                    try OrderLine(sku: line.sku, quantity: line.quantity, unitPrice: price))
            } catch {
                // Prices that were sent say the same at each repeat, those of the catalog may not.
                guard line.price != nil else { return ([], .totalTooLarge) }
                var faults = Faults()
                faults.add("/lines/\(index)", "The line's total can't be represented.")
                try faults.check()
            }
        }
        return (priced, nil)
    }

    private static func warehouse(_ view: JSONView?, _ faults: inout Faults) -> Warehouse {
        guard let view else { return .main }
        if let warehouse = view.string.flatMap({ Warehouse($0) }) { return warehouse }
        faults.add("/warehouse", "1 to 20 letters, digits or -_. characters.")
        return .main
    }

    /// Who gets the order: what is sealed, and what is known of it in the clear.
    private struct Customer {
        let email: String
        let country: Country
        let region: String?
        let id: String?
        let personal: [UInt8]
    }

    /// Nil only with a fault.
    private static func customer(_ view: JSONView?, _ faults: inout Faults) -> Customer? {
        guard var members = Members(view, at: "/customer", &faults) else { return nil }
        let name = faults.text(members.take("name"), "/customer/name")
        let email = faults.email(members.take("email"), "/customer/email")
        let id = faults.identifier(members.take("id"), "/customer/id", max: 100)
        let place = members.take("address")
        members.refuseOthers(than: ["id", "name", "email", "address"], at: "/customer", &faults)
        guard var address = Members(place, at: "/customer/address", &faults) else { return nil }
        let line = faults.text(address.take("line1"), "/customer/address/line1")
        let city = faults.text(address.take("city"), "/customer/address/city")
        let code = faults.optionalText(address.take("postcode"), "/customer/address/postcode")
        let country = address.take("country")?.string.flatMap { Country($0) }
        if country == nil { faults.add("/customer/address/country", "Two capital letters.") }
        let region = faults.region(
            address.take("region"), of: country, "/customer/address/region")
        address.refuseOthers(
            than: ["line1", "city", "postcode", "region", "country"], at: "/customer/address",
            &faults)
        guard let country else { return nil }
        let personal = PersonalData(
            name: name, email: email, line: line, city: city, postcode: code,
            region: region ?? "", country: country.code)
        return Customer(
            email: email, country: country, region: region, id: id, personal: personal.bytes)
    }

    private static func payment(
        _ view: JSONView?, _ faults: inout Faults
    ) throws(ProblemError) -> String {
        guard var members = Members(view, at: "/payment", &faults) else { return "" }
        let token = members.take("token")?.string
        members.refuseOthers(than: ["token"], at: "/payment", &faults)
        guard let token, (1...tokenMax).contains(token.utf8.count),
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            faults.add("/payment/token", "1 to 100 visible ASCII characters.")
            return ""
        }
        if CardNumber.looksLike(token) { throw ProblemError(RequestProblem.cardNumber) }
        return token
    }
}
