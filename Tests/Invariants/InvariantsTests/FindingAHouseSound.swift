// SPDX-License-Identifier: Apache-2.0
/// A house that keeps every promise is found sound, whenever it is looked at.

import Contracts
import Invariants
import NodeEngine
import Ports
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

    @Test func `is found sound with an answer that was pending first`() throws {
        let house = Inspected(.completed).changing {
            let answered = $0.shelf.frames[LogName("orders.replies")]
            #expect(answered?.count == 1)
            $0.shelf.frames[LogName("orders.replies")] = []
            $0.shelf.answer(request: 7, status: 0, version: 0)
            $0.shelf.answer(request: 7, status: 201, version: 1)
        }
        #expect(try house.inspection().findings.entries.map(\.examples) == [])
    }

    @Test func `tells what is owed to the outside, and nothing when all is done`() throws {
        let open = Inspected(.awaitingPayment).changing { $0.isAtRest = false }
        let owed = try open.inspection().snapshot.owedCalls(at: Sample.moment(0))
        #expect(owed.map(\.service) == ["payments"])
        #expect(owed.map(\.calls.operation) == ["authorize"] && owed.map(\.calls.count) == [1])
        #expect(try Inspected().inspection().snapshot.owedCalls(at: Sample.moment(0)).isEmpty)
    }

    @Test func `counts what there is, for people`() throws {
        let counts = try Inspected(.unpaid).inspection().counts
        #expect(
            counts.map { "\($0.count) \($0.name)" } == [
                "1 orders", "\(Script.unpaid.lines.count) events", "1 payments", "1 shipments",
                "1 messages", "0 products and articles", "0 open orders", "1 exceptions",
                "0 failed messages",
            ])
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
