// SPDX-License-Identifier: Apache-2.0
/// What decides and what commits can't even name a clock, a random number, a thread or a file:
/// their compiled code asks for no such symbol.

import Foundation
import Testing

@Suite struct `Knowing no world` {
    /// Parts of names by which code reaches for what differs between two runs.
    private static let forbidden = [
        "clock_gettime", "gettimeofday", "mach_absolute_time", "nanosleep", "_time$", "^time$",
        "getrandom", "arc4random", "SystemRandomNumberGenerator", "swift_stdlib_random", "rand_r",
        "pthread_create", "pthread_mutex", "swift_task", "dispatch_", "getenv", "environ$",
        "ProcessInfo", "ContinuousClock", "SuspendingClock", "^open$", "^read$", "^write$",
        "^fopen", "10Foundation",
    ]

    @Test(arguments: [
        "JSONCodec", "Kernel", "Contracts", "OrdersDomain", "InventoryDomain", "PaymentsDomain",
        "ShippingDomain", "NotificationsDomain", "CatalogDomain", "Ports", "NodeEngine",
    ])
    func `asks for no clock, chance, thread, task, file or environment`(module: String) throws {
        let names = try undefinedSymbols(of: module)
        #expect(names.count > 10, "\(module) has object files that can be read")
        for name in names {
            for pattern in Self.forbidden {
                #expect(
                    name.range(of: pattern, options: .regularExpression) == nil,
                    "\(module) asks for \(name)")
            }
        }
    }

    @Test func `the patterns find what they look for`() throws {
        let names = try undefinedSymbols(of: "SystemAdapter")
        let found = names.contains { name in
            Self.forbidden.contains { name.range(of: $0, options: .regularExpression) != nil }
        }
        #expect(found)
    }

    private func undefinedSymbols(of module: String) throws -> Set<String> {
        let folder = try #require(Lab.program?.deletingLastPathComponent())
            .appendingPathComponent("\(module).build")
        let objects = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".o") }.sorted()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["nm", "--undefined-only", "--no-demangle"]
            + objects.map { folder.appendingPathComponent($0).path }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return Set(lines.compactMap { $0.split(separator: " ").last.map(String.init) })
            .filter { !$0.hasSuffix(":") }
    }
}
