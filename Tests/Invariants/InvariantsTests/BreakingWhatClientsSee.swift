// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules about callers and about the bus.

import Contracts
import Invariants
import Kernel
import Ports
import SampleFacts
import Testing

extension Breaker {
    private static let request = InputID(high: 0, low: 7)
    private static let yes = ClientHistory.Answer(status: 201, body: [1], order: Sample.order)

    /// What a history of callers finds, after the one of the sample order.
    static func told(
        by script: Script = .completed, _ body: (inout ClientHistory) -> Void
    ) -> Set<Rule> {
        var history = ClientHistory()
        body(&history)
        var findings = Findings()
        history.check(script.told(), &findings)
        return Set(findings.rules)
    }

    private static func message(_ position: Int64, after previous: Int64) -> BusMessage {
        BusMessage(
            log: LogName("orders"), epoch: 1, epochBase: 0, partition: 3, position: position,
            previous: previous, key: "k", name: "order.placed.v1", payload: [],
            provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
    }

    /// What a bus finds that carries these, position and previous, of a log that ends at 9.
    private static func published(_ messages: (Int64, Int64)...) -> Set<Rule> {
        published(messages)
    }

    private static func published(
        _ messages: [(Int64, Int64)], by partitioning: Partitioning = .standard
    ) -> Set<Rule> {
        var bus = BusLog(partitioning)
        var findings = Findings()
        for (position, previous) in messages {
            bus.note(message(position, after: previous), head: 9, &findings)
        }
        return Set(findings.rules)
    }

    static let clients: [Breaker] = [
        Breaker(.o4, by: "an order that was acknowledged and is lost") {
            told(by: Script([])) { $0.note(yes, to: request, fingerprint: 1) }
        },
        Breaker(.o4, by: "an order that nobody asked for") { told { _ in } },
        Breaker(.o4, by: "an order that was refused") {
            told { $0.note(.init(status: 400, body: []), to: request, fingerprint: 1) }
        },
        Breaker(.i8, by: "an order that is answered while nobody knows") {
            told {
                $0.note(
                    .init(status: 201, body: [], order: Sample.order, isUndecided: true),
                    to: request, fingerprint: 1)
            }
        },
        Breaker(.i1, by: "other bytes the second time") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.note(
                    .init(status: 201, body: [2], order: Sample.order), to: request, fingerprint: 1)
            }
        },
        Breaker(.i1, by: "a refusal of what was done") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.note(.init(status: 409, body: []), to: request, fingerprint: 1)
            }
        },
        Breaker(.i2, by: "two bodies under one key that are both done") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.note(.init(status: 200, body: []), to: request, fingerprint: 2)
            }
        },
        Breaker(.i3, by: "twins that are told of two orders") {
            told(by: Script.completed.adding(Sample.placed(.stranger), .command(0))) {
                $0.note(yes, to: request, fingerprint: 1)
                $0.note(
                    .init(status: 201, body: [1], order: .stranger), to: request, fingerprint: 1)
            }.subtracting([.i1])
        },
        Breaker(.i3, by: "an order that is not the one its caller was told of") {
            told(by: Script.completed.adding(Sample.placed(.stranger), .command())) { history in
                history.note(
                    .init(status: 201, body: [1], order: .stranger), to: request, fingerprint: 1)
            }
        },
        Breaker(.i5, by: "one order for the keys of two callers") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.note(yes, to: InputID(high: 1, low: 1), fingerprint: 1)
            }
        },
        Breaker(.o10, by: "an order that goes back") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.see(Sample.order, at: 3, by: 1)
                $0.see(Sample.order, at: 2, by: 2)
                $0.see(Sample.order, at: 2, by: 1)
            }
        },
        Breaker(.q7, by: "an order that is not there yet for who placed it") {
            told {
                $0.note(yes, to: request, fingerprint: 1)
                $0.write(Sample.order, at: 1, by: 1)
                $0.see(Sample.order, at: 0, by: 2)
                $0.see(Sample.order, at: 0, by: 1)
            }
        },
        Breaker(.e4, by: "a fact that is passed over") { published((1, 0), (4, 3)) },
        Breaker(.e4, by: "a fact that is never published") {
            var bus = BusLog()
            var findings = Findings()
            bus.note(message(1, after: 0), head: 9, &findings)
            bus.checkEnd(of: LogName("orders"), ends: [0, 0, 0, 4], &findings)
            return Set(findings.rules)
        },
        Breaker(.e5, by: "a fact that is published before its commit") { published((10, 0)) },
        Breaker(.e6, by: "a message in a partition that there is not") {
            Partitioning(count: 2).map { published([(1, 0)], by: $0) } ?? []
        },
        Breaker(.e6, by: "a fact that is published behind a later one") {
            published((1, 0), (4, 1), (1, 0), (2, 1))
        },
    ]
}

@Suite struct `What callers are told` {
    @Test func `a sound history of a caller breaks nothing`() {
        let request = InputID(high: 0, low: 7)
        let yes = ClientHistory.Answer(status: 201, body: [1], order: Sample.order)
        let found = Breaker.told { history in
            history.ask(request)
            history.giveUp(on: request)
            history.note(.init(status: 503, body: []), to: request, fingerprint: 1)
            history.note(yes, to: request, fingerprint: 1)
            history.note(yes, to: request, fingerprint: 1)
            history.note(.init(status: 422, body: []), to: request, fingerprint: 2)
            history.note(
                .init(status: 422, body: []), to: InputID(high: 0, low: 9), fingerprint: 1)
            history.see(Sample.order, at: 2, by: 1)
            history.see(Sample.order, at: 2, by: 1)
        }
        #expect(found == [])
    }

    @Test func `a request whose outcome is unknown may be stored or not`() {
        let request = InputID(high: 0, low: 7)
        for script in [Script.completed, Script([])] {
            #expect(Breaker.told(by: script) { $0.giveUp(on: request) } == [])
        }
    }
}
