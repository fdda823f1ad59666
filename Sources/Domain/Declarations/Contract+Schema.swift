// SPDX-License-Identifier: Apache-2.0
/// The JSON Schema (draft 2020-12) of all facts: what stands in `data` of an event.

struct JSONText {
    /// An object's members in their order.
    indirect enum Value {
        case text(String)
        case list([Value])
        case object([(String, Value)])
        case bool(Bool)
        case number(Int)
    }

    static func text(_ value: Value, _ depth: Int = 0) -> String {
        let inner = String(repeating: "  ", count: depth + 1)
        let outer = String(repeating: "  ", count: depth)
        switch value {
        case .text(let text): return quoted(text)
        case .bool(let bool): return bool ? "true" : "false"
        case .number(let number): return String(number)
        case .list(let values):
            let parts = values.map { self.text($0, depth + 1) }
            let line = "[" + parts.joined(separator: ", ") + "]"
            guard line.count > 90 || line.contains("\n") else { return line }
            return "[\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let members):
            guard !members.isEmpty else { return "{}" }
            let parts = members.map { "\(quoted($0)): \(self.text($1, depth + 1))" }
            let line = "{" + parts.joined(separator: ", ") + "}"
            guard line.count > 90 || line.contains("\n") else { return line }
            return "{\n" + parts.map { inner + $0 }.joined(separator: ",\n") + "\n\(outer)}"
        }
    }

    /// Declarations hold no control characters.
    private static func quoted(_ text: String) -> String {
        "\"" + text.reduce(into: "") { $0 += $1 == "\"" || $1 == "\\" ? "\\\($1)" : "\($1)" } + "\""
    }
}

extension Contract {
    /// What stands in `docs/reference/events.schema.json`.
    static var schema: String {
        var definitions: [(String, JSONText.Value)] = []
        for contract in all {
            for fact in contract.facts {
                let fields = contract.flattened(contract.fields(of: fact))
                definitions.append(
                    (contract.wireName(of: fact), object(fields, about: fact.about)))
            }
        }
        for contract in all {
            for fact in contract.facts where fact.isRecord && contract.isNested(fact.recordName) {
                let fields = contract.flattened(contract.fields(of: fact))
                definitions.append((fact.recordName, object(fields, about: fact.about)))
            }
        }
        for contract in all {
            definitions += contract.nestedRecords.map {
                ($0.name, object(contract.flattened($0.fields), about: $0.about))
            }
        }
        for type in SharedType.all { definitions.append((type.name, type.schema)) }
        return JSONText.text(
            .object([
                ("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
                ("$id", .text("events.schema.json")),
                ("title", .text("The facts of Orderhouse, by name")),
                ("$defs", .object(definitions)),
            ])) + "\n"
    }

    /// Whether the record `name` stands inside another value.
    private func isNested(_ name: String) -> Bool {
        SharedType.all.contains { type in
            guard case .union(let cases) = type.form else { return false }
            return cases.contains { $0.fields.contains { $0.kind == .value(name) } }
        }
    }

    /// With the fields of inline values in their place.
    func flattened(_ fields: [Field]) -> [Field] {
        fields.flatMap { field -> [Field] in
            guard case .inline(let type) = field.kind else { return [field] }
            return records.first { $0.name == type }?.fields ?? SharedType.fields(of: type) ?? []
        }
    }
}

private func object(
    _ fields: [Field], about: String, kind: String? = nil
) -> JSONText.Value {
    var properties: [(String, JSONText.Value)] = []
    if let kind { properties.append(("kind", .object([("const", .text(kind))]))) }
    properties += fields.map { ($0.name, $0.schema) }
    var members: [(String, JSONText.Value)] = []
    if !about.isEmpty { members.append(("description", .text(about))) }
    members.append(("type", .text("object")))
    members.append(("properties", .object(properties)))
    let required = (kind == nil ? [] : ["kind"]) + fields.filter { !$0.mayBeAbsent }.map(\.name)
    members.append(("required", .list(required.map { .text($0) })))
    members.append(("additionalProperties", .bool(false)))
    return .object(members)
}

extension SharedType {
    fileprivate var schema: JSONText.Value {
        switch form {
        case .text(let pattern):
            return .object([
                ("description", .text(about)), ("type", .text("string")),
                ("pattern", .text(pattern)),
            ])
        case .slugs(let slugs):
            return .object([
                ("description", .text(about)), ("enum", .list(slugs.map { .text(kebab($0.name)) })),
            ])
        case .object(let fields): return object(fields, about: about)
        case .union(let cases):
            return .object([
                ("description", .text(about)),
                ("oneOf", .list(cases.map { object($0.fields, about: "", kind: $0.kind) })),
            ])
        }
    }
}

extension Field {
    var mayBeAbsent: Bool {
        if case .optionalID = kind { true } else { isOptional }
    }

    /// The definition that its values follow; nil where they are plain.
    var definition: String? {
        switch kind {
        case .money: "Money"
        case .sku: "SKU"
        case .warehouse: "Warehouse"
        case .product: "ProductCode"
        case .skus: "SKU"
        case .id(let type), .slug(let type), .value(let type), .list(let type),
            .optionalID(let type), .inline(let type):
            type
        case .int, .bool, .string, .strings, .timestamp, .bytes, .secret, .principal: nil
        }
    }

    fileprivate var schema: JSONText.Value {
        var members: [(String, JSONText.Value)] = []
        if !about.isEmpty { members.append(("description", .text(about))) }
        let reference = definition.map { JSONText.Value.text("#/$defs/\($0)") }
        switch kind {
        case .strings:
            members.append(("type", .text("array")))
            members.append(("items", .object([("type", .text("string"))])))
        case .list, .skus:
            members.append(("type", .text("array")))
            members.append(("items", .object([("$ref", reference ?? .bool(true))])))
        case .optionalID:
            members.append(("type", .text("object")))
            members.append(
                ("properties", .object([("id", .object([("$ref", reference ?? .bool(true))]))])))
            members.append(("required", .list([.text("id")])))
            members.append(("additionalProperties", .bool(false)))
        case .int: members.append(("type", .text("integer")))
        case .bool: members.append(("type", .text("boolean")))
        case .timestamp:
            members.append(("type", .text("string")))
            members.append(("format", .text("date-time")))
        case .bytes:
            members.append(("type", .text("string")))
            members.append(("pattern", .text("^([0-9a-f]{2})*$")))
        case .string, .secret, .principal: members.append(("type", .text("string")))
        case .money, .sku, .warehouse, .product, .id, .slug, .value, .inline:
            members.append(("$ref", reference ?? .bool(true)))
        }
        return .object(members)
    }
}
