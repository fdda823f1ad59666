// SPDX-License-Identifier: Apache-2.0
/// The Swift type of a contract: its cases, its records, and their one description for the binary
/// and the JSON form.

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
        writeWriter(to: &source)
        writeReader(to: &source)
        source.line("}")
        for (name, fields) in recordsWithFields {
            source.line()
            writeCoding(of: name, fields, to: &source)
        }
        return source.text
    }

    /// Every record's name and fields: those of facts, and those that facts share.
    private var recordsWithFields: [(name: String, fields: [Field])] {
        facts.filter(\.isRecord).map { ($0.recordName, fields(of: $0)) }
            + records.map { ($0.name, $0.fields) }
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

    // MARK: Reading and writing

    private func writeWriter(to source: inout SourceText) {
        source.line()
        source.line("public func write(to writer: inout WireWriter) {", 1)
        source.line("switch self {", 2)
        for fact in facts {
            let fields = fields(of: fact)
            if fact.isRecord {
                source.line(
                    "case .\(fact.name)(let \(fact.name)): \(fact.name).write(to: &writer)", 2)
            } else if fields.isEmpty {
                source.line("case .\(fact.name): break", 2)
            } else {
                source.call(
                    "case .\(fact.name)(", fields.map { "let \($0.name)" }, "):", 2)
                for field in fields { source.line(field.writing, 3) }
            }
        }
        source.line("}", 2)
        source.line("}", 1)
    }

    private func writeReader(to source: inout SourceText) {
        source.line()
        source.line("public static func read(", 1)
        source.line("_ name: WireName, from reader: inout WireReader", 2)
        source.line(") throws(WireError) -> Self {", 1)
        source.line("switch name.code {", 2)
        for fact in facts {
            let fields = fields(of: fact)
            if fact.isRecord {
                let value = "try \(fact.recordName)(from: &reader)"
                source.line("case \(fact.code): return .\(fact.name)(\(value))", 2)
            } else if fields.isEmpty {
                source.line("case \(fact.code): return .\(fact.name)", 2)
            } else {
                source.line("case \(fact.code):", 2)
                for field in fields {
                    source.line("let \(field.name): \(field.swiftType) = \(field.reading)", 3)
                }
                let values = fields.enumerated().map { index, field in
                    index == 0 ? field.name : "\(field.name): \(field.name)"
                }
                source.call("return .\(fact.name)(", values, ")", 3)
            }
        }
        source.line("default: throw .unknownName(name.text)", 2)
        source.line("}", 2)
        source.line("}", 1)
    }

    private func writeCoding(
        of name: String, _ fields: [Field], to source: inout SourceText
    ) {
        source.line("extension \(type).\(name) {")
        source.line("public func write(to writer: inout WireWriter) {", 1)
        for field in fields { source.line(field.writing, 2) }
        source.line("}", 1)
        source.line()
        source.line("public init(from reader: inout WireReader) throws(WireError) {", 1)
        for field in fields { source.line("\(field.name) = \(field.reading)", 2) }
        source.line("}", 1)
        source.line("}")
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

    fileprivate var writing: String {
        switch kind {
        case .int, .bool, .string, .timestamp, .money, .sku, .warehouse, .product, .id, .value:
            "writer.field(\"\(name)\", \(name))"
        case .bytes: "writer.field(\"\(name)\", bytes: \(name))"
        case .secret: "writer.secret(\"\(name)\", \(name))"
        case .principal: "writer.secret(\"\(name)\", \(name).name)"
        case .optionalID: "writer.optional(\"\(name)\", \(name).map(Reference.init))"
        case .slug: "writer.slug(\"\(name)\", \(name))"
        case .list, .strings, .skus: "writer.list(\"\(name)\", \(name))"
        case .inline: "\(name).write(to: &writer)"
        }
    }

    fileprivate var reading: String {
        if case .inline(let type) = kind { return "try \(type)(from: &reader)" }
        let method =
            switch kind {
            case .int: "int"
            case .bool: "bool"
            case .string, .secret: "string"
            case .timestamp: "timestamp"
            case .money: "money"
            case .sku: "sku"
            case .warehouse: "warehouse"
            case .product: "product"
            case .strings: "strings"
            case .skus: "skus"
            case .bytes: "bytes"
            case .principal: "principal"
            case .id: "id"
            case .optionalID: "reference"
            case .slug: "slug"
            case .value: "value"
            case .list: "list"
            case .inline: "value"
            }
        return "try reader.\(method)(\"\(name)\")"
    }
}
