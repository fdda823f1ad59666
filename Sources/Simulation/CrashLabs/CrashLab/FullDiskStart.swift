// SPDX-License-Identifier: Apache-2.0
/// Starts on a disk with hardly any room: each runs, or ends with the exit code of a failure and a
/// sentence. None ends by a signal.

import Foundation
import TemporaryFolders

package struct FullDiskStartReport: Sendable, Equatable {
    /// False where loop devices are not permitted: then nothing was tried and nothing is proven.
    package var isPermitted = false
    /// Starts that ended by themselves, and starts that went well.
    package var refused = 0
    package var started = 0
    package var findings: [String] = []

    package var passed: Bool { isPermitted && findings.isEmpty && refused > 0 && started > 0 }

    package init() {}
}

package final class FullDiskStartLab: Sendable {
    private let binary: String
    private let folder: TestFolder
    private let disk: LoopDisk
    private static let megabytes = 24
    /// `EX_SOFTWARE`.
    private static let failed: Int32 = 70

    /// Starts `binary` on new and on founded houses, with each of `kibibytes` left on their disk.
    package static func run(
        binary: String, kibibytes: [Int], arguments: [String] = []
    ) async -> FullDiskStartReport {
        var report = FullDiskStartReport()
        report.isPermitted = await LoopDisk.isPossible
        guard report.isPermitted, let folder = try? TestFolder() else { return report }
        defer { folder.remove() }
        do {
            let disk = try await LoopDisk(in: folder, megabytes: megabytes)
            let lab = FullDiskStartLab(binary: binary, folder: folder, disk: disk)
            do { try await lab.play(kibibytes, arguments, &report) } catch {
                report.findings.append("it could not go on: \(error)")
            }
            try await disk.unmount()
        } catch {
            report.findings.append("there is no disk: \(error)")
        }
        return report
    }

    private init(binary: String, folder: TestFolder, disk: LoopDisk) {
        self.binary = binary
        self.folder = folder
        self.disk = disk
    }

    private var data: String { "\(disk.path)/data" }

    private func play(
        _ kibibytes: [Int], _ arguments: [String], _ report: inout FullDiskStartReport
    ) async throws {
        let founded = folder.path("founded")
        try await HouseProcess.serve(binary, data: founded, arguments: arguments, in: folder)
            .terminate()
        for room in kibibytes {
            for isFounded in [false, true] {
                try? FileManager.default.removeItem(atPath: data)
                if isFounded {
                    try FileManager.default.copyItem(atPath: founded, toPath: data)
                }
                try await start(room, isFounded, arguments, &report)
            }
        }
    }

    private func start(
        _ room: Int, _ isFounded: Bool, _ arguments: [String],
        _ report: inout FullDiskStartReport
    ) async throws {
        let what = "\(isFounded ? "a founded" : "a new") house with \(room) KiB left"
        let ballast = try Ballast(in: disk.path, leaving: room << 10)
        defer { ballast.drop() }
        do {
            let house = try await HouseProcess.serve(
                binary, data: data, arguments: arguments, in: folder)
            report.started += 1
            let end = try await house.end(with: SIGTERM, .seconds(10))
            if end != .exited(0) { report.findings.append("\(what): at its end \(end)") }
        } catch ProcessFailure.ended(.exited(Self.failed), let tail) {
            report.refused += 1
            if !tail.contains("orderhouse: ") || !tail.contains("room") && !tail.contains("full") {
                report.findings.append("\(what): no sentence, but: \(tail)")
            }
        } catch ProcessFailure.ended(let end, let tail) {
            report.findings.append("\(what): \(end) \(tail)")
        }
        try await speakless(what, arguments, &report)
    }

    /// The same with standard error and output on the full disk: there is no place for a sentence.
    private func speakless(
        _ what: String, _ arguments: [String], _ report: inout FullDiskStartReport
    ) async throws {
        let words = ["serve", "--data", data, "--listen", "127.0.0.1:0"] + arguments
        let line = ([binary] + words).map { "'\($0)'" }.joined(separator: " ")
        let process = try ChildProcess(
            "/bin/sh", ["-c", "exec \(line) >'\(disk.path)/out' 2>'\(disk.path)/err'"], in: folder)
        try await Task.sleep(for: .milliseconds(700))
        process.signal(SIGTERM)
        let end = try await process.wait(.seconds(10))
        if end != .exited(Self.failed) && end != .exited(0) {
            report.findings.append("\(what), without a word: \(end)")
        }
        for name in ["out", "err"] { unlink("\(disk.path)/\(name)") }
    }
}

/// A file that takes all the room that there is, or all but a little.
struct Ballast {
    private let path: String

    init(in folder: String, leaving room: Int = 0) throws {
        path = "\(folder)/ballast"
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw LoopDisk.Failure.notCut(errno) }
        defer { close(file) }
        var status = statvfs()
        guard fstatvfs(file, &status) == 0 else { throw LoopDisk.Failure.notCut(errno) }
        var left = room == 0 ? Int.max : Int(status.f_bavail) * Int(status.f_frsize) - room
        for size in [1 << 20, 1 << 16, 1 << 12, 1 << 10] {
            let bytes = [UInt8](repeating: 0xa5, count: size)
            while left >= size, write(file, bytes, size) == size { left -= size }
        }
        fsync(file)
    }

    func drop() { unlink(path) }
}
