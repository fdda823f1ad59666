// SPDX-License-Identifier: Apache-2.0
/// Golden files are written only when somebody asks for it, only where they differ, and never
/// without a word.

import Foundation
import Testing

@Suite struct `Writing golden files` {
    /// A new folder with these files; the caller removes it.
    private func folder(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "golden-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (file, text) in files {
            try text.write(
                to: folder.appending(path: file), atomically: true, encoding: .utf8)
        }
        return folder
    }

    /// A file that is written anew is another one.
    private func number(of file: String, in folder: URL) throws -> Int? {
        let path = folder.appending(path: file).path()
        return try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }

    @Test func `is left out where nothing differs`() throws {
        let folder = try folder(["a.hex": "01\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        let golden = GoldenFolder(folder: folder, isWriting: true)
        let before = try #require(try number(of: "a.hex", in: folder))
        #expect(try golden.complaint(about: "a.hex", "01\n") == nil)
        #expect(try number(of: "a.hex", in: folder) == before)
    }

    @Test(arguments: [
        ("a.hex", "02\n", "lines of it changed"), ("a.hex", "00\n01\n", "look at it"),
        ("b.json", "[\n{\"a\":1},\n{\"a\":2}\n]\n", "look at it"), ("c.hex", "03\n", "look at it"),
    ])
    func `is told of once, and whether lines changed`(
        _ file: String, _ text: String, _ word: String
    ) throws {
        let folder = try folder(["a.hex": "01\n", "b.json": "[\n{\"a\":1}\n]\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        let golden = GoldenFolder(folder: folder, isWriting: true)
        let complaint = try #require(try golden.complaint(about: file, text))
        #expect(complaint.hasPrefix("\(file) was written") && complaint.contains(word))
        #expect(try golden.text(of: file) == text)
        #expect(try golden.complaint(about: file, text) == nil)
    }

    @Test func `is not done unless it is asked for`() throws {
        let folder = try folder(["a.hex": "01\n"])
        defer { try? FileManager.default.removeItem(at: folder) }
        let golden = GoldenFolder(folder: folder, isWriting: false)
        #expect(try golden.complaint(about: "a.hex", "01\n") == nil)
        #expect(try golden.complaint(about: "a.hex", "02\n") == "a.hex differs")
        #expect(try golden.complaint(about: "b.hex", "02\n") == "b.hex is missing")
        #expect(try golden.text(of: "a.hex") == "01\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path()).count == 1)
    }
}
