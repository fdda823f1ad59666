// SPDX-License-Identifier: Apache-2.0
/// An erased person's boxes stay shut for ever, also when the person comes back.

import Foundation
import GRDB
import Kernel
import Ports
import Testing
import VaultAdapter

@Suite struct `Erasing a person` {
    private let folder = TemporaryFolder()

    @Test func `shuts the boxes, now and after a restart`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        try vault.erase(sealed.person)
        #expect(throws: VaultFailure.erased) { try vault.open(sealed.box, person: sealed.person) }
        let later = try FileVault(directory: folder.path)
        #expect(throws: VaultFailure.erased) { try later.open(sealed.box, person: sealed.person) }
    }

    @Test func `leaves the others alone`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        let ben = try await vault.seal(plain, contact: "ben@example.com")
        try vault.erase(sealed.person)
        #expect(try vault.open(ben.box, person: ben.person) == plain)
    }

    @Test func `lets the person come back with a new key`() async throws {
        let vault = try FileVault(directory: folder.path)
        var shut: [[UInt8]] = []
        for round in 0..<4 {
            let sealed = try await vault.seal(plain, contact: anna)
            #expect(try vault.open(sealed.box, person: sealed.person) == plain)
            for box in shut {
                #expect(throws: VaultFailure.erased, "round \(round)") {
                    try vault.open(box, person: sealed.person)
                }
            }
            shut.append(sealed.box)
            try vault.erase(sealed.person)
        }
    }

    @Test func `may be done twice, and to strangers`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        try vault.erase(sealed.person)
        try vault.erase(sealed.person)
        try vault.erase(UUIDv7(high: 0x7000, low: 1 << 63))
        #expect(throws: VaultFailure.erased) { try vault.open(sealed.box, person: sealed.person) }
    }

    @Test func `leaves nothing of the key in any file`() async throws {
        let vault = try FileVault(directory: folder.path)
        let people = try await (0..<200).asyncMap { number in
            try await vault.seal(plain, contact: "p\(number)@example.com").person
        }
        let keys = try wrappedKeys()
        #expect(keys.count == 200)
        for person in people[50..<150] { try vault.erase(person) }
        let bytes = try folder.bytes()
        for (index, person) in people.enumerated() {
            let isThere = bytes.range(of: try #require(keys[person])) != nil
            #expect(isThere == !(50..<150).contains(index), "person \(index)")
        }
    }

    @Test func `is complete while others are being sealed`() async throws {
        let vault = try FileVault(directory: folder.path, cachedPersonsMax: 4)
        let box = try await vault.seal(plain, contact: anna)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    _ = try? vault.open(box.box, person: box.person)
                    _ = try? await vault.seal(plain, contact: "p\(number)@example.com")
                    if number == 25 { try? vault.erase(box.person) }
                }
            }
        }
        #expect(throws: VaultFailure.erased) { try vault.open(box.box, person: box.person) }
    }

    private func wrappedKeys() throws -> [UUIDv7: Data] {
        let database = try DatabaseQueue(path: "\(folder.path)/vault.sqlite")
        return try database.read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT id, wrapped FROM person")
            return Dictionary(
                uniqueKeysWithValues: rows.compactMap { row in
                    UUIDv7(bytes: row["id"] as Data).map { ($0, row["wrapped"] as Data) }
                })
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<Result>(
        _ transform: (Element) async throws -> Result
    ) async rethrows -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
