// SPDX-License-Identifier: Apache-2.0
/// The house as its own process: started, killed, stopped and audited from outside, as an operator
/// would.

import Foundation
import JSONCodec
import Kernel
package import LoadGenerator
package import TemporaryFolders

/// A running `orderhouse serve`.
package final class HouseProcess: Sendable {
    package let target: LoadTarget
    private let process: ChildProcess

    /// Starts `binary` on `data` and waits until it says where it listens. `tracer` is a command
    /// that becomes the program after it.
    package static func serve(
        _ binary: String, data: String, arguments: [String] = [], tracer: [String] = [],
        in folder: TestFolder, patience: Duration = .seconds(30)
    ) async throws -> HouseProcess {
        let command = tracer + [binary] + words(data, arguments)
        let process = try ChildProcess(command[0], Array(command.dropFirst()), in: folder)
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            let end = process.poll()
            if let target = listening(process.output) {
                return HouseProcess(process, target)
            }
            if let end { throw ProcessFailure.ended(end, tail: process.errorTail) }
            guard clock.now < deadline else {
                throw ProcessFailure.overdue(tail: process.errorTail)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Starts `binary` and kills it after `lifetime`, however far it has come.
    package static func stumble(
        _ binary: String, data: String, arguments: [String] = [], in folder: TestFolder,
        after lifetime: Duration
    ) async throws {
        let process = try ChildProcess(binary, words(data, arguments), in: folder)
        try await Task.sleep(for: lifetime)
        process.signal(SIGKILL)
        let end = try await process.wait(.seconds(10))
        guard end == .signaled(SIGKILL) else {
            throw ProcessFailure.ended(end, tail: process.errorTail)
        }
    }

    static func words(_ data: String, _ arguments: [String]) -> [String] {
        ["serve", "--data", data, "--listen", "127.0.0.1:0"] + arguments
    }

    private init(_ process: ChildProcess, _ target: LoadTarget) {
        self.process = process
        self.target = target
    }

    package var pid: Int32 { process.pid }

    package func signal(_ signal: Int32) { process.signal(signal) }

    /// Sends `signal` and waits for the end; it is killed when that takes longer than `patience`.
    package func end(with signal: Int32, _ patience: Duration) async throws -> ProcessEnd {
        process.signal(signal)
        return try await process.wait(patience)
    }

    /// How it has ended, at the latest after `patience`; nil when it has not.
    package func poll(for patience: Duration) async -> ProcessEnd? {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while clock.now < deadline {
            if let end = process.poll() { return end }
            try? await Task.sleep(for: .milliseconds(1))
        }
        return process.poll()
    }

    /// The last few lines of its log.
    package var errorTail: String { process.errorTail }

    /// Kills it without warning and waits until it is gone.
    package func kill9() async throws {
        process.signal(SIGKILL)
        let end = try await process.wait(.seconds(10))
        guard end == .signaled(SIGKILL) else {
            throw ProcessFailure.ended(end, tail: errorTail)
        }
    }

    /// Asks it to stop. It has `patience` to finish what it took on and to exit with 0.
    package func terminate(_ patience: Duration = .seconds(5)) async throws {
        process.signal(SIGTERM)
        let end = try await process.wait(patience)
        guard end == .exited(0) else { throw ProcessFailure.ended(end, tail: errorTail) }
    }

    /// The address in the line that says so, once that is whole.
    private static func listening(_ output: String) -> LoadTarget? {
        let prefix = "listening on "
        for line in output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        where line.hasPrefix(prefix) {
            return LoadTarget(url: line.dropFirst(prefix.count))
        }
        return nil
    }
}

/// What `orderhouse audit --json` found.
package struct AuditReport: Sendable, Equatable, Codable {
    package var isOK: Bool
    /// `S1: …` for every check that failed.
    package var failures: [String]
    package var checks: Int

    package init(isOK: Bool, failures: [String] = [], checks: Int = 0) {
        self.isOK = isOK
        self.failures = failures
        self.checks = checks
    }

    /// Audits `data`, on which no house may run.
    package static func run(
        _ binary: String, data: String, in folder: TestFolder, patience: Duration = .seconds(120)
    ) async throws -> AuditReport {
        let process = try ChildProcess(binary, ["audit", "--data", data, "--json"], in: folder)
        let end = try await process.wait(patience)
        guard case .exited(let code) = end, code <= 1,
            let report = AuditReport(json: process.output)
        else { throw ProcessFailure.ended(end, tail: process.output + process.errorTail) }
        guard (code == 0) == report.isOK else {
            return AuditReport(
                isOK: false, failures: report.failures + ["exit code \(code), ok \(report.isOK)"],
                checks: report.checks)
        }
        return report
    }

    /// Nil unless `json` is what an audit prints. An audit that checked nothing is not ok.
    package init?(json: String) {
        guard let root = try? JSONDocument(parsing: Array(json.utf8)).root,
            let isOK = root["ok"]?.bool, let list = root["checks"]
        else { return nil }
        var failures: [String] = []
        for check in list.elements where check["ok"]?.bool != true {
            let detail = check["detail"]?.string ?? ""
            failures.append("\(check["id"]?.string ?? "?"): \(detail)")
        }
        if list.elements.isEmpty { failures.append("no checks") }
        self.init(
            isOK: isOK && failures.isEmpty, failures: failures, checks: list.elements.count)
    }
}
