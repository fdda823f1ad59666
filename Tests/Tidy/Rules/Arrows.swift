// SPDX-License-Identifier: Apache-2.0
/// Who may import whom. Package.swift enforces most of it; this reads the imports themselves, so
/// that neither a slip in the manifest nor a module that came along with another goes unseen.

/// What the files of one folder may import.
struct Arrow: Sendable {
    let folder: String
    /// The only modules of this package that it may import.
    let own: Set<String>
    /// The only others; nil where any will do.
    let other: Set<String>?

    func allows(_ module: String) -> Bool {
        if Arrows.modules.contains(module) { return own.contains(module) }
        return other?.contains(module) ?? true
    }
}

enum Arrows {
    /// Each has a folder of its own among the services.
    static let contexts = Set(
        Tidy.tree.sources.map(\.path).filter { $0.hasPrefix("Sources/Services/") }
            .compactMap { $0.split(separator: "/").dropFirst(2).first.map(String.init) }
    ).subtracting(["Model", "Modules"]).sorted()
    static let domains = Set(contexts.map { "\($0)Domain" })
    static let services = Set(contexts.map { "\($0)Service" })
    static let modules =
        domains.union(services).union([
            "JSONCodec", "Kernel", "Contracts", "Ports", "NodeEngine", "NodeRuntime", "Projections",
            "Gateway",
            "SQLiteAdapter", "SQLiteFiles", "MemoryAdapter", "SandboxAdapter", "MaildirAdapter",
            "VaultAdapter", "SystemAdapter", "ServiceModel", "ServiceModules", "Invariants",
            "Retail", "LoadGenerator", "SeededRandom", "TemporaryFolders", "CrashLabs",
            "Simulator", "House",
            "Program", "orderhouse", "orderlab", "ordersim",
        ])

    /// The first row whose folder holds a file applies to it.
    static let rows: [Arrow] =
        [
            Arrow(folder: "Sources/JSON", own: [], other: []),
            Arrow(folder: "Sources/Domain/Kernel", own: ["JSONCodec"], other: []),
            Arrow(folder: "Sources/Domain/Contracts", own: ["Kernel"], other: []),
            Arrow(folder: "Sources/Domain/Declarations", own: [], other: []),
            Arrow(folder: "Sources/Domain", own: ["Kernel", "Contracts"], other: []),
            Arrow(folder: "Sources/Engine/Ports", own: ["JSONCodec", "Kernel"], other: []),
            Arrow(
                folder: "Sources/Engine/Node", own: ["JSONCodec", "Kernel", "Ports"],
                other: ["DequeModule"]),
            Arrow(
                folder: "Sources/Engine/Projections", own: ["Kernel", "Ports", "NodeEngine"],
                other: []),
            Arrow(
                folder: "Sources/Engine/Runtime",
                own: ["Kernel", "Ports", "NodeEngine", "Projections"], other: nil),
        ]
        + contexts.map { context in
            Arrow(
                folder: "Sources/Services/\(context)",
                own: [
                    "JSONCodec", "Kernel", "Contracts", "Ports", "NodeEngine", "Projections",
                    "ServiceModel", "\(context)Domain",
                ],
                other: [])
        } + [
            Arrow(
                folder: "Sources/Services/Model",
                own: ["JSONCodec", "Kernel", "Contracts", "Ports", "NodeEngine", "Projections"],
                other: []),
            Arrow(
                folder: "Sources/Services/Modules",
                own: services.union(["ServiceModel", "Ports", "Projections"]),
                other: []),
            Arrow(
                folder: "Sources/Gateway",
                own: ["JSONCodec", "Kernel", "Ports", "NodeEngine", "ServiceModel"], other: nil),
            Arrow(folder: "Sources/Adapters/SQLiteFiles", own: [], other: ["Darwin", "Glibc"]),
            Arrow(
                folder: "Sources/Adapters", own: ["Kernel", "Ports", "SQLiteFiles"], other: nil),
            Arrow(
                folder: "Sources/Invariants",
                own: domains.union(services).union(inner).union(["Projections"]),
                other: []),
            Arrow(
                folder: "Sources/Simulation/Simulator",
                own: domains.union(services).union(inner).union([
                    "Projections", "ServiceModel", "ServiceModules", "Invariants", "NodeRuntime",
                    "MemoryAdapter",
                ]),
                other: ["Synchronization"]),
            Arrow(
                folder: "Sources/Simulation/Retail", own: ["Kernel", "Contracts"],
                other: ["Foundation"]),
            Arrow(
                folder: "Sources/Simulation/LoadGenerator",
                own: ["JSONCodec", "Kernel", "Contracts"], other: nil),
            Arrow(folder: "Sources/Simulation/SeededRandom", own: [], other: []),
            Arrow(
                folder: "Sources/Simulation/TemporaryFolders", own: [],
                other: ["Foundation", "Synchronization"]),
            Arrow(
                folder: "Sources/Simulation/CrashLabs",
                own: [
                    "JSONCodec", "Kernel", "Contracts", "LoadGenerator", "SeededRandom",
                    "TemporaryFolders",
                ],
                other: ["Foundation", "Glibc", "Darwin", "Synchronization"]),
            // Built for release in each `make test`: what it does not import need not be compiled.
            Arrow(
                folder: "Sources/Apps/ordersim",
                own: [
                    "Simulator", "Invariants", "Program", "Kernel", "Contracts", "Ports",
                    "NodeEngine", "ServiceModel", "ServiceModules", "InventoryService",
                    "InventoryDomain", "SQLiteAdapter",
                ],
                other: ["ArgumentParser", "Foundation", "Synchronization"]),
            Arrow(
                folder: "Sources/Apps/Program", own: [],
                other: ["CJemalloc", "Foundation"]),
            Arrow(folder: "Sources/Apps", own: modules, other: nil),
        ]
    private static let inner: Set<String> = [
        "JSONCodec", "Kernel", "Contracts", "Ports", "NodeEngine",
    ]

