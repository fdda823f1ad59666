// SPDX-License-Identifier: Apache-2.0
/// Products and articles under their keys: written and read back, they are the same.

import CatalogDomain
import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Keeping the catalog` {
    @Test func `keeps every state`() throws {
        for event in ProductEvent.samples {
            let catalog = given(CatalogDecider.self, .created(.sample), event)
            for state in catalog.states.values { try expectKept(state) }
        }
        try expectKept(CatalogState.absent)
    }

    @Test(arguments: [3, -1, Int64.max])
    func `refuses a kind that it never wrote`(_ kind: Int64) {
        var writer = WireWriter()
        writer.field("kind", kind)
        #expect(throws: WireError.badField("kind")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try CatalogState(from: &reader)
        }
    }

    @Test(arguments: ["", "tea set", "tea/set", String(repeating: "x", count: 41)])
    func `refuses an article of what is no product`(_ code: String) {
        var writer = WireWriter()
        writer.field("kind", 2)
        writer.optional("product", code)
        #expect(throws: WireError.badField("product")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try CatalogState(from: &reader)
        }
    }

    /// Bytes may be damaged: reading them says so or gives some state, and never traps.
    @Test func `takes flipped bits without a trap`() throws {
        let states = given(CatalogDecider.self, ProductEvent.samples).states
            .sorted { $0.key.text < $1.key.text }.map(\.value)
        var chance = Chance(seed: 14)
        var refused = 0
        for _ in 0..<10_000 {
            var bytes = binary(chance.one(of: states))
            for _ in 0...chance.below(3) {
                bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            }
            var reader = WireReader(binary: bytes)
            guard let state = try? CatalogState(from: &reader) else {
                refused += 1
                continue
            }
            var again = WireReader(binary: binary(state))
            #expect(try CatalogState(from: &again) == state)
        }
        #expect((100..<9_900).contains(refused))
    }

    @Test func `reads its keys back`() {
        let keys: [CatalogKey] = [
            .product(.teaSet), .variant(.tea), .product(.of("TEA")),
            .product(.of(String(repeating: "p", count: 40))),
            .variant(.of(String(repeating: "s", count: 40))),
        ]
        for key in keys {
            #expect(CatalogKey(table: key.table, bytes: key.bytes) == key)
            #expect(key.bytes.count < 128)
            #expect(key.bucket < 4_096)
        }
        #expect(CatalogKey.tables == ["products", "variants"])
        #expect(keys.map(\.table) == [0, 1, 0, 0, 1])
    }

    @Test(arguments: [0, 1], ["", "a b", "tea/set", String(repeating: "x", count: 41), "\u{e9}"])
    func `refuses bytes that are no key`(_ table: Int, _ text: String) {
        #expect(CatalogKey(table: table, bytes: Array(text.utf8)) == nil)
    }

    @Test func `rests, since nothing is ever under way`() {
        let catalog = given(CatalogDecider.self, ProductEvent.samples)
        for (key, state) in catalog.states {
            #expect(state.isAtRest)
            #expect(state.due == nil)
            catalog.when(.wake(key)).thenNothing()
        }
        #expect(!CatalogState.absent.isAtRest)
    }
}
