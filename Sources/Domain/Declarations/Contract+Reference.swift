// SPDX-License-Identifier: Apache-2.0
/// The reference page of all facts.

extension Contract {
    /// What stands in `docs/reference/events.md`.
    static var reference: String {
        var lines = [introduction]
        for contract in all {
            lines += ["", "## \(capitalized(contract.noun))", "", contract.about, ""]
            if !contract.identity.isEmpty {
                let fields = contract.identity.map(\.reference).joined(separator: ", ")
                lines += ["Each begins with \(fields).", ""]
            }
            lines += ["| code | name | fields | meaning |", "|---|---|---|---|"]
            lines += contract.facts.map { fact in
                let fields = contract.flattened(fact.fields).map(\.reference)
                let all = fields.isEmpty ? "–" : fields.joined(separator: ", ")
                let name = contract.wireName(of: fact)
                return "| \(fact.code) | `\(name)` | \(all) | \(fact.about) |"
            }
        }
        lines += ["", "## Types", "", "| type | JSON | meaning |", "|---|---|---|"]
        for contract in all {
            lines += contract.nestedRecords.map { record in
                let fields = contract.flattened(record.fields).map(\.reference)
                let json = "{" + fields.joined(separator: ", ") + "}"
                return "| `\(record.name)` | \(json) | \(record.about) |"
            }
        }
        lines += SharedType.all.map { "| `\($0.name)` | \($0.json) | \($0.about) |" }
        return lines.joined(separator: "\n") + "\n"
    }
}

private let introduction = """
    # Events

    The facts that services log and announce. Names, codes and the order of fields are permanent: \
    facts are added to, never changed.
    This page, the [JSON Schema](events.schema.json) and the Swift types are written by \
    `make contracts` from `Sources/Domain/Declarations`;
    a test compares them.

    In JSON an optional field (`?`) is left out when it has no value. Fields marked † are never \
    shown to clients. The types stand at the end.
    """

extension Field {
    fileprivate var reference: String {
        let type: String =
            switch kind {
            case .int: "integer"
            case .bool: "boolean"
            case .string, .secret, .principal: "string"
            case .timestamp: "time"
            case .bytes: "hex"
            case .strings: "[string]"
            case .skus: "[SKU]"
            case .list(let type): "[\(type)]"
            case .optionalID(let type): "{id: \(type)}"
            default: definition ?? ""
            }
        let isHidden = kind == .secret || kind == .principal
        return "`\(name)`: \(type)" + (mayBeAbsent ? "?" : "") + (isHidden ? " †" : "")
    }
}

extension SharedType {
    fileprivate var json: String {
        switch form {
        case .text(let pattern): "string, `\(pattern)`"
        case .slugs(let slugs): slugs.map { "`\(kebab($0.name))`" }.joined(separator: ", ")
        case .object(let fields): "{" + fields.map(\.reference).joined(separator: ", ") + "}"
        case .union(let cases):
            cases.map { kind, fields in
                "`\(kind)`: {" + fields.map(\.reference).joined(separator: ", ") + "}"
            }.joined(separator: "; ")
        }
    }
}
