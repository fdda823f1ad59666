// SPDX-License-Identifier: Apache-2.0
/// The body of `PUT /v1/products/{code}`, and a line of a bulk: read strictly, every fault told
/// with its place. What a product may be beyond its form, the rules of the catalog decide.

import CatalogDomain
import Contracts
import JSONCodec
import Kernel
import ServiceModel

struct ProductBody {
    let product: ProductEvent.Product

    static let codeForm =
        "1 to 40 letters, digits or -_. characters, and none of \"bulk\", \".\" and \"..\"."

    /// Nil for what can be no product's code, or is the name of a route.
    static func code(_ text: String) -> ProductCode? {
        text == "bulk" ? nil : ProductCode(text)
    }

    /// `code` comes from the path; in a bulk each line has its own.
    init(_ root: JSONView, code: ProductCode? = nil) throws(ProblemError) {
        var faults = Faults()
        guard var body = Members(root, at: "", &faults) else {
            throw ProblemError(RequestProblem.invalid, fields: faults.found)
        }
        var known = ["title", "description", "images", "attributes", "variants"]
        var code = code
        if code == nil {
            known.append("code")
            code = body.take("code")?.string.flatMap { Self.code($0) }
            if code == nil { faults.add("/code", Self.codeForm) }
        }
        let title = faults.shownText(body.take("title"), "/title") ?? ""
        if !title.isEmpty, !PlainText.shows(title) {
            faults.add("/title", PlainText.Fault.invisible.detail)
        }
        let description = body.take("description").flatMap {
            faults.shownText($0, "/description", isEmptyAllowed: true, isMultiline: true)
        }
        let images = Self.images(body.take("images"), &faults)
        let attributes = Self.attributes(body.take("attributes"), &faults)
        let variants = Self.variants(body.take("variants"), &faults)
        body.refuseOthers(than: known, at: "", &faults)
        try faults.check()
        guard let code else { throw ProblemError(RequestProblem.invalid) }
        product = ProductEvent.Product(
            code: code, title: title, description: description ?? "", images: images,
            attributes: attributes, variants: variants)
    }

    private static func images(_ list: JSONView?, _ faults: inout Faults) -> [String] {
        guard let list else { return [] }
        guard list.kind == .array else {
            faults.add("/images", "An array of texts.")
            return []
        }
        return list.elements.enumerated().compactMap { index, view in
            faults.shownText(view, "/images/\(index)", isEmptyAllowed: true)
        }
    }

    private static func attributes(_ view: JSONView?, _ faults: inout Faults) -> String {
        guard let view else { return "{}" }
        guard view.kind == .object else {
            faults.add("/attributes", "A JSON object.")
            return "{}"
        }
        var json = JSONWriter(capacity: 256)
        json.value(view)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private static func variants(
        _ list: JSONView?, _ faults: inout Faults
    ) -> [ProductEvent.Variant] {
        guard let list, list.kind == .array else {
            faults.add("/variants", "An array of variants.")
            return []
        }
        return list.elements.enumerated().compactMap { index, view in
            variant(view, at: "/variants/\(index)", &faults)
        }
    }

    private static func variant(
        _ view: JSONView, at pointer: String, _ faults: inout Faults
    ) -> ProductEvent.Variant? {
        guard var members = Members(view, at: pointer, &faults) else { return nil }
        let sku = members.take("sku")?.string.flatMap { SKU($0) }
        if sku == nil { faults.add("\(pointer)/sku", "1 to 40 letters, digits or -_. characters.") }
        let options = options(members.take("options"), at: "\(pointer)/options", &faults)
        let prices = prices(members.take("prices"), at: "\(pointer)/prices", &faults)
        members.refuseOthers(than: ["sku", "options", "prices"], at: pointer, &faults)
        return sku.map { ProductEvent.Variant(sku: $0, options: options, prices: prices) }
    }

    private static func options(
        _ list: JSONView?, at pointer: String, _ faults: inout Faults
    ) -> [ProductEvent.VariantOption] {
        guard let list else { return [] }
        guard list.kind == .array else {
            faults.add(pointer, "An array of options.")
            return []
        }
        return list.elements.enumerated().compactMap { index, view in
            let place = "\(pointer)/\(index)"
            guard var members = Members(view, at: place, &faults) else { return nil }
            let name = faults.shownText(members.take("name"), "\(place)/name")
            let value = faults.shownText(
                members.take("value"), "\(place)/value", isEmptyAllowed: true)
            members.refuseOthers(than: ["name", "value"], at: place, &faults)
            guard let name, let value else { return nil }
            return ProductEvent.VariantOption(name: name, value: value)
        }
    }

    private static func prices(
        _ list: JSONView?, at pointer: String, _ faults: inout Faults
    ) -> [UnitPrice] {
        guard let list else { return [] }
        guard list.kind == .array else {
            faults.add(pointer, "An array of prices.")
            return []
        }
        return list.elements.enumerated().compactMap { index, view in
            let place = "\(pointer)/\(index)"
            guard var members = Members(view, at: place, &faults) else { return nil }
            let currency = members.take("currency")?.string.flatMap { Currency(code: $0) }
            if currency == nil { faults.add("\(place)/currency", "An ISO 4217 code such as EUR.") }
            let decimal = members.take("decimal")?.string
            members.refuseOthers(than: ["currency", "decimal"], at: place, &faults)
            guard let currency else { return nil }
            let price = decimal.flatMap { UnitPrice(decimal: $0, currency: currency) }
            if price == nil {
                faults.add("\(place)/decimal", "A decimal in a string, such as \"2.55\".")
            }
            return price
        }
    }
}

extension Faults {
    /// A text that shops show; nil, and a fault, when it is none, or could forge what is shown. Its
    /// length is the catalog's matter.
    fileprivate mutating func shownText(
        _ view: JSONView?, _ pointer: String, isEmptyAllowed: Bool = false,
        isMultiline: Bool = false
    ) -> String? {
        guard let text = view?.string, isEmptyAllowed || !text.isEmpty else {
            add(pointer, isEmptyAllowed ? "A text." : "A text that is not empty.")
            return nil
        }
        let control = text.unicodeScalars.first {
            PlainText.isControl($0) && !(isMultiline && ($0 == "\n" || $0 == "\t"))
        }
        if let control {
            add(pointer, PlainText.Fault.control(control).detail)
            return nil
        }
        return text
    }
}
