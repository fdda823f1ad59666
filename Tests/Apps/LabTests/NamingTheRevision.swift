// SPDX-License-Identifier: Apache-2.0
/// A program names the revision that it was built from, and never that of the folder it stands in.

import Foundation
import Program
import TemporaryFolders
import Testing

@Suite struct `A built program` {
    @Test(arguments: ["orderhouse", "orderlab", "ordersim"])
    func `names its own revision in the clone of another project`(program: String) async throws {
        try await TestFolder.with { folder in
            let foreign = try Clone(folder.path("other"))
            let path = URL(filePath: Programs.orderhouse).deletingLastPathComponent()
                .appending(path: program).path
            let said = try run(path, ["--version"], in: foreign.path)
            #expect(said == "\(Revision.version(of: program))\n")
            #expect(!said.contains(try foreign.head))
        }
    }

    @Test func `names it in the figures of a simulation, too`() async throws {
        try await TestFolder.with { folder in
            let foreign = try Clone(folder.path("other"))
            let path = URL(filePath: Programs.orderhouse).deletingLastPathComponent()
                .appending(path: "ordersim").path
            let said = try run(
                path, ["--seed", "1", "--orders", "3", "--json"], in: foreign.path)
            let json = try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any]
            #expect(json?["revision"] as? String == Revision.text)
        }
    }
}

@Suite struct `The revision that a build writes down` {
    @Test func `is the commit`() async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            #expect(try clone.written == clone.head)
        }
    }

    @Test(arguments: [
        "Sources/A.swift", "Sources/New.swift", "Package.swift", "Plugins/New.swift",
    ])
    func `is marked when what is built differs from the commit`(file: String) async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            try clone.write("// Changed.", to: file)
            #expect(try clone.written == "\(clone.head)+")
        }
    }

    @Test(arguments: ["README.md", "Tests/New.swift"])
    func `is not marked when something else differs`(file: String) async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            try clone.write("Changed.", to: file)
            #expect(try clone.written == clone.head)
        }
    }

    @Test func `is the next commit after the next one`() async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            let first = try clone.written
            try clone.write("// Changed.", to: "Sources/A.swift")
            try clone.commit()
            #expect(try clone.written == clone.head)
            #expect(try clone.written != first)
        }
    }

    @Test func `is unknown in a folder of another clone, and where there is none`() async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            try FileManager.default.createDirectory(
                atPath: "\(clone.path)/vendor/orderhouse", withIntermediateDirectories: true)
            #expect(try revision(of: "\(clone.path)/vendor/orderhouse") == "unknown")
            try FileManager.default.removeItem(atPath: "\(clone.path)/.git")
            #expect(try clone.written == "unknown")
        }
    }

    /// Or every build would compile what names it.
    @Test func `is written only when it has changed`() async throws {
        try await TestFolder.with { folder in
            let clone = try Clone(folder.path("package"))
            _ = try clone.written
            let past = Date(timeIntervalSince1970: 1_000_000_000)
            let file = clone.path + Clone.output
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: file)
            _ = try clone.written
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.modificationDate] as? Date == past)
        }
    }
}

/// A small package with one commit.
private struct Clone {
    static let output = "/built/Built.swift"
    let path: String

    init(_ path: String) throws {
        self.path = path
        for file in ["Package.swift", "README.md", "Sources/A.swift"] {
            try write("// \(file)", to: file)
        }
        try write("built/", to: ".gitignore")
        try git("init", "--quiet")
        try commit()
    }

    func write(_ text: String, to file: String) throws {
        let file = URL(filePath: "\(path)/\(file)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("\(text)\n".utf8).write(to: file)
    }

    func commit() throws {
        try git("add", "--all")
        try git(
            "-c", "user.name=Test", "-c", "user.email=test@example.com",
            "-c", "commit.gpgSign=false", "commit", "--quiet", "--message", "Change")
    }

    var head: String { get throws { try git("describe", "--always") } }

    var written: String { get throws { try revision(of: path, to: path + Self.output) } }

    @discardableResult
    private func git(_ arguments: String...) throws -> String {
        try run("/usr/bin/env", ["git"] + arguments, in: path)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

/// What scripts/revision.sh writes down for `package`.
private func revision(of package: String, to file: String? = nil) throws -> String {
    let script = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../scripts/revision.sh").standardizedFileURL.path
    let file = file ?? "\(package)/Built.swift"
    _ = try run("/bin/sh", [script, package, file], in: "/")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return text.split(separator: "\"").dropFirst().first.map(String.init) ?? "none in \(text)"
}

/// What a program prints; it must end well.
private func run(_ program: String, _ arguments: [String], in folder: String) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(filePath: folder)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: bytes, as: UTF8.self)
}
