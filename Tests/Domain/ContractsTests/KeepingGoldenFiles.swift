// SPDX-License-Identifier: Apache-2.0
/// History stays readable: what each version of an event looks like is kept in files, byte by byte.
/// `Golden/<name>.json` holds the samples of one name, one a line, and `<name>.hex` the same in the
/// binary form, each after its number. `ORDERHOUSE_WRITE_GOLDEN=1 swift test --filter 'golden files
/// have it'` writes those that are missing or differ, and fails with their names. An existing file
/// may gain lines; a line that changes is a breaking change.

import Contracts
import Foundation
import JSONCodec
import Kernel
import SampleFacts
import Testing

@Suite struct `Keeping golden files` {
    private static let golden = GoldenFolder(
        folder: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden"),
        isWriting: ProcessInfo.processInfo.environment["ORDERHOUSE_WRITE_GOLDEN"] != nil)

    @Test(arguments: Context.all)
    func `writes every fact as the golden files have it`(_ context: Context) throws {
        try writesGolden(context.events)
    }

    private func writesGolden<Event: Sampled>(_ events: Event.Type) throws {
        for name in Event.names {
            let samples = Event.samples.filter { $0.wireName == name }
            let lines = samples.map(\.json).joined(separator: ",\n")
            try compare("[\n\(lines)\n]\n", with: "\(name).json")
            let bytes = samples.map { Hex.text([name.code] + $0.binary) + "\n" }
            try compare(bytes.joined(), with: "\(name).hex")
        }
    }

    @Test(arguments: Context.all)
    func `reads every golden JSON file`(_ context: Context) throws {
        try readsGoldenJSON(context.events)
    }

    private func readsGoldenJSON<Event: Sampled>(_ events: Event.Type) throws {
        for name in Event.names {
            let text = try golden("\(name).json")
            let document = try JSONDocument(parsing: Array(text.utf8))
            let facts = try document.root.elements.map { view in
                var reader = WireReader(json: view)
                return try Event.read(name, from: &reader)
            }
            #expect(facts == Event.samples.filter { $0.wireName == name })
        }
    }

    @Test(arguments: Context.all)
    func `reads every golden binary file`(_ context: Context) throws {
        try readsGoldenBinary(context.events)
    }

    private func readsGoldenBinary<Event: Sampled>(_ events: Event.Type) throws {
        for name in Event.names {
            let facts = try golden("\(name).hex").split(separator: "\n").map { line in
                let bytes = try #require(Hex.bytes(line))
                let name = try #require(Event.names.first { $0.code == bytes.first })
                return try Event(binary: Array(bytes.dropFirst()), as: name)
            }
            #expect(facts == Event.samples.filter { $0.wireName == name })
        }
    }

    @Test func `keeps no golden file that nobody reads`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.golden.folder.path())
        let names = Context.all.flatMap { $0.events.names.map(\.text) }
        #expect(Set(files) == Set(names.flatMap { ["\($0).json", "\($0).hex"] }))
    }

    private func golden(_ file: String) throws -> String { try Self.golden.text(of: file) }

    private func compare(_ text: String, with file: String) throws {
        let complaint = try Self.golden.complaint(about: file, text)
        #expect(complaint == nil, "\(complaint ?? file)")
    }
}
