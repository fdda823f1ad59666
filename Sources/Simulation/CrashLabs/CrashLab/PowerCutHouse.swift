// SPDX-License-Identifier: Apache-2.0
/// A house on a disk whose power is cut instead of its process killed.

import Foundation
import LoadGenerator
import TemporaryFolders

/// Store, vault and manifest are on the disk, for they are what the house promises to keep. The
/// sandbox's books and the mails are not: they are the computers of the provider, the carrier and
/// the mail's reader, which have power of their own and judge the house.
actor PowerCutHouse: KillableHouse {
    nonisolated let disk: LoopDisk
    private let binary: String
    private let auditor: String
    private let arguments: [String]
    private let folder: TestFolder
    private var process: HouseProcess?
    private(set) var cuts = 0

    /// `binary` serves; `auditor` audits what it left. Unless `isOutsideApart`, the sandbox's books
    /// and mails are on the disk, too.
    init(
        binary: String, auditor: String, arguments: [String], in folder: TestFolder,
        megabytes: Int = 64, isOutsideApart: Bool = true
    ) async throws {
        self.binary = binary
        self.auditor = auditor
        self.arguments = arguments
        self.folder = folder
        disk = try await LoopDisk(in: folder, megabytes: megabytes)
        let files = FileManager.default
        try files.createDirectory(
            atPath: "\(disk.path)/data", withIntermediateDirectories: false)
        for name in isOutsideApart ? ["sandbox", "mail"] : [] {
            try files.createDirectory(
                atPath: folder.path(name), withIntermediateDirectories: false)
            try files.createSymbolicLink(
                atPath: "\(disk.path)/data/\(name)", withDestinationPath: folder.path(name))
        }
        // The folders are there before the first cut.
        try await disk.unmount()
        try await disk.mount()
    }

    nonisolated var data: String { "\(disk.path)/data" }

    /// How the house ended, if it did, and the end of its log.
    var lastWords: String {
        get async {
            guard let process else { return "it does not run" }
            let end = await process.poll(for: .milliseconds(500))
            return "\(end.map { "\($0)" } ?? "it runs"): \(process.errorTail)"
        }
    }

    func start(lifetime: Duration?) async throws -> LoadTarget? {
        guard let lifetime else {
            let process = try await HouseProcess.serve(
                binary, data: data, arguments: arguments, in: folder)
            self.process = process
            return process.target
        }
        let process = try ChildProcess(
            binary, HouseProcess.words(data, arguments), in: folder)
        try await Task.sleep(for: lifetime)
        process.signal(SIGKILL)
        try disk.cut()
        cuts += 1
        _ = try await process.wait(.seconds(10))
        try await powerOn()
        return nil
    }

    /// The signal goes out first, as a computer without power computes no more: a flush that is
    /// under way while ext4 is shut down can end with success although its journal was thrown
    /// away, and a process that was still alive would believe it.
    func kill() async throws {
        process?.signal(SIGKILL)
        try disk.cut()
        cuts += 1
        _ = try await process?.end(with: SIGKILL, .seconds(10))
        process = nil
        try await powerOn()
    }

    private func powerOn() async throws {
        try await disk.unmount()
        try await disk.mount()
    }

    func stop() async throws {
        try await process?.terminate()
        process = nil
    }

    func audit() async throws -> AuditReport {
        try await AuditReport.run(auditor, data: data, in: folder)
    }

    /// Ends what still runs and takes the disk away.
    func clear() async {
        _ = try? await process?.end(with: SIGKILL, .seconds(10))
        process = nil
        try? await disk.unmount()
    }
}