    static func within(_ file: SourceFile) -> [Breach] {
        guard let row = rows.first(where: { file.isIn([$0.folder]) }) else {
            return [file.breach(.arrow, 1, "no arrow is drawn for this folder")]
        }
        return Import.all(in: file).filter { !row.allows($0.module) }.map { found in
            file.breach(.arrow, found.line, "\(row.folder) must not import \(found.module)")
        }
    }

    /// Technologies, and the only folders that may know of them.
    static let homes: [(prefix: String, folders: [String])] = [
        ("Hummingbird", ["Sources/Gateway", "Sources/Apps"]),
        ("CSQLite", ["Sources/Adapters", "Sources/Apps/orderlab"]),
        ("GRDB", ["Sources/Adapters/Vault"]),
        ("Retail", ["Sources/Apps"]),
        // What is run on production data brings nothing along that breaks a house.
        ("CrashLabs", ["Sources/Apps/orderlab"]),
        ("Simulator", ["Sources/Apps/ordersim"]),
    ]

    static func technologies(_ file: SourceFile) -> [Breach] {
        Import.all(in: file).compactMap { found in
            guard let home = homes.first(where: { found.module.hasPrefix($0.prefix) }),
                !file.isIn(home.folders)
            else { return nil }
            let what = "\(found.module) belongs in \(home.folders.joined(separator: ", "))"
            return file.breach(.technology, found.line, what)
        }
    }
}

/// One import, however it is spelled: attributes, access and a single declaration's kind included.
struct Import: Equatable {
    let module: String
    let line: Int

    private static let kinds: Set<String> = [
        "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
    ]

    static func all(in file: SourceFile) -> [Import] {
        file.offsets(of: "import").map { offset in
            var name = file.word(after: offset + 6)
            if kinds.contains(name.text) { name = file.word(after: name.end) }
            return Import(module: name.text, line: file.line(at: offset))
        }
    }
}
