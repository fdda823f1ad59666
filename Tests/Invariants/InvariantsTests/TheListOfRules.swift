// SPDX-License-Identifier: Apache-2.0
/// The list of rules, the list of what is left out, and the page that shows both.

import Foundation
import Invariants
import Testing

@Suite struct `The list of rules` {
    @Test func `rules and omissions together are the whole list, each once`() {
        let ids = Rule.all.map(\.id) + Omission.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.count == Omission.listed)
    }

    @Test func `every rule is a sentence and is checked at some time`() {
        for rule in Rule.all {
            #expect(rule.promise.hasSuffix(".") && rule.promise.count > 15, "\(rule.id)")
            #expect(!rule.stages.isEmpty, "\(rule.id)")
        }
        #expect(Set(Rule.all.map(\.promise)).count == Rule.all.count)
        #expect(Omission.all.allSatisfy { $0.reason.hasSuffix(".") && $0.promise.hasSuffix(".") })
    }

    @Test func `the page shows exactly these lists`() throws {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let page = try String(
            contentsOf: root.appending(path: "docs/reference/invariants.md"), encoding: .utf8)
        #expect(page.hasSuffix(Rule.tables), "print it with `orderhouse invariants`")
    }
}
