// SPDX-License-Identifier: Apache-2.0
/// Some words have no place in the sources, and some have one place only.

import Testing

@Suite struct `Words are chosen` {
    @Test func `no source puts work off or gives up`() { Tidy.demand(.bannedWord) }

    @Test func `time and chance come in through the ports`() { Tidy.demand(.hiddenInput) }

    @Test func `no task runs on its own`() { Tidy.demand(.unstructuredTask) }

    @Test func `unchecked code is rare and says why it is safe`() { Tidy.demand(.uncheckedSafety) }

    @Test func `no lock holds a function`() { Tidy.demand(.lockedFunction) }

    @Test(
        arguments: [
            "// TODO: later", "/// FIXME", "let a = \"XXX\"", "fatalError(\"no\")", "try! work()",
            "// build with -Ounchecked",
        ])
    func `a banned word is found wherever it stands`(line: String) {
        let found = Words.banned(SourceFile("Sources/Gateway/A.swift", "\n\(line)\n"))
        #expect(found.map(\.line) == [2])
    }

    @Test(
        arguments: [
            "// No fatalError(), no try! here.", "let name = \"orderhouse-XXXXXX\"",
            "let todo = 1", "myfatalError()", "let s = \"try! again\"", "try !works",
        ])
    func `what only looks like a banned word passes`(line: String) {
        #expect(Words.banned(SourceFile("Sources/Gateway/A.swift", line)).isEmpty)
    }

    private static let inputs = [
        "let a = Date()", "let a = Foundation.Date.now", "let a = UUID()", "Int.random(in: 0..<9)",
        "var g = SystemRandomNumberGenerator()", "try await Task.sleep(for: .seconds(1))",
        "let c = ContinuousClock()", "let c = SuspendingClock.now", "list.shuffled()",
        "\"at \\(Date())\"", "list.randomElement()",
    ]

    @Test(arguments: inputs)
    func `a hidden input is found outside its home`(line: String) {
        for folder in ["Domain/Orders", "Engine/Node", "Services/Orders", "Adapters/SQLite"] {
            let file = SourceFile("Sources/\(folder)/A.swift", line)
            #expect(Words.hiddenInputs(file).count == 1, "\(folder)")
        }
    }

    @Test(arguments: inputs)
    func `a hidden input passes in its home`(line: String) {
        for folder in ["Adapters/System", "Adapters/Sandbox", "Simulation", "Apps/orderlab"] {
            let file = SourceFile("Sources/\(folder)/A.swift", line)
            #expect(Words.hiddenInputs(file).isEmpty, "\(folder)")
        }
        #expect(Words.hiddenInputs(SourceFile("Sources/Engine/Runtime/A.swift", line)).isEmpty)
    }

    @Test(arguments: ["// never Date()", "MyDate()", "Date(day)", "let s = \"UUID()\"", "random()"])
    func `what only looks like a hidden input passes`(line: String) {
        #expect(Words.hiddenInputs(SourceFile("Sources/Gateway/A.swift", line)).isEmpty)
    }

    private static let tasks = [
        "Task { await a() }", "Task{ }", "Task(priority: .high) { }", "Task.detached { }",
        "Task<Void, any Error> { }", "Task.init { }", "Task.immediate { }",
    ]

    @Test(arguments: tasks)
    func `an unstructured task is found outside the simulation`(line: String) {
        let found = Words.unstructuredTasks(SourceFile("Sources/Engine/Runtime/A.swift", line))
        #expect(found.count == 1)
        #expect(Words.unstructuredTasks(SourceFile("Sources/Simulation/A.swift", line)).isEmpty)
    }

    @Test(
        arguments: [
            "withTaskGroup(of: Int.self) { }", "Task.isCancelled", "extension Task { }",
            "// Task { }", "let t: Task<Void, Never>", "try Task.checkCancellation()",
        ])
    func `what only looks like an unstructured task passes`(line: String) {
        #expect(Words.unstructuredTasks(SourceFile("Sources/Apps/A.swift", line)).isEmpty)
    }

    @Test(arguments: ["final class A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1"])
    func `unchecked code needs a home and a reason close above`(line: String) {
        func breaches(_ folder: String, _ above: String) -> Int {
            let file = SourceFile("Sources/\(folder)/A.swift", above + line + "\n")
            return Words.uncheckedSafety(file).count
        }
        let reason = "    // SAFETY: one thread at a time.\n"
        #expect(breaches("Adapters/SQLite", reason) == 0)
        #expect(breaches("Engine/Runtime", reason + "\n\n") == 0)
        #expect(breaches("Engine/Runtime", reason + "\n\n\n") == 1)
        #expect(breaches("Adapters/SQLite", "") == 1)
        #expect(breaches("Adapters/SQLite", "// It is safe.\n") == 1)
        #expect(breaches("Engine/Node", reason) == 1)
        #expect(breaches("Gateway", "// ") == 0)
    }

    @Test(
        arguments: [
            "let a = Mutex<(@Sendable ([Int]) -> Void)?>(nil)", "let a: Mutex<() -> Void>",
            "let a = Mutex<[Int: @Sendable () -> Void]>([:])", "Mutex<Set<Int>, ((Int) -> Int)>",
        ])
    func `a function in a lock is found`(line: String) {
        let found = Words.lockedFunctions(SourceFile("Sources/Adapters/A.swift", "\n\(line)\n"))
        #expect(found.map(\.line) == [2])
    }

    @Test(
        arguments: [
            "let a = Mutex<Listener?>(nil)", "func a(_ b: Mutex<Int>) -> Int", "Mutex(handler)",
            "// Mutex<() -> Void>", "let a = Mutex<Set<[Int: Int]>>([]), b: () -> Void",
        ])
    func `what only looks like a function in a lock passes`(line: String) {
        #expect(Words.lockedFunctions(SourceFile("Sources/Gateway/A.swift", line)).isEmpty)
    }
}
