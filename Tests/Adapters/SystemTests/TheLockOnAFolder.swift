// SPDX-License-Identifier: Apache-2.0
/// One holder at a time, who is named to those who come too late.

import Foundation
import SystemAdapter
import Testing

@Suite struct `The lock on a folder` {
    private let folder = TemporaryFolder()

    @Test func `is refused while somebody holds it, who is named`() throws {
        let lock = try FileLock(directory: folder.path)
        let holder = ProcessInfo.processInfo.processIdentifier
        #expect(throws: FileLockFailure.held(by: holder)) {
            try FileLock(directory: folder.path)
        }
        #expect(throws: FileLockFailure.held(by: holder), "the refused one took nothing away") {
            try FileLock(directory: folder.path)
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `is free again when its holder is gone`() throws {
        for _ in 0..<3 {
            let lock = try FileLock(directory: folder.path)
            withExtendedLifetime(lock) {}
        }
    }

    @Test func `does not care for what a dead holder wrote`() throws {
        try Data("4194303999\n".utf8).write(to: URL(filePath: "\(folder.path)/lock"))
        let lock = try FileLock(directory: folder.path)
        let text = try String(contentsOfFile: "\(folder.path)/lock", encoding: .utf8)
        #expect(text == "\(ProcessInfo.processInfo.processIdentifier)\n")
        withExtendedLifetime(lock) {}
    }

    @Test func `of one folder does not bind another`() throws {
        let other = TemporaryFolder()
        let lock = try FileLock(directory: folder.path)
        let second = try FileLock(directory: other.path)
        withExtendedLifetime((lock, second)) {}
    }

    @Test func `can't be where there is no folder`() {
        #expect(throws: FileLockFailure.unavailable) {
            try FileLock(directory: "\(folder.path)/none")
        }
    }
}
