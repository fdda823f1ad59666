// SPDX-License-Identifier: Apache-2.0
/// The Swift type of a contract: its cases, its records, their names and what they are about.

extension Contract {
    /// What stands in `Sources/Domain/Contracts/Generated/<type>.swift`.
    var swift: String {
        var source = SourceText()
        source.line("// SPDX-License-Identifier: Apache-2.0")
        source.line(SourceText.notice)
        source.comment(about)
        source.line()
        source.line("public import Kernel")
        source.line()
        writeType(to: &source)
        source.line()
        source.line("extension \(type) {")
        writeNames(to: &source)
        writeIdentity(to: &source)
        source.line("}")
        return source.text
    }

    // MARK: The type

    private func writeType(to source: inout SourceText) {
        source.line("public indirect enum \(type): WireEvent {")
        for fact in facts {
            source.comment(fact.about, 1)
            let values = fact.isRecord ? [fact.recordName] : caseValues(fields(of: fact))
            if values.isEmpty {
                source.line("case \(fact.name)", 1)
            } else {
                source.call("case \(fact.name)(", values, ")", 1)
            }
        }
        for fact in facts where fact.isRecord {
            source.line()
            writeRecord(fact.recordName, "", fields(of: fact), to: &source)
        }
        for record in records {
            source.line()
            writeRecord(record.name, record.about, record.fields, to: &source)
        }
        source.line("}")
    }

    /// The first one needs no label: the fact is about it.
    private func caseValues(_ fields: [Field]) -> [String] {
        fields.enumerated().map { index, field in
            index == 0 ? field.swiftType : "\(field.name): \(field.swiftType)"
        }
    }

    private func writeRecord(
        _ name: String, _ about: String, _ fields: [Field], to source: inout SourceText
    ) {
        source.comment(about, 1)
        source.line("public struct \(name): Sendable, Equatable, WireCoded {", 1)
        for field in fields {
            source.comment(field.about, 2)
            source.line("public let \(field.name): \(field.swiftType)", 2)
        }
        source.line()
        let parameters = fields.map { "\($0.name): \($0.swiftType)" }
        let head = "public init(" + parameters.joined(separator: ", ") + ") {"
        if head.count + 8 <= 100 {
            source.line(head, 2)
        } else {
            source.line("public init(", 2)
            source.list(parameters, "", 3)
            source.line(") {", 2)
        }
        for field in fields { source.line("self.\(field.name) = \(field.name)", 3) }
        source.line("}", 2)
        source.line("}", 1)
    }

    // MARK: Names

    private func writeNames(to source: inout SourceText) {
        source.line("public static let names = [", 1)
        for fact in facts {
            source.line("WireName(\(fact.code), \"\(wireName(of: fact))\"),", 2)
        }
        source.line("]", 1)
        source.line()
        source.line("public var wireName: WireName {", 1)
        source.line("switch self {", 2)
        for (index, fact) in facts.enumerated() {
            source.line("case .\(fact.name): Self.names[\(index)]", 2)
        }
        source.line("}", 2)
        source.line("}", 1)
        source.line()
        source.line("public var code: UInt8 {", 1)
        source.line("switch self {", 2)
        for fact in facts { source.line("case .\(fact.name): \(fact.code)", 2) }
        source.line("}", 2)
        source.line("}", 1)
    }

    private func writeIdentity(to source: inout SourceText) {
        for field in identity {
            source.line()
            source.line("public var \(field.name): \(field.swiftType) {", 1)
            source.line("switch self {", 2)
            for fact in facts {
                let (pattern, value) = path(to: field.name, in: fact) ?? ("", "nil")
                source.line("case .\(fact.name)\(pattern): \(value)", 2)
            }
            source.line("}", 2)
            source.line("}", 1)
        }
        source.line()
        let correlation = "order"
        guard !identity.contains(where: { $0.name == correlation }) else {
            return source.line("public var correlation: String? { \(correlation).text }", 1)
        }
        guard facts.contains(where: { path(to: correlation, in: $0) != nil }) else {
            return source.line("public var correlation: String? { nil }", 1)
        }
        source.line("public var correlation: String? {", 1)
        source.line("switch self {", 2)
        for fact in facts {
            let (pattern, value) =
                path(to: correlation, in: fact).map { ($0, $1 + ".text") }
                ?? ("", "nil")
            source.line("case .\(fact.name)\(pattern): \(value)", 2)
        }
        source.line("}", 2)
        source.line("}", 1)
    }

    /// How the field `name` of a case is bound and got; nil when it has none.
    private func path(to name: String, in fact: FactDeclaration) -> (String, String)? {
        let fields = fields(of: fact)
        if fact.isRecord {
            guard fields.contains(where: { $0.name == name }) else { return nil }
            return ("(let \(fact.name))", "\(fact.name).\(name)")
        }
        func pattern(_ index: Int) -> String {
            let names = fields.indices.map { $0 == index ? "let \(fields[$0].name)" : "_" }
            return "(" + names.joined(separator: ", ") + ")"
        }
        for (index, field) in fields.enumerated() {
            if field.name == name { return (pattern(index), name) }
            guard case .inline(let type) = field.kind,
                let record = records.first(where: { $0.name == type }),
                record.fields.contains(where: { $0.name == name })
            else { continue }
            return (pattern(index), "\(field.name).\(name)")
        }
        return nil
    }
}

extension Field {
    var swiftType: String {
        switch kind {
        case .int: "Int64"
        case .bool: "Bool"
        case .string, .secret: "String"
        case .timestamp: "Timestamp"
        case .money: "Money"
        case .sku: "SKU"
        case .warehouse: "Warehouse"
        case .product: "ProductCode"
        case .strings: "[String]"
        case .skus: "[SKU]"
        case .bytes: "[UInt8]"
        case .principal: "Principal"
        case .id(let type), .slug(let type), .value(let type), .inline(let type): type
        case .optionalID(let type): "\(type)?"
        case .list(let type): "[\(type)]"
        }
    }
}
