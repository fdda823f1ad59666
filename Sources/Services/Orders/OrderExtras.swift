// SPDX-License-Identifier: Apache-2.0
/// What an order's body may say beside articles, customer and payment: tax, discounts and shipping,
/// the total that the customer was shown, and the shop's own identifiers.

import Contracts
import JSONCodec
import Kernel
import OrdersDomain
import ServiceModel

struct OrderExtras: Sendable {
    private(set) var adjustments: [Adjustment] = []
    private(set) var total: Money?
    private var source: String?
    private var reference: String?

    static let members = ["adjustments", "total", "source", "reference"]
    private static let kinds = AdjustmentKind.allCases.map(\.rawValue).joined(separator: ", ")

    init(_ body: inout Members, _ currency: Currency?, _ faults: inout Faults) {
        if let list = body.take("adjustments") { read(list, currency, &faults) }
        if let view = body.take("total") {
            let total = currency.flatMap { Self.amount(view, $0) }
            if total == nil { faults.add("/total", Self.amountFault) }
            self.total = total
        }
        source = faults.identifier(body.take("source"), "/source", max: 40)
        reference = faults.identifier(body.take("reference"), "/reference", max: 100)
    }

    func origin(region: String?, customer: String?) -> OrderOrigin {
        OrderOrigin(source: source, region: region, customer: customer, reference: reference)
    }

    private mutating func read(_ list: JSONView, _ currency: Currency?, _ faults: inout Faults) {
        guard list.kind == .array else {
            return faults.add("/adjustments", "An array of adjustments.")
        }
        // One too many is the rules' to refuse; who reads on would work for nothing.
        for (index, view) in list.elements.prefix(OrderDecider.adjustmentsMax + 1).enumerated() {
            if let adjustment = Self.adjustment(view, "/adjustments/\(index)", currency, &faults) {
                adjustments.append(adjustment)
            }
        }
    }

    private static func adjustment(
        _ view: JSONView, _ pointer: String, _ currency: Currency?, _ faults: inout Faults
    ) -> Adjustment? {
        guard var members = Members(view, at: pointer, &faults) else { return nil }
        let kind = members.take("kind")?.string.flatMap { AdjustmentKind(rawValue: $0) }
        if kind == nil { faults.add("\(pointer)/kind", "One of \(kinds).") }
        let label = faults.optionalText(members.take("label"), "\(pointer)/label")
        let given = members.take("amount")
        let amount = currency.flatMap { Self.amount(given, $0) }
        if amount == nil { faults.add("\(pointer)/amount", amountFault) }
        let included = members.take("included")
        let isIncluded = included?.bool ?? false
        if included != nil, included?.bool == nil || isIncluded && kind != .tax {
            faults.add("\(pointer)/included", "A boolean; only a tax can be in the lines' prices.")
        }
        members.refuseOthers(than: ["kind", "label", "amount", "included"], at: pointer, &faults)
        guard let kind, let amount else { return nil }
        return Adjustment(kind: kind, label: label, amount: amount, isIncluded: isIncluded)
    }

    private static func amount(_ view: JSONView?, _ currency: Currency) -> Money? {
        guard let money = view?.string.flatMap({ Money(decimal: $0, currency: currency) }),
            !money.isNegative
        else { return nil }
        return money
    }

    private static let amountFault =
        "A decimal in a string, not negative, with at most the decimals of its currency."
}

extension Faults {
    /// An identifier of the shop's own, in the clear in logs and reports: so it can't be an e-mail
    /// address or a card number.
    mutating func identifier(_ view: JSONView?, _ pointer: String, max: Int) -> String? {
        guard let view else { return nil }
        if let text = view.string, (1...max).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "@") }),
            !CardNumber.looksLike(text)
        {
            return text
        }
        add(
            pointer,
            "1 to \(max) visible ASCII characters without @, and no card number: it is not sealed.")
        return nil
    }

    /// A part of a country, as ISO 3166-2 names it.
    mutating func region(_ view: JSONView?, of country: Country?, _ pointer: String) -> String? {
        guard let view else { return nil }
        if let region = view.string, Self.isRegion(region),
            country.map({ region.hasPrefix($0.code) }) ?? true
        {
            return region
        }
        add(pointer, "The address's country, a dash, and 1 to 3 capitals or digits: DE-BY.")
        return nil
    }

    private static func isRegion(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        let isCapital = { (byte: UInt8) in (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        return (4...6).contains(bytes.count) && bytes[2] == UInt8(ascii: "-")
            && bytes.prefix(2).allSatisfy(isCapital)
            && bytes.dropFirst(3).allSatisfy { isCapital($0) || isDigit($0) }
    }
}
