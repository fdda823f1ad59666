// swift-tools-version: 6.2
// The rings are the folders: Domain, Engine, Services, Gateway, Adapters, Simulation, Apps.
// The compiler enforces the arrows between them; ARCHITECTURE.md explains them.

import PackageDescription

let style: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    // Decider loops are generic and cross modules: unspecialized they cost many times more.
    // Debug builds, and so all tests, check exclusive access at run time; it costs 7 % of a node.
    .unsafeFlags(
        ["-cross-module-optimization", "-enforce-exclusivity=unchecked"],
        .when(configuration: .release)),
]

func ring(
    _ name: String, _ path: String, _ dependencies: [Target.Dependency] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(path)", swiftSettings: style)
}

func tests(
    _ name: String, _ path: String, _ dependencies: [Target.Dependency]
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(path)", swiftSettings: style)
}

let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(
    name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")

let allocator = Target.Dependency.target(
    name: "CJemalloc", condition: .when(platforms: [.linux]))
let fileSystemSync = Target.Dependency.target(
    name: "CSyncfs", condition: .when(platforms: [.linux]))

let services: [Target.Dependency] = [
    "OrdersService", "InventoryService", "PaymentsService", "ShippingService",
    "NotificationsService", "CatalogService",
]
let domains: [Target.Dependency] = [
    "OrdersDomain", "InventoryDomain", "PaymentsDomain", "ShippingDomain", "NotificationsDomain",
    "CatalogDomain",
]

let package = Package(
    name: "orderhouse",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "orderhouse", targets: ["orderhouse"]),
        .executable(name: "orderlab", targets: ["orderlab"]),
        .executable(name: "ordersim", targets: ["ordersim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // The project's own reader and writer of JSON: a tool below the domain.
        ring("JSONCodec", "JSON"),

        // Domain: pure, imports nothing else.
        ring("Kernel", "Domain/Kernel", ["JSONCodec"]),
        ring("ContractDeclarations", "Domain/Declarations"),
        ring("Contracts", "Domain/Contracts", ["Kernel"]),
        ring("OrdersDomain", "Domain/Orders", ["Kernel", "Contracts"]),
        ring("InventoryDomain", "Domain/Inventory", ["Kernel", "Contracts"]),
        ring("PaymentsDomain", "Domain/Payments", ["Kernel", "Contracts"]),
        ring("ShippingDomain", "Domain/Shipping", ["Kernel", "Contracts"]),
        ring("NotificationsDomain", "Domain/Notifications", ["Kernel", "Contracts"]),
        ring("CatalogDomain", "Domain/Catalog", ["Kernel", "Contracts"]),
        ring("ReportingDomain", "Domain/Reporting", ["Kernel"]),

        // Engine: the loop (pure), the promises, the threads.
        ring("Ports", "Engine/Ports", ["Kernel", "JSONCodec"]),
        ring("NodeEngine", "Engine/Node", ["Kernel", "JSONCodec", "Ports", collections]),
        ring("Projections", "Engine/Projections", ["Kernel", "Ports", "NodeEngine"]),
        ring(
            "NodeRuntime", "Engine/Runtime",
            ["Kernel", "Ports", "NodeEngine", "Projections", collections, log]),

        // What a service declares of itself: module, doors, routes, effects.
        ring(
            "ServiceModel", "Services/Model",
            ["Kernel", "JSONCodec", "Contracts", "Ports", "NodeEngine", "Projections"]),

        // Services: one per context; deciders bound to facts, routes and effects.
        ring(
            "OrdersService", "Services/Orders",
            [
                "Kernel", "JSONCodec", "Contracts", "OrdersDomain", "Ports", "NodeEngine",
                "ServiceModel",
            ]),
        ring(
            "InventoryService", "Services/Inventory",
            [
                "Kernel", "JSONCodec", "Contracts", "InventoryDomain", "Ports", "NodeEngine",
                "ServiceModel",
            ]),
        ring(
            "PaymentsService", "Services/Payments",
            ["Kernel", "Contracts", "PaymentsDomain", "Ports", "NodeEngine", "ServiceModel"]),
        ring(
            "ShippingService", "Services/Shipping",
            ["Kernel", "Contracts", "ShippingDomain", "Ports", "NodeEngine", "ServiceModel"]),
        ring(
            "NotificationsService", "Services/Notifications",
            [
                "Kernel", "JSONCodec", "Contracts", "NotificationsDomain", "Ports", "NodeEngine",
                "ServiceModel",
            ]),
        ring(
            "CatalogService", "Services/Catalog",
            [
                "Kernel", "JSONCodec", "Contracts", "CatalogDomain", "Ports", "NodeEngine",
                "ServiceModel",
            ]),

        // Read models of what the services announce.
        ring(
            "OrderQueriesService", "Services/OrderQueries",
            ["Kernel", "Contracts", "Ports", "NodeEngine", "Projections", "ServiceModel"]),

        ring(
            "ReportingService", "Services/Reporting",
            [
                "Kernel", "JSONCodec", "Contracts", "ReportingDomain", "Ports", "NodeEngine",
                "Projections", "ServiceModel",
            ]),

        // All of them in one list.
        ring(
            "ServiceModules", "Services/Modules",
            [
                "Kernel", "Ports", "NodeEngine", "Projections", "ServiceModel",
                "OrderQueriesService", "ReportingService",
            ] + services),

        // The promises as checks, for the audit and for everything that tries to break the house.
        ring(
            "Invariants", "Invariants",
            ["Kernel", "JSONCodec", "Contracts", "Ports", "NodeEngine", "Projections"]
                + services + domains),

        ring(
            "Gateway", "Gateway",
            [
                "Kernel", "JSONCodec", "Ports", "NodeEngine", "ServiceModel", hummingbird,
                hummingbirdCore, httpTypes, log, nio, nioHTTP1,
            ]),

        // Adapters: one technology each.
        ring("SQLiteFiles", "Adapters/SQLiteFiles"),
        ring("SQLiteAdapter", "Adapters/SQLite", ["Kernel", "Ports", "CSQLite", "SQLiteFiles"]),
        ring("MemoryAdapter", "Adapters/Memory", ["Kernel", "Ports"]),
        ring("SandboxAdapter", "Adapters/Sandbox", ["Kernel", "Ports", heap]),
        ring("MaildirAdapter", "Adapters/Maildir", ["Kernel", "Ports", fileSystemSync]),
        ring("VaultAdapter", "Adapters/Vault", ["Kernel", "Ports", "SQLiteFiles", crypto, grdb]),
        ring("SystemAdapter", "Adapters/System", ["Kernel", "Ports", crypto]),

        // What proves a house from outside: `orderlab` and the tests. What the demo needs of it
        // stands alone, so that `orderhouse` brings no lab along.
        ring("Retail", "Simulation/Retail", ["Kernel", "Contracts"]),
        ring(
            "LoadGenerator", "Simulation/LoadGenerator",
            ["Kernel", "JSONCodec", "Contracts", nio, nioPosix]),
        ring("SeededRandom", "Simulation/SeededRandom"),
        ring("TemporaryFolders", "Simulation/TemporaryFolders"),
        ring(
            "CrashLabs", "Simulation/CrashLabs",
            [
                "Kernel", "JSONCodec", "Contracts", "LoadGenerator", "SeededRandom",
                "TemporaryFolders",
            ]),
        // Deterministic, in one thread, with nothing of the world's own: it builds and runs fast.
        ring(
            "Simulator", "Simulation/Simulator",
            [
                "Kernel", "JSONCodec", "Ports", "NodeEngine", "NodeRuntime", "Contracts",
                "Projections", "ServiceModel", "ServiceModules", "OrderQueriesService",
                "ReportingService", "ReportingDomain", "MemoryAdapter", "Invariants",
            ] + services + domains),

        // Not GRDB's module of the same library, which would build GRDB with it.
        .systemLibrary(
            name: "CSQLite", path: "Sources/Adapters/CSQLite", pkgConfig: "sqlite3",
            providers: [.apt(["libsqlite3-dev"])]),
        // Replaces malloc for the whole program: glibc's costs a fifth of a node's time.
        .systemLibrary(
            name: "CJemalloc", path: "Sources/Adapters/Jemalloc", pkgConfig: "jemalloc",
            providers: [.apt(["libjemalloc-dev"])]),
        .systemLibrary(name: "CSyncfs", path: "Sources/Adapters/Syncfs"),

        // Apps: what every program says of itself, the composition, and the programs.
        .plugin(name: "RecordRevision", capability: .buildTool()),
        .target(
            name: "Program", dependencies: [allocator], path: "Sources/Apps/Program",
            swiftSettings: style, plugins: ["RecordRevision"]),
        ring(
            "House", "Apps/House",
            [
                "Kernel", "JSONCodec", "Contracts", "Ports", "NodeEngine", "NodeRuntime",
                "Projections", "Gateway", "SQLiteAdapter", "MemoryAdapter", "SandboxAdapter",
                "MaildirAdapter", "VaultAdapter", "SystemAdapter", "ServiceModel",
                "ServiceModules", "ReportingService", "ReportingDomain", "Invariants", log,
                lifecycle, signals, hummingbird,
            ] + services + domains),
        .executableTarget(
            name: "orderhouse",
            dependencies: [
                "House", "Invariants", "Retail", "LoadGenerator", "Program", "Kernel", "JSONCodec",
                "Contracts", "ServiceModel", "ReportingService", arguments, log, lifecycle,
            ],
            path: "Sources/Apps/orderhouse", swiftSettings: style),
        .executableTarget(
            name: "orderlab",
            dependencies: [
                "House", "CrashLabs", "Program", "Kernel", "Contracts", "Ports", "NodeEngine",
                "NodeRuntime", "Projections", "ServiceModel", "ServiceModules", "SQLiteAdapter",
                "VaultAdapter", "OrdersDomain", "OrdersService", "InventoryService",
                "InventoryDomain", "CSQLite", arguments, log, lifecycle,
            ],
            path: "Sources/Apps/orderlab", swiftSettings: style),
        // Writes what follows from the declarations of facts: `make contracts`.
        .executableTarget(
            name: "makecontracts", dependencies: ["ContractDeclarations"],
            path: "Sources/Apps/makecontracts", swiftSettings: style),

        // No network, no cryptography, no GRDB: `make test` builds it in release for its seeds.
        .executableTarget(
            name: "ordersim",
            dependencies: [
                "Simulator", "Invariants", "Program", "Kernel", "Contracts", "Ports", "NodeEngine",
                "ServiceModel", "ServiceModules", "InventoryService", "InventoryDomain",
                "SQLiteAdapter", arguments,
            ],
            path: "Sources/Apps/ordersim", swiftSettings: style),

        // Tests mirror Sources; what several of them share are libraries of their own.
        .target(
            name: "ContractSuites", dependencies: ["Kernel", "Ports"],
            path: "Tests/ContractSuites", swiftSettings: style),
        .target(
            name: "FaultyPorts", dependencies: ["Ports", "SeededRandom"],
            path: "Tests/Engine/FaultyPorts", swiftSettings: style),
        .target(
            name: "ScriptedHTTP", dependencies: ["LoadGenerator", nio, nioPosix, nioHTTP1],
            path: "Tests/Simulation/ScriptedHTTP", swiftSettings: style),
        .target(
            name: "GivenWhenThen", dependencies: ["Kernel", "JSONCodec"],
            path: "Tests/Domain/GivenWhenThen",
            swiftSettings: style),
        .target(
            name: "SampleFacts", dependencies: ["Kernel", "Contracts"],
            path: "Tests/Domain/SampleFacts", swiftSettings: style),
        tests("TidyTests", "Tidy", []),
        tests("KernelTests", "Domain/KernelTests", ["Kernel", "JSONCodec"]),
        .testTarget(
            name: "ContractsTests",
            dependencies: [
                "Kernel", "JSONCodec", "Contracts", "ContractDeclarations", "SampleFacts",
            ] + domains,
            path: "Tests/Domain/ContractsTests", exclude: ["Golden"], swiftSettings: style),
        tests(
            "OrdersTests", "Domain/OrdersTests",
            ["Kernel", "Contracts", "OrdersDomain", "GivenWhenThen", "SampleFacts"]),
        tests(
            "InventoryTests", "Domain/InventoryTests",
            ["Kernel", "Contracts", "InventoryDomain", "GivenWhenThen", "SampleFacts"]),
        tests(
            "PaymentsTests", "Domain/PaymentsTests",
            ["Kernel", "Contracts", "PaymentsDomain", "GivenWhenThen", "SampleFacts"]),
        tests(
            "ShippingTests", "Domain/ShippingTests",
            ["Kernel", "Contracts", "ShippingDomain", "GivenWhenThen", "SampleFacts"]),
        tests(
            "NotificationsTests", "Domain/NotificationsTests",
            ["Kernel", "Contracts", "NotificationsDomain", "GivenWhenThen", "SampleFacts"]),
        tests(
            "CatalogTests", "Domain/CatalogTests",
            ["Kernel", "Contracts", "CatalogDomain", "GivenWhenThen", "SampleFacts"]),
        tests("ReportingTests", "Domain/ReportingTests", ["Kernel", "ReportingDomain"]),
        tests(
            "ServicesTests", "Services/ServicesTests",
            [
                "Kernel", "JSONCodec", "Contracts", "Ports", "NodeEngine", "Projections",
                "OrderQueriesService", "ReportingService", "ReportingDomain", "ServiceModel",
                "ServiceModules", "MemoryAdapter", "SystemAdapter", "SeededRandom",
                "GivenWhenThen", "SampleFacts",
            ]
                + domains + services),
        tests(
            "NodeTests", "Engine/NodeTests",
            [
                "Kernel", "JSONCodec", "Ports", "NodeEngine", "NodeRuntime", "MemoryAdapter",
                "SQLiteAdapter", "SystemAdapter", "FaultyPorts", "TemporaryFolders",
            ]),
        tests(
            "ProjectionsTests", "Engine/ProjectionsTests",
            [
                "Kernel", "JSONCodec", "Ports", "NodeEngine", "NodeRuntime", "Projections",
                "MemoryAdapter", "SQLiteAdapter", "SystemAdapter", "TemporaryFolders",
            ]),
        tests(
            "SQLiteTests", "Adapters/SQLiteTests",
            ["Kernel", "Ports", "SQLiteAdapter", "ContractSuites", "CSQLite"]),
        tests(
            "MemoryTests", "Adapters/MemoryTests",
            ["Kernel", "Ports", "MemoryAdapter", "FaultyPorts", "ContractSuites"]),
        tests(
            "SandboxTests", "Adapters/SandboxTests",
            ["Kernel", "JSONCodec", "Ports", "SandboxAdapter"]),
        tests("MaildirTests", "Adapters/MaildirTests", ["Kernel", "Ports", "MaildirAdapter"]),
        tests(
            "VaultTests", "Adapters/VaultTests",
            ["Kernel", "Ports", "VaultAdapter", "ContractSuites", grdb, crypto]),
        tests("RetailTests", "Simulation/RetailTests", ["Kernel", "Contracts", "Retail"]),
        tests(
            "LoadGeneratorTests", "Simulation/LoadGeneratorTests",
            ["LoadGenerator", "SeededRandom", "ScriptedHTTP", nio, nioHTTP1]),
        tests(
            "CrashLabsTests", "Simulation/CrashLabsTests",
            [
                "Kernel", "JSONCodec", "Contracts", "CrashLabs", "LoadGenerator",
                "TemporaryFolders", "ScriptedHTTP", nioHTTP1,
            ]),
        .testTarget(
            name: "SimulatorTests",
            dependencies: [
                "Simulator", "Invariants", "Kernel", "Contracts", "Ports", "NodeEngine",
                "ServiceModel", "ServiceModules", "NodeRuntime", "OrdersDomain", "SQLiteAdapter",
                "MemoryAdapter", "ContractSuites", "ordersim",
            ] + services,
            path: "Tests/Simulation/SimulatorTests", swiftSettings: style),
        // These start the built programs, as their users would.
        .testTarget(
            name: "LabTests",
            dependencies: [
                "CrashLabs", "LoadGenerator", "TemporaryFolders", "Program", "Kernel", "JSONCodec",
                "Contracts", "Ports", "NodeEngine", "SQLiteAdapter", "MaildirAdapter", "CSQLite",
                "orderhouse", "orderlab", "ordersim",
            ],
            path: "Tests/Apps/LabTests", swiftSettings: style),
        tests(
            "HouseTests", "Apps/HouseTests",
            [
                "House", "FaultyPorts", "SeededRandom", "TemporaryFolders", "Kernel", "JSONCodec",
                "Contracts", "Ports", "NodeEngine", "Projections", "OrderQueriesService",
                "ReportingService",
                "NodeRuntime", "ServiceModel", "ServiceModules", "Gateway",
                "MemoryAdapter", "SQLiteAdapter", "SandboxAdapter", "VaultAdapter", log, lifecycle,
            ] + domains + services),
        tests(
            "InvariantsTests", "Invariants/InvariantsTests",
            [
                "Kernel", "Contracts", "Ports", "NodeEngine", "Projections", "Invariants",
                "SampleFacts",
            ] + services + domains),
        tests(
            "GatewayTests", "Gateway/GatewayTests",
            [
                "Kernel", "JSONCodec", "Contracts", "OrdersDomain", "InventoryDomain",
                "OrdersService", "InventoryService", "PaymentsService", "CatalogService", "Ports",
                "NodeEngine", "Projections", "ServiceModel", "ServiceModules", "Gateway", "House",
                "MemoryAdapter", "ReportingService", hummingbird,
                hummingbirdTesting, httpTypes, log, nio, nioPosix, nioHTTP1, lifecycle, grdb,
                "LoadGenerator", "SeededRandom", "TemporaryFolders",
            ]),
        tests("SystemTests", "Adapters/SystemTests", ["Kernel", "Ports", "SystemAdapter"]),
    ]
)
