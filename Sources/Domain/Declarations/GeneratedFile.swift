// SPDX-License-Identifier: Apache-2.0
/// What is written from the declarations, and where it stands.

package struct GeneratedFile: Sendable {
    /// From the root of the checkout.
    package let path: String
    package let text: String

    package static var all: [GeneratedFile] {
        let contracts = Contract.all.flatMap {
            [
                swift($0.type, $0.swift), swift("\($0.type)+Wire", $0.wire),
                swift("\($0.type)+Kind", $0.kinds),
            ]
        }
        let types = SharedType.all.compactMap { type in type.swift.map { swift(type.name, $0) } }
        return contracts + types + [
            GeneratedFile(path: "docs/reference/events.md", text: Contract.reference),
            GeneratedFile(path: "docs/reference/events.schema.json", text: Contract.schema),
            GeneratedFile(path: "docs/reference/events.samples.json", text: Contract.samples),
        ]
    }

    private static func swift(_ name: String, _ text: String) -> GeneratedFile {
        GeneratedFile(path: "Sources/Domain/Contracts/Generated/\(name).swift", text: text)
    }
}
