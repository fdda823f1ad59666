// SPDX-License-Identifier: Apache-2.0
/// A sample of each fact: what stands in `data` of an event, with any values. For whoever writes a
/// consumer, and for the test that reads each with what was written from the same declaration.

extension Contract {
    /// What stands in `docs/reference/events.samples.json`.
    static var samples: String {
        let facts = all.flatMap { contract in
            contract.facts.map { fact in
                (contract.wireName(of: fact), contract.sample(contract.fields(of: fact)))
            }
        }
        return JSONText.text(.object(facts)) + "\n"
    }

    private func sample(_ fields: [Field], kind: String? = nil) -> JSONText.Value {
        // Of the members that may be absent the first one, where any is needed.
        let all = flattened(fields)
        let first = all.firstIndex(where: \.isOptional)
        let shown = all.enumerated().filter { !$1.isOptional || $0 == first }.map(\.element)
        let kinds = kind.map { [("kind", JSONText.Value.text($0))] } ?? []
        return .object(kinds + shown.map { ($0.name, value(of: $0)) })
    }

    private func value(of field: Field) -> JSONText.Value {
        switch field.kind {
        case .int: .number(1)
        case .bool: .bool(true)
        case .string: .text(field.name == "decimal" ? "1.00" : "some text")
        case .secret: .text("tok_secret")
        case .principal: .text("shop")
        case .timestamp: .text("2026-11-30T12:00:00.000Z")
        case .bytes: .text("010203")
        case .money: value("Money")
        case .sku: value("SKU")
        case .warehouse: value("Warehouse")
        case .product: value("ProductCode")
        case .strings: .list([.text("some text")])
        case .skus: .list([value("SKU")])
        case .id(let type), .slug(let type), .value(let type), .inline(let type): value(type)
        case .optionalID(let type): .object([("id", value(type))])
        case .list(let type): .list([value(type)])
        }
    }

    /// A value of the type `name`, which is a record of some contract or a shared type.
    private func value(_ name: String) -> JSONText.Value {
        for contract in Self.all {
            if let record = contract.records.first(where: { $0.name == name }) {
                return contract.sample(record.fields)
            }
            if let fact = contract.facts.first(where: { $0.isRecord && $0.recordName == name }) {
                return contract.sample(contract.fields(of: fact))
            }
        }
        guard let type = SharedType.all.first(where: { $0.name == name }) else {
            preconditionFailure("\(name) is declared")
        }
        switch type.form {
        case .text(let pattern): return .text(Self.texts[name] ?? Self.id(matching: pattern))
        case .slugs(let cases): return .text(kebab(cases[0].name))
        // One unit at 1.00 is 100 cents.
        case .object(let fields) where name == "Money":
            return .object(fields.map { ($0.name, $0.kind == .int ? .number(100) : value(of: $0)) })
        case .object(let fields): return sample(fields)
        case .union(let cases): return sample(cases[0].fields, kind: cases[0].kind)
        }
    }

    private static let texts = [
        "SKU": "85123A", "Warehouse": "main", "ProductCode": "hanger", "Country": "GB",
        "Currency": "GBP",
    ]

    /// The prefix of the pattern, and any number.
    private static func id(matching pattern: String) -> String {
        pattern.dropFirst().prefix { $0 != "_" } + "_01m6e22wg0ek9828t5cy4tqkff"
    }
}
