// SPDX-License-Identifier: Apache-2.0
/// Writes down which revision is built, so that a program can name it wherever it runs later.

import Foundation
import PackagePlugin

/// Runs scripts/revision.sh when a source, the commit or git's index has changed. A command that
/// runs before every build would be simpler, but SwiftPM leaves those out while no file is added.
@main
struct RecordRevision: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let package = context.package.directoryURL
        let script = package.appending(path: "scripts/revision.sh")
        let output = context.pluginWorkDirectoryURL.appending(path: "Built.swift")
        let inputs =
            [script, package.appending(path: "Package.swift")]
            + ["Sources", "Plugins"].flatMap { files(in: package.appending(path: $0)) }
            + marks(of: package)
        return [
            .buildCommand(
                displayName: "Record the revision", executable: URL(filePath: "/bin/sh"),
                arguments: [script.path, package.path, output.path], inputFiles: inputs,
                outputFiles: [output])
        ]
    }

    private func files(in folder: URL) -> [URL] {
        let all = FileManager.default.enumerator(
            at: folder, includingPropertiesForKeys: [.isRegularFileKey],
            options: [.skipsHiddenFiles])
        return (all?.compactMap { $0 as? URL } ?? []).filter {
            (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true
        }
    }

    /// What git changes with a commit, a checkout or an addition; none outside of a clone.
    private func marks(of package: URL) -> [URL] {
        let names = ["HEAD", "logs/HEAD", "index"]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.currentDirectoryURL = package
        process.arguments =
            ["git", "rev-parse"] + names.flatMap { ["--git-path", $0] }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return [] }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            .map { URL(filePath: String($0), relativeTo: package).absoluteURL }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }
}
