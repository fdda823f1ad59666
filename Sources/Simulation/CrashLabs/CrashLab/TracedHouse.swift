// SPDX-License-Identifier: Apache-2.0
/// A house that runs under strace with one point armed, or without any.

import Foundation
import LoadGenerator
import TemporaryFolders

actor TracedHouse: KillableHouse {
    nonisolated let data: String
    nonisolated let folder: TestFolder
    private let binary: String
    private let arguments: [String]
    private var process: HouseProcess?
    private var armed: CrashPoint?
    private var lives = 0
    /// How the last one ended, once it has.
    private(set) var lastEnd: ProcessEnd?

    init(binary: String, arguments: [String], folder: TestFolder) {
        self.binary = binary
        self.arguments = arguments
        self.folder = folder
        data = folder.path("data")
    }

    /// The next start is struck there; nil by nothing.
    func arm(_ point: CrashPoint?) { armed = point }

    /// What strace wrote of the last life.
    var trace: String {
        (try? String(contentsOfFile: traceFile, encoding: .utf8)) ?? ""
    }

    private var traceFile: String { folder.path("\(lives).strace") }

    func start(lifetime: Duration?) async throws -> LoadTarget? {
        lives += 1
        lastEnd = nil
        let tracer = armed?.tracer(data: data, log: traceFile) ?? []
        do {
            let process = try await HouseProcess.serve(
                binary, data: data, arguments: arguments, tracer: tracer, in: folder,
                patience: .seconds(20))
            self.process = process
            return process.target
        } catch ProcessFailure.ended(let end, let tail) {
            lastEnd = end
            throw ProcessFailure.ended(end, tail: tail)
        }
    }

    /// Kills what still runs.
    func kill() async throws {
        guard lastEnd == nil, let process else { return }
        lastEnd = try await process.end(with: SIGKILL, .seconds(10))
    }

    func stop() async throws {
        guard let process else { return }
        let end = try await finish()
        guard end == .exited(0) else {
            throw ProcessFailure.ended(end, tail: process.errorTail)
        }
    }

    /// Asks it to stop, and tells how it ended.
    func finish() async throws -> ProcessEnd {
        guard let process else { return lastEnd ?? .exited(0) }
        let end = try await process.end(with: SIGTERM, .seconds(10))
        lastEnd = end
        self.process = nil
        return end
    }

    /// The end of one that was struck; nil when it is still alive after a moment.
    func struckEnd() async -> ProcessEnd? {
        if let lastEnd { return lastEnd }
        guard let process, let end = await process.poll(for: .milliseconds(500)) else { return nil }
        lastEnd = end
        self.process = nil
        return end
    }

    var errorTail: String { process?.errorTail ?? "" }

    nonisolated var isFounded: Bool {
        FileManager.default.fileExists(atPath: "\(data)/nodes/house/store.sqlite")
    }

    func audit() async throws -> AuditReport {
        try await AuditReport.run(binary, data: data, in: folder)
    }
}
