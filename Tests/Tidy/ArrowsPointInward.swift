// SPDX-License-Identifier: Apache-2.0
/// The rings: who may import whom, and which technology is known where.

import Testing

@Suite struct `Arrows point inward` {
    @Test func `every import follows an arrow`() { Tidy.demand(.arrow) }

    @Test func `every technology is known only in its home`() { Tidy.demand(.technology) }

    @Test(
        arguments: [
            ("Domain/Kernel", "Contracts"), ("Domain/Kernel", "Foundation"),
            ("Domain/Declarations", "Kernel"), ("Domain/Declarations", "Foundation"),
            ("Domain/Contracts", "OrdersDomain"), ("Domain/Orders", "InventoryDomain"),
            ("Domain/Orders", "Foundation"), ("Domain/Orders", "Ports"),
            ("Engine/Ports", "Contracts"), ("Engine/Ports", "Foundation"),
            ("Engine/Node", "Contracts"), ("Engine/Node", "FoundationEssentials"),
            ("Engine/Node", "Logging"), ("Engine/Runtime", "OrdersService"),
            ("Services/Orders", "InventoryService"), ("Services/Orders", "InventoryDomain"),
            ("Services/Orders", "Foundation"), ("Services/Orders", "NodeRuntime"),
            ("Services/Orders", "SQLiteAdapter"), ("Services/Orders", "ServiceModules"),
            ("Services/Modules", "SQLiteAdapter"), ("Services/Modules", "NodeRuntime"),
            ("Services/Modules", "Gateway"), ("Services/Modules", "OrdersDomain"),
            ("Services/Model", "OrdersService"), ("Services/Model", "OrdersDomain"),
            ("Invariants", "ServiceModules"), ("Gateway", "SQLiteAdapter"),
            ("Gateway", "OrdersService"), ("Gateway", "Contracts"),
            ("Gateway", "House"), ("Adapters/SQLite", "NodeEngine"),
            ("Adapters/SQLite", "MemoryAdapter"), ("Simulation/CrashLabs", "Gateway"),
            ("Simulation/CrashLabs", "SQLiteAdapter"), ("Simulation/Retail", "CrashLabs"),
            ("Simulation/LoadGenerator", "CrashLabs"), ("Simulation/Simulator", "Foundation"),
            ("Simulation/Simulator", "SQLiteAdapter"), ("Simulation/Simulator", "House"),
            ("Apps/ordersim", "House"), ("Apps/ordersim", "CrashLabs"),
            ("Apps/ordersim", "NIOCore"), ("Apps/Program", "House"),
        ])
    func `an import against an arrow is found`(folder: String, module: String) {
        #expect(breaches(folder, "import \(module)").map(\.line) == [2])
    }

    @Test(
        arguments: [
            ("Domain/Contracts", "Kernel"), ("Domain/Orders", "Contracts"),
            ("Engine/Ports", "Kernel"), ("Engine/Node", "DequeModule"), ("Engine/Node", "Ports"),
            ("Engine/Runtime", "Foundation"), ("Services/Orders", "OrdersDomain"),
            ("Services/Orders", "NodeEngine"), ("Services/Modules", "OrdersService"),
            ("Services/Orders", "ServiceModel"), ("Services/Model", "Ports"),
            ("Gateway", "ServiceModel"), ("Gateway", "Hummingbird"), ("Adapters/SQLite", "Ports"),
            ("Adapters/SQLite", "CSQLite"), ("Simulation/CrashLabs", "LoadGenerator"),
            ("Simulation/Simulator", "NodeRuntime"),
            ("Apps/orderhouse", "LoadGenerator"), ("Apps/orderlab", "CSQLite"),
            ("Apps/ordersim", "Simulator"), ("Apps/ordersim", "SQLiteAdapter"),
        ])
    func `an import along an arrow passes`(folder: String, module: String) {
        #expect(breaches(folder, "import \(module)").isEmpty)
    }

    @Test(
        arguments: [
            ("Services/Orders", "Hummingbird"), ("Simulation/CrashLabs", "HummingbirdTesting"),
            ("Gateway", "GRDB"), ("Apps/House", "GRDB"), ("Apps/House", "CSQLite"),
            ("Adapters/SQLite", "GRDB"),
            ("Gateway", "CrashLabs"), ("Adapters/Memory", "Retail"),
            ("Apps/orderhouse", "CrashLabs"), ("Apps/orderhouse", "Simulator"),
            ("Apps/House", "CrashLabs"),
        ])
    func `a technology outside its home is found`(folder: String, module: String) {
        let file = SourceFile("Sources/\(folder)/A.swift", "import \(module)\n")
        #expect(Arrows.technologies(file).count == 1)
    }

    @Test(
        arguments: [
            "public import Ports", "package import Ports", "@testable import Ports",
            "@preconcurrency import Ports", "import struct Ports.Batch",
            "  internal  import  Ports",
            "import Kernel; import Ports",
        ])
    func `an import is read however it is spelled`(line: String) {
        let found = Import.all(in: SourceFile("Sources/Domain/Orders/A.swift", "\n\(line)\n"))
        #expect(found.last == Import(module: "Ports", line: 2))
        #expect(breaches("Domain/Orders", line).count == 1)
    }

    @Test(
        arguments: [
            "// import Ports", "let a = \"import Ports\"", "#if canImport(Ports)", "important()",
        ])
    func `what only looks like an import passes`(line: String) {
        #expect(breaches("Domain/Orders", line).isEmpty)
    }

    @Test func `a folder that no arrow knows is found`() {
        #expect(breaches("Common", "let a = 1").count == 1)
        #expect(breaches("Services/Returns", "import Kernel").count == 1)
    }

    private func breaches(_ folder: String, _ line: String) -> [Breach] {
        Arrows.within(SourceFile("Sources/\(folder)/A.swift", "\n\(line)\n"))
    }
}
