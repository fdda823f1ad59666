// SPDX-License-Identifier: Apache-2.0
/// Keys outlive the process, memory stays bounded, and a vault that can't be right is not opened.

import ContractSuites
import Foundation
import GRDB
import Kernel
import Ports
import Testing

@testable import VaultAdapter

@Suite struct `Keeping the keys` {
    private let folder = TemporaryFolder()

    @Test func `boxes open after a restart, and the person is the same`() async throws {
        let sealed = try await FileVault(directory: folder.path).seal(plain, contact: anna)
        let later = try FileVault(directory: folder.path)
        #expect(try later.open(sealed.box, person: sealed.person) == plain)
        #expect(try await later.seal(plain, contact: anna).person == sealed.person)
        #expect(try later.open(sealed.box, person: sealed.person) == plain, "the key is the same")
    }

    @Test func `a key is stored before anything is sealed with it`() async throws {
        let vault = try FileVault(directory: folder.path)
        for number in 0..<20 {
            let contact = "p\(number)@example.com"
            let sealed = try await vault.seal(plain, contact: contact)
            // A copy of the files as they are now is what a crash would leave.
            let copy = TemporaryFolder()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
            where !name.hasSuffix("-shm") {
                try FileManager.default.copyItem(
                    atPath: "\(folder.path)/\(name)", toPath: "\(copy.path)/\(name)")
            }
            let other = try FileVault(directory: copy.path)
            #expect(try other.open(sealed.box, person: sealed.person) == plain)
        }
    }

    @Test func `a key survives a loss of power before anything is sealed with it`() throws {
        let store = try PersonStore(
            path: "\(folder.path)/vault.sqlite",
            master: MasterKey(Array(repeating: 7, count: MasterKey.byteCount)),
            cache: PersonCache(capacity: 8), random: RandomPool())
        let names = ["journal_mode", "synchronous", "secure_delete", "wal_autocheckpoint"]
        let values = try store.database.read { db in
            try names.map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        // 2 is FULL.
        #expect(values == ["wal", "2", "1", "8000"])
    }

    #if os(Linux)
        @Test func `the index of the log keeps its locks`() throws {
            let vault = try FileVault(directory: folder.path)
            #expect(SharedIndexLock.isHeld(of: "\(folder.path)/vault.sqlite") == true)
            withExtendedLifetime(vault) {}
        }
    #endif

    @Test func `persons beyond the memory's bound are found again`() async throws {
        let vault = try FileVault(directory: folder.path, cachedPersonsMax: 8)
        var sealed: [(person: UUIDv7, box: [UInt8])] = []
        for number in 0..<100 {
            sealed.append(try await vault.seal([UInt8(number)], contact: "p\(number)@example.com"))
        }
        for (number, one) in sealed.enumerated() {
            #expect(try vault.open(one.box, person: one.person) == [UInt8(number)])
            let again = try await vault.seal([0], contact: "p\(number)@example.com")
            #expect(again.person == one.person)
        }
    }

    @Test func `many who come at once each get their key, and each person one`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await withThrowingTaskGroup(
            of: (Int, (person: UUIDv7, box: [UInt8])).self
        ) { group in
            for number in 0..<400 {
                group.addTask {
                    let contact = "p\(number % 100)@example.com"
                    return (number, try await vault.seal([UInt8(number % 100)], contact: contact))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(sealed.map(\.1.person)).count == 100)
        let later = try FileVault(directory: folder.path)
        for (number, one) in sealed {
            #expect(try later.open(one.box, person: one.person) == [UInt8(number % 100)])
        }
    }

    @Test func `the files are their owner's only`() async throws {
        let vault = try FileVault(directory: folder.path)
        _ = try await vault.seal(plain, contact: anna)
        for name in ["vault.key", "vault.sqlite", "vault.sqlite-wal"] {
            #expect(try folder.permissions(of: name) == 0o600, "\(name)")
        }
    }

    @Test(arguments: [0o604, 0o602, 0o640, 0o620, 0o660, 0o644, 0o666])
    func `a master key that others may touch is refused`(permissions: Int) throws {
        _ = try FileVault(directory: folder.path)
        try folder.set(permissions: permissions, of: "vault.key")
        #expect(throws: VaultOpenFailure.keyExposed) { try FileVault(directory: folder.path) }
    }

    @Test func `a master key that only its owner may read is taken`() throws {
        _ = try FileVault(directory: folder.path)
        try folder.set(permissions: 0o400, of: "vault.key")
        _ = try FileVault(directory: folder.path)
    }

    @Test(arguments: [0, 31, 33])
    func `a master key of another size is refused`(count: Int) throws {
        let path = "\(folder.path)/vault.key"
        try Data(repeating: 1, count: count).write(to: URL(filePath: path))
        try folder.set(permissions: 0o600, of: "vault.key")
        #expect(throws: VaultOpenFailure.keyDamaged) { try FileVault(directory: folder.path) }
    }

    @Test func `a lost master key is not replaced in silence`() throws {
        _ = try FileVault(directory: folder.path)
        try folder.remove("vault.key")
        for _ in 0..<2 {
            #expect(throws: VaultOpenFailure.keyMissing) { try FileVault(directory: folder.path) }
        }
    }

    @Test func `another master key is recognized`() throws {
        _ = try FileVault(directory: folder.path)
        let path = "\(folder.path)/vault.key"
        try Data(repeating: 1, count: 32).write(to: URL(filePath: path))
        try folder.set(permissions: 0o600, of: "vault.key")
        #expect(throws: VaultOpenFailure.wrongKey) { try FileVault(directory: folder.path) }
    }

    @Test func `a newer vault is left alone`() throws {
        _ = try FileVault(directory: folder.path)
        let database = try DatabaseQueue(path: "\(folder.path)/vault.sqlite")
        try database.write { db in try db.execute(sql: "UPDATE about SET version = version + 1") }
        #expect(throws: VaultOpenFailure.incompatible) { try FileVault(directory: folder.path) }
    }

    @Test func `a damaged key keeps one person out and no others`() async throws {
        let sealed = try await FileVault(directory: folder.path).seal(plain, contact: anna)
        let database = try DatabaseQueue(path: "\(folder.path)/vault.sqlite")
        try await database.write { db in
            try db.execute(
                sql: "UPDATE person SET wrapped = zeroblob(60) WHERE id = ?",
                arguments: [Data(sealed.person.bytes)])
        }
        let vault = try FileVault(directory: folder.path)
        #expect(throws: VaultFailure.unavailable) {
            try vault.open(sealed.box, person: sealed.person)
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: VaultFailure.unavailable) {
                    try await vault.seal(plain, contact: anna)
                }
            }
            for number in 0..<20 {
                group.addTask {
                    await #expect(throws: Never.self) {
                        try await vault.seal(plain, contact: "p\(number)@example.com")
                    }
                }
            }
        }
    }

    @Test func `a vault needs a folder to be in`() {
        #expect(throws: VaultOpenFailure.unavailable) {
            try FileVault(directory: "\(folder.path)/none/vault")
        }
    }
}
