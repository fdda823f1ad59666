// SPDX-License-Identifier: Apache-2.0
/// A house that keeps every promise is found sound, whenever it is looked at.

import Contracts
import Invariants
import Testing

@Suite struct `A sound house on a shelf` {
    private static let scripts: [String: Script] = [
        "completed": .completed, "unpaid": .unpaid, "canceled": .canceled, "rejected": .rejected,
        "products": .products,
    ]

    @Test(arguments: scripts.keys.sorted())
    func `is found sound, at rest and running`(_ name: String) throws {
        let script = try #require(Self.scripts[name])
        for isAtRest in [true, false] {
            let house = Inspected(script).changing { $0.isAtRest = isAtRest }
            #expect(try house.inspection().findings.entries.map(\.examples) == [])
        }
    }

    @Test func `is found sound at every moment`() throws {
        for end in Script.completed.lines.indices.dropFirst(2) {
            let script = Script(Array(Script.completed.lines[...end]))
            let house = Inspected(script).changing { $0.isAtRest = false }
            #expect(try house.inspection().findings.entries.map(\.examples) == [], "\(end)")
        }
    }

    @Test func `ends as the reference house does`() throws {
        for script in Self.scripts.values {
            var reference = ReferenceHouse()
            for line in script.lines { reference.hear(line.fact) }
            var findings = Findings()
            reference.check(try Inspected(script).inspection().snapshot, &findings)
            #expect(findings.entries.map(\.examples) == [])
        }
    }
}
