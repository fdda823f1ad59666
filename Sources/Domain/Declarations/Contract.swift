// SPDX-License-Identifier: Apache-2.0
/// How a fact is declared: once. The Swift type with its readers and writers, the JSON schema, the
/// reference page and a sample are written from this by `make contracts`.

/// The facts of one service's log.
package struct Contract: Sendable {
    /// The Swift type, such as `OrderEvent`.
    let type: String
    /// The first part of each name, such as `order`.
    let noun: String
    let about: String
    /// The fields that every fact begins with.
    let identity: [Field]
    /// Types that several facts, or types written by hand, use.
    let records: [Record]
    let facts: [FactDeclaration]

    init(
        _ type: String, _ noun: String, _ about: String, identity: [Field] = [],
        records: [Record] = [], facts: [FactDeclaration]
    ) {
        self.type = type
        self.noun = noun
        self.about = about
        self.identity = identity
        self.records = records
        self.facts = facts
    }

    /// All contracts of the house, in the order of the reference page.
    package static let all = [orders, stock, payments, shipments, messages, products]

    /// All fields of `fact`, in the order of their bytes.
    func fields(of fact: FactDeclaration) -> [Field] { identity + fact.fields }

    /// The records that stand inside others, or in lists: types of their own in JSON, too.
    var nestedRecords: [Record] {
        let fields = facts.flatMap(\.fields) + records.flatMap(\.fields)
        return records.filter { record in
            fields.contains { $0.kind == .list(record.name) || $0.kind == .value(record.name) }
        }
    }

    func wireName(of fact: FactDeclaration) -> String {
        "\(noun).\(kebab(fact.name)).v\(fact.version)"
    }
}

/// One fact: `code` and name are permanent, and so is the order of the fields.
package struct FactDeclaration: Sendable {
    let code: UInt8
    /// The Swift case.
    let name: String
    let version: Int
    let about: String
    let fields: [Field]
    /// Whether its fields are a type of their own (`Placed`); otherwise they stand in the case.
    let isRecord: Bool

    static func fact(
        _ code: UInt8, _ name: String, _ about: String, _ fields: [Field] = [], version: Int = 1
    ) -> FactDeclaration {
        FactDeclaration(
            code: code, name: name, version: version, about: about, fields: fields,
            isRecord: false)
    }

    static func record(
        _ code: UInt8, _ name: String, _ about: String, _ fields: [Field], version: Int = 1
    ) -> FactDeclaration {
        FactDeclaration(
            code: code, name: name, version: version, about: about, fields: fields,
            isRecord: true)
    }

    /// The name of the record.
    var recordName: String { capitalized(name) }
}

/// A type whose fields stand together in several facts, or inside another value.
package struct Record: Sendable {
    let name: String
    let about: String
    let fields: [Field]

    init(_ name: String, _ about: String, _ fields: [Field]) {
        self.name = name
        self.about = about
        self.fields = fields
    }
}

/// A field. In the binary form fields follow each other without names, in JSON they are members.
package struct Field: Sendable {
    let name: String
    let kind: Kind
    let about: String
    /// Whether JSON may be without it. Only of types that are written by hand.
    var isOptional = false

    enum Kind: Equatable, Sendable {
        case int, bool, string, timestamp, money, sku, warehouse, product
        /// Lists of texts and of article numbers.
        case strings, skus
        /// Bytes in hexadecimal digits.
        case bytes
        /// Text that no client is shown.
        case secret
        /// Who acted; no client is shown it.
        case principal
        case id(String)
        /// An id that may be absent.
        case optionalID(String)
        /// An enum by its kebab-case text.
        case slug(String)
        /// An object.
        case value(String)
        case list(String)
        /// A value whose fields stand among those around it.
        case inline(String)
    }

    private static func make(_ name: String, _ kind: Kind, _ about: String) -> Field {
        Field(name: name, kind: kind, about: about)
    }

    static func int(_ name: String, _ about: String = "") -> Field { make(name, .int, about) }
    static func bool(_ name: String, _ about: String = "") -> Field { make(name, .bool, about) }
    static func string(_ name: String, _ about: String = "") -> Field { make(name, .string, about) }
    static func secret(_ name: String, _ about: String = "") -> Field { make(name, .secret, about) }
    static func time(_ name: String, _ about: String = "") -> Field {
        make(name, .timestamp, about)
    }
    static func money(_ name: String, _ about: String = "") -> Field { make(name, .money, about) }
    static func sku(_ name: String, _ about: String = "") -> Field { make(name, .sku, about) }
    static func warehouse(_ name: String, _ about: String = "") -> Field {
        make(name, .warehouse, about)
    }
    static func product(_ name: String, _ about: String = "") -> Field {
        make(name, .product, about)
    }
    static func strings(_ name: String, _ about: String = "") -> Field {
        make(name, .strings, about)
    }
    static func skus(_ name: String, _ about: String = "") -> Field { make(name, .skus, about) }
    static func principal(_ name: String, _ about: String = "") -> Field {
        make(name, .principal, about)
    }
    static func id(_ name: String, _ type: String, _ about: String = "") -> Field {
        make(name, .id(type), about)
    }
    static func optional(_ name: String, _ type: String, _ about: String = "") -> Field {
        make(name, .optionalID(type), about)
    }
    static func slug(_ name: String, _ type: String, _ about: String = "") -> Field {
        make(name, .slug(type), about)
    }
    static func value(_ name: String, _ type: String, _ about: String = "") -> Field {
        make(name, .value(type), about)
    }
    static func list(_ name: String, of type: String, _ about: String = "") -> Field {
        make(name, .list(type), about)
    }
    static func bytes(_ name: String, _ about: String = "") -> Field { make(name, .bytes, about) }
    static func inline(_ name: String, _ type: String, _ about: String = "") -> Field {
        make(name, .inline(type), about)
    }
}

extension Field {
    /// The same, which JSON may be without.
    var orAbsent: Field { Field(name: name, kind: kind, about: about, isOptional: true) }
}

func capitalized(_ name: String) -> String { name.prefix(1).uppercased() + name.dropFirst() }

/// `cancelFailed` is `cancel-failed`.
func kebab(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
        text += letter.isUppercase ? "-" + letter.lowercased() : String(letter)
    }
}
