// SPDX-License-Identifier: Apache-2.0
/// The files that the rules look at: those of the checkout, or a few planted ones.

import Foundation

struct Tree: Sendable {
    /// Paths from the root, sorted: what git tracks, and what it would track if it were added.
    let paths: [String]
    /// The Swift files among them, and Package.swift.
    let swift: [SourceFile]
    private let contents: @Sendable (String) -> Data?

    init(root: URL) {
        let contents: @Sendable (String) -> Data? = { path in
            try? Data(contentsOf: root.appending(path: path))
        }
        self.init(paths: Self.list(root), contents: contents)
    }

    /// A tree that exists only in a test.
    init(_ planted: [String: String]) {
        self.init(paths: Array(planted.keys)) { planted[$0].map { Data($0.utf8) } }
    }

    private init(paths: [String], contents: @escaping @Sendable (String) -> Data?) {
        self.paths = paths.sorted()
        self.contents = contents
        swift = self.paths.filter { $0.hasSuffix(".swift") }.compactMap { path in
            contents(path).map { SourceFile(path, String(decoding: $0, as: UTF8.self)) }
        }
    }

    /// The Swift files below Sources.
    var sources: [SourceFile] { swift.filter { $0.path.hasPrefix("Sources/") } }

    func bytes(_ path: String) -> [UInt8]? { contents(path).map(Array.init) }

    func text(_ path: String) -> String? {
        contents(path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// True for a file, and for a folder that holds one.
    func holds(_ path: String) -> Bool {
        let path = path.hasSuffix("/") ? String(path.dropLast()) : path
        return paths.contains { $0 == path || $0.hasPrefix(path + "/") }
    }

    /// As git lists them; an unpacked archive without git is walked instead.
    private static func list(_ root: URL) -> [String] {
        let listed = git(root, ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        return listed.map(files) ?? walk(root)

        /// A file that is removed but still tracked is no longer part of the tree.
        func files(_ output: Data) -> [String] {
            Set(output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
                .filter { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
        }
    }

    private static func git(_ root: URL, _ arguments: [String]) -> Data? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "-C", root.path] + arguments
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 && !data.isEmpty ? data : nil
    }

    private static func walk(_ root: URL) -> [String] {
        let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return (all ?? []).filter { path in
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: root.appending(path: path).path, isDirectory: &isFolder)
            let isHidden = [".build/", ".git/", ".swiftpm/"].contains { path.hasPrefix($0) }
            return exists && !isFolder.boolValue && !isHidden
        }
    }
}
