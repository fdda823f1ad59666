// SPDX-License-Identifier: Apache-2.0
/// Starting, killing, stopping and auditing a program: small scripts stand in for it.

import CrashLabs
import Foundation
import Kernel
import LoadGenerator
import TemporaryFolders
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Running the program` {
    private static let listens = "echo 'listening on http://127.0.0.1:4711'"
    private static let waits = "while :; do sleep 0.02; done"

    @Test func `it has started once it says where it listens`() async throws {
        try await with("echo hello; sleep 0.1; \(Self.listens); echo \"$@\" >&2; \(Self.waits)") {
            program, folder in
            let house = try await HouseProcess.serve(
                program, data: folder.path("data"), arguments: ["--more", "x"], in: folder)
            #expect(house.target == LoadTarget(host: "127.0.0.1", port: 4_711))
            #expect(kill(house.pid, 0) == 0)
            try await Task.sleep(for: .milliseconds(50))
            let words = "serve --data \(folder.path("data")) --listen 127.0.0.1:0 --more x\n"
            #expect(house.errorTail == words)
        }
    }

    @Test func `a program that ends instead is told with its last words`() async throws {
        try await with("echo no disk >&2; exit 70") { program, folder in
            await #expect(throws: ProcessFailure.ended(.exited(70), tail: "no disk\n")) {
                try await HouseProcess.serve(program, data: "x", in: folder)
            }
        }
    }

    @Test func `a program that never listens is overdue, and killed`() async throws {
        try await with("echo $$ > \"$0.id\"; printf 'listening on http'; \(Self.waits)") {
            program, folder in
            await #expect(throws: ProcessFailure.overdue(tail: "")) {
                try await HouseProcess.serve(
                    program, data: "x", in: folder, patience: .milliseconds(200))
            }
            let id = try String(contentsOfFile: "\(program).id", encoding: .utf8)
            let pid = try #require(Int32(id.dropLast()))
            #expect(kill(pid, 0) != 0)
        }
    }

    @Test func `a missing program is not started`() async throws {
        try await TestFolder.with { folder in
            _ = await #expect(throws: ProcessFailure.notStarted(ENOENT)) {
                try await HouseProcess.serve(folder.path("none"), data: "x", in: folder)
            }
        }
    }

    @Test func `a kill cannot be caught`() async throws {
        try await with("trap '' TERM INT; \(Self.listens); \(Self.waits)") { program, folder in
            let house = try await HouseProcess.serve(program, data: "x", in: folder)
            #expect(try pidFiles(folder) == [house.pid])
            try await house.kill9()
            #expect(kill(house.pid, 0) != 0)
            #expect(try pidFiles(folder).isEmpty)
            // Once more does no harm, to whoever has that number now.
            try await house.kill9()
        }
    }

    @Test func `a stop is waited for`() async throws {
        try await with("trap 'sleep 0.1; exit 0' TERM; \(Self.listens); \(Self.waits)") {
            program, folder in
            try await HouseProcess.serve(program, data: "x", in: folder).terminate()
        }
    }

    @Test(arguments: [("exit 3", ProcessEnd.exited(3)), ("kill -9 $$", .signaled(SIGKILL))])
    func `a stop that goes wrong is told`(_ end: String, _ expected: ProcessEnd) async throws {
        try await with("trap '\(end)' TERM; \(Self.listens); \(Self.waits)") { program, folder in
            let house = try await HouseProcess.serve(program, data: "x", in: folder)
            await #expect(throws: ProcessFailure.ended(expected, tail: "")) {
                try await house.terminate()
            }
        }
    }

    @Test func `a stop that takes too long ends in a kill`() async throws {
        try await with("trap '' TERM; echo stuck >&2; \(Self.listens); \(Self.waits)") {
            program, folder in
            let house = try await HouseProcess.serve(program, data: "x", in: folder)
            await #expect(throws: ProcessFailure.overdue(tail: "stuck\n")) {
                try await house.terminate(.milliseconds(100))
            }
            #expect(kill(house.pid, 0) != 0)
        }
    }

    @Test func `a program that nobody holds any more is ended`() async throws {
        try await with("\(Self.listens); \(Self.waits)") { program, folder in
            let pid = try await HouseProcess.serve(program, data: "x", in: folder).pid
            #expect(kill(pid, 0) != 0)
        }
    }

    @Test func `a stumble does not wait for anything`() async throws {
        try await with("echo x > \"$0.ran\"; \(Self.waits)") { program, folder in
            try await HouseProcess.stumble(
                program, data: "x", in: folder, after: .milliseconds(100))
            #expect(FileManager.default.fileExists(atPath: "\(program).ran"))
            #expect(try pidFiles(folder).isEmpty)
        }
    }

    /// Runs `body` with a shell script in a folder of its own.
    private func with(
        _ script: String, _ body: (String, TestFolder) async throws -> Void
    ) async throws {
        try await TestFolder.with { folder in try await body(program(script, in: folder), folder) }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Auditing from outside` {
    @Test func `passes when every check does`() async throws {
        let json = #"{"ok":true,"checks":[{"id":"S1","ok":true,"detail":""}],"counts":{"a":1}}"#
        #expect(try await audit(json, exit: 0) == AuditReport(isOK: true, checks: 1))
    }

    @Test func `tells what failed`() async throws {
        let json = """
            {"ok":false,"checks":[{"id":"S1","ok":true,"detail":""},\
            {"id":"S2","ok":false,"detail":"two orders"}],"counts":{}}
            """
        let expected = AuditReport(isOK: false, failures: ["S2: two orders"], checks: 2)
        #expect(try await audit(json, exit: 1) == expected)
    }

    @Test(
        arguments: [
            (#"{"ok":true,"checks":[{"id":"S1","ok":true}]}"#, 1 as Int32),
            (#"{"ok":false,"checks":[{"id":"S1","ok":true}]}"#, 0),
            (#"{"ok":true,"checks":[{"id":"S1","ok":false}]}"#, 0),
            (#"{"ok":true,"checks":[]}"#, 0),
            (#"{"ok":true,"checks":[{"id":"S1"}]}"#, 0),
        ])
    func `contradictions and empty audits fail`(_ json: String, _ code: Int32) async throws {
        let report = try await audit(json, exit: code)
        #expect(!report.isOK && !report.failures.isEmpty)
    }

    @Test(arguments: [("", 0 as Int32), ("no", 1), (#"{"ok":true}"#, 0), (#"{"ok":true}"#, 65)])
    func `what is no audit is not taken for one`(_ text: String, _ code: Int32) async throws {
        await #expect(throws: ProcessFailure.self) { try await audit(text, exit: code) }
    }

    private func audit(_ json: String, exit code: Int32) async throws -> AuditReport {
        try await TestFolder.with { folder in
            try folder.write(json, to: "audit.json")
            let script = """
                [ "$1 $2 $3 $4" = "audit --data \(folder.path("data")) --json" ] || exit 64
                cat "\(folder.path("audit.json"))"; exit \(code)
                """
            return try await AuditReport.run(
                program(script, in: folder), data: folder.path("data"), in: folder)
        }
    }
}

@Suite struct `A test folder` {
    @Test func `is claimed by its owner and goes with the test`() async throws {
        let path = try await TestFolder.with { folder in
            let owner = try String(contentsOfFile: folder.path("owner.pid"), encoding: .utf8)
            #expect(owner == "\(ProcessInfo.processInfo.processIdentifier)\n")
            #expect(folder.path.split(separator: "/").last?.hasPrefix("orderhouse-test-") == true)
            return folder.path
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func `goes also when the test fails`() async throws {
        var path = "/"
        try? await TestFolder.with { folder in
            path = folder.path
            throw CancellationError()
        }
        #expect(path != "/" && !FileManager.default.fileExists(atPath: path))
    }
}

/// A shell script that can be run.
private func program(_ script: String, in folder: TestFolder) throws -> String {
    try folder.write("#!/bin/sh\n\(script)\n", to: "program")
    try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder.path("program"))
    return folder.path("program")
}

/// The numbers that the sweeper would find, the owner's aside.
private func pidFiles(_ folder: TestFolder) throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path)
        .filter { $0.hasSuffix(".pid") && $0 != "owner.pid" }
        .compactMap { name in
            Int32(try String(contentsOfFile: folder.path(name), encoding: .utf8).dropLast())
        }
}
