// SPDX-License-Identifier: Apache-2.0
/// Each fact of a contract by itself, so that services can react by a table.

extension Contract {
    /// What stands in `Sources/Domain/Contracts/Generated/<type>+Kind.swift`.
    var kinds: String {
        var source = SourceText()
        source.line("// SPDX-License-Identifier: Apache-2.0")
        source.line(SourceText.notice)
        source.comment("Each fact by itself, for tables by fact.")
        source.line()
        source.line("public import Kernel")
        source.line()
        source.line("extension \(type) {")
        source.line("public enum Kind {", 1)
        for (index, fact) in facts.enumerated() { writeKind(of: fact, index, to: &source) }
        source.line("}", 1)
        source.line("}")
        return source.text
    }

    private func writeKind(of fact: FactDeclaration, _ index: Int, to source: inout SourceText) {
        let fields = fields(of: fact)
        let head = "public static let \(fact.name) = FactKind<"
        if fact.isRecord || fields.count == 1 {
            let value = fact.isRecord ? fact.name : fields[0].name
            let payload = fact.isRecord ? fact.recordName : fields[0].swiftType
            source.line("\(head)\(type), \(payload)>(names[\(index)]) {", 2)
            source.line("if case .\(fact.name)(let \(value)) = $0 { \(value) } else { nil }", 3)
        } else {
            source.line(head, 2)
            let payload = fields.map { "\($0.name): \($0.swiftType)" }
            source.call("\(type), (", payload, ")", 3)
            source.line(">(names[\(index)]) { fact in", 2)
            source.call(
                "guard case .\(fact.name)(", fields.map { "let \($0.name)" }, ") = fact", 3)
            source.line("else { return nil }", 3)
            source.call("return (", fields.map(\.name), ")", 3)
        }
        source.line("}", 2)
    }
}
