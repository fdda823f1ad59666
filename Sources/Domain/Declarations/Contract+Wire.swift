// SPDX-License-Identifier: Apache-2.0
/// How the facts of a contract and their records are read and written: the one description of their
/// binary and their JSON form.

extension Contract {
    /// What stands in `Sources/Domain/Contracts/Generated/<type>+Wire.swift`.
    var wire: String {
        var source = SourceText()
        source.line("// SPDX-License-Identifier: Apache-2.0")
        source.line(SourceText.notice)
        source.comment("How each fact is read and written, in the binary form and as JSON.")
        source.line()
        source.line("public import Kernel")
        source.line()
        source.line("extension \(type) {")
        writeWriter(to: &source)
        source.line()
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

    private func writeWriter(to source: inout SourceText) {
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
