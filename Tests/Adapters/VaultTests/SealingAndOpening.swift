// SPDX-License-Identifier: Apache-2.0
/// What is sealed for a person opens for that person, and for nobody else.

import Foundation
import Kernel
import Ports
import Testing
import VaultAdapter

@Suite struct `Sealing and opening` {
    private let folder = TemporaryFolder()

    @Test(arguments: [0, 1, 15, 16, 17, 100_000])
    func `gives back what was sealed`(count: Int) async throws {
        let vault = try FileVault(directory: folder.path)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let sealed = try await vault.seal(bytes, contact: anna)
        #expect(try vault.open(sealed.box, person: sealed.person) == bytes)
    }

    @Test func `the same words never look the same`() async throws {
        let vault = try FileVault(directory: folder.path)
        var boxes: Set<[UInt8]> = []
        for _ in 0..<100 { boxes.insert(try await vault.seal(plain, contact: anna).box) }
        #expect(boxes.count == 100)
    }

    @Test(
        arguments: [
            "Anna.Karenina@Example.COM", "  anna.karenina@example.com",
            "ANNA.KARENINA@EXAMPLE.COM ",
            "\tanna.karenina@example.com\r\n",
        ])
    func `a contact names the same person however it is written`(spelling: String) async throws {
        let vault = try FileVault(directory: folder.path)
        let person = try await vault.seal(plain, contact: anna).person
        #expect(try await vault.seal(plain, contact: spelling).person == person)
    }

    @Test func `a contact beyond ASCII is one, too`() async throws {
        let vault = try FileVault(directory: folder.path)
        let person = try await vault.seal(plain, contact: "jürgen@example.com").person
        #expect(try await vault.seal(plain, contact: " JÜRGEN@Example.com\u{a0}").person == person)
        #expect(try await vault.seal(plain, contact: "jurgen@example.com").person != person)
    }

    @Test(arguments: ["", " ", "\u{a0}", "ben@example.com", "anna.karenina@example.co"])
    func `another contact is another person`(contact: String) async throws {
        let vault = try FileVault(directory: folder.path)
        let person = try await vault.seal(plain, contact: anna).person
        #expect(try await vault.seal(plain, contact: contact).person != person)
    }

    @Test func `a person's id has the shape of the house's ids`() async throws {
        let vault = try FileVault(directory: folder.path)
        for number in 0..<50 {
            let person = try await vault.seal(plain, contact: "p\(number)@example.com").person
            #expect(person.bytes[6] >> 4 == 7)
            #expect(person.bytes[8] >> 6 == 0b10)
        }
    }

    @Test func `two vaults do not know the same person by the same id`() async throws {
        let other = TemporaryFolder()
        let one = try await FileVault(directory: folder.path).seal(plain, contact: anna)
        let two = try await FileVault(directory: other.path).seal(plain, contact: anna)
        #expect(one.person != two.person)
        #expect(throws: VaultFailure.erased, "never known there") {
            try FileVault(directory: other.path).open(one.box, person: one.person)
        }
    }

    @Test func `a box opens for its own person only`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        let ben = try await vault.seal(plain, contact: "ben@example.com")
        #expect(throws: VaultFailure.tampered) {
            try vault.open(sealed.box, person: ben.person)
        }
    }

    @Test func `a box with any bit turned does not open`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(Array("Anna".utf8), contact: anna)
        for index in sealed.box.indices {
            for bit in 0..<8 {
                var box = sealed.box
                box[index] ^= 1 << UInt8(bit)
                // A lower generation is one of an erased key; all else is a forgery.
                let isOlder = index == 4 && bit == 0
                #expect(throws: isOlder ? VaultFailure.erased : .tampered) {
                    try vault.open(box, person: sealed.person)
                }
            }
        }
    }

    @Test func `a box that is cut or extended does not open`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        for count in sealed.box.indices {
            #expect(throws: VaultFailure.tampered) {
                try vault.open(Array(sealed.box[..<count]), person: sealed.person)
            }
        }
        #expect(throws: VaultFailure.tampered) {
            try vault.open(sealed.box + [0], person: sealed.person)
        }
    }

    @Test func `nothing of the person lies in the files`() async throws {
        let vault = try FileVault(directory: folder.path)
        let sealed = try await vault.seal(plain, contact: anna)
        let bytes = try folder.bytes()
        for secret in [Data(plain), Data(anna.utf8), Data("Karenina".utf8)] {
            #expect(bytes.range(of: secret) == nil)
        }
        #expect(bytes.range(of: Data(sealed.person.bytes)) != nil, "the row itself is there")
    }
}
