// SPDX-License-Identifier: Apache-2.0
/// The note outlives the process that wrote it. A second mapping of the file sees what a next
/// process would see, whatever became of the first one.

import Foundation
import Ports
import SystemAdapter
import Testing

@Suite struct `The note of what runs` {
    private let folder = TemporaryFolder()
    private var path: String { "\(folder.path)/note" }
    private let input = InputID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)

    @Test func `is empty at first`() throws {
        #expect(try MappedNote(path: path).left == nil)
    }

    @Test func `names the input that was running`() throws {
        let note = try MappedNote(path: path)
        note.begin(InputID(high: 1, low: 2))
        note.end()
        note.begin(input)
        #expect(try MappedNote(path: path).left == input)
        withExtendedLifetime(note) {}
    }

    @Test func `names nothing when the input had ended`() throws {
        let note = try MappedNote(path: path)
        note.begin(input)
        note.end()
        #expect(try MappedNote(path: path).left == nil)
        withExtendedLifetime(note) {}
    }

    @Test func `is kept when the mapping goes`() throws {
        try MappedNote(path: path).begin(input)
        #expect(try MappedNote(path: path).left == input)
    }

    @Test func `stays until it was counted`() throws {
        try MappedNote(path: path).begin(input)
        #expect(try MappedNote(path: path).left == input)
        let third = try MappedNote(path: path)
        #expect(third.left == input)
        third.end()
        #expect(third.left == input, "what was found does not change")
        #expect(try MappedNote(path: path).left == nil)
    }

    @Test func `takes an input of zeros for an input`() throws {
        try MappedNote(path: path).begin(InputID(high: 0, low: 0))
        #expect(try MappedNote(path: path).left == InputID(high: 0, low: 0))
    }

    @Test func `leaves a foreign file alone`() throws {
        let text = Data("This is somebody's shopping list.".utf8)
        try text.write(to: URL(filePath: path))
        #expect(throws: MappedNoteFailure.notANote) { try MappedNote(path: path) }
        #expect(try Data(contentsOf: URL(filePath: path)) == text)
    }

    @Test func `can't be where there is no folder`() {
        #expect(throws: MappedNoteFailure.unavailable) {
            try MappedNote(path: "\(folder.path)/none/note")
        }
    }
}
