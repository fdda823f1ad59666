// SPDX-License-Identifier: Apache-2.0
/// A request that comes again within seven days is the same one, after fourteen days it is a new
/// one, and in between either may be true.

import Contracts
import Invariants
import Kernel
import Ports
import SampleFacts
import Testing

@Suite struct `Asking again much later` {
    private static let request = InputID(high: 0, low: 7)
    private static let third = OrderID(UUIDv7(milliseconds: 1_000, bucket: 1, entropy: 3))
    private static let week: Int64 = 7 * 86_400
    /// Seconds between the two, and whether a second effect breaks a rule.
    private static let spans: [(seconds: Int64, isBreach: Bool)] = [
        (1, true), (week - 1, true), (week, false), (2 * week, false), (2 * week + 1, false),
        (52 * week, false),
    ]

    private static func moment(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: seconds * 1_000)
    }

    private static func yes(_ order: OrderID = Sample.order) -> ClientHistory.Answer {
        ClientHistory.Answer(status: 201, body: Array(order.text.utf8), order: order)
    }

    /// The request makes a second order so many seconds after the first one.
    private static func script(after seconds: Int64) -> Script {
        Script.rejected.adding(Sample.placed(.stranger), .command(7), at: seconds)
    }

    @Test(arguments: spans.indices)
    func `a second order of one request is a breach only before its time`(_ index: Int) {
        let (seconds, isBreach) = Self.spans[index]
        #expect(Self.script(after: seconds).broken == (isBreach ? [.o8] : []))
    }

    @Test func `the time begins anew with the second order`() {
        let third = Script.rejected.adding(Sample.placed(.stranger), .command(7), at: Self.week)
            .adding(Sample.placed(Self.third), .command(7), at: 2 * Self.week - 1)
        #expect(third.broken == [.o8])
    }

    @Test(arguments: spans.indices)
    func `a second answer to one request is a breach only before its time`(_ index: Int) throws {
        let (seconds, isBreach) = Self.spans[index]
        let house = Inspected().changing { house in
            house.shelf.answer(
                request: 7, status: 201, version: 1,
                at: Sample.moment(0).advanced(by: .seconds(seconds)))
        }
        #expect(try house.broken == (isBreach ? [.o8] : []))
    }

    /// What a client's history finds that asks twice and is answered `second` the second time.
    private func told(_ second: ClientHistory.Answer, after seconds: Int64) -> Set<Rule> {
        let script =
            second.order == .stranger ? Self.script(after: seconds) : Script.rejected
        return Breaker.told(by: script) { history in
            for (answer, at) in [(Self.yes(), 0), (second, seconds)] {
                history.ask(Self.request, at: Self.moment(at))
                history.note(answer, to: Self.request, fingerprint: 1, at: Self.moment(at))
            }
        }
    }

    @Test(arguments: spans.indices)
    func `a client may be told of a second order only after the time`(_ index: Int) {
        let (seconds, isBreach) = Self.spans[index]
        #expect(told(Self.yes(.stranger), after: seconds).isEmpty != isBreach)
    }

    @Test func `a client may be told of the first order only while its answer is kept`() {
        for seconds in [1, Self.week, 2 * Self.week] {
            #expect(told(Self.yes(), after: seconds) == [])
        }
        #expect(told(Self.yes(), after: 2 * Self.week + 1) == [.o8])
    }

    @Test func `a client may be refused only after the time`() {
        let no = ClientHistory.Answer(status: 409, body: [])
        #expect(told(no, after: Self.week - 1) == [.i1])
        #expect(told(no, after: Self.week) == [])
    }

    @Test func `a house that keeps answers for shorter is held to that`() {
        let hour = Retention(generation: .hours(1))
        #expect(hour.least == .hours(1) && hour.most == .hours(2))
        #expect(Retention.standard == Retention(generation: .days(7)))
        for (seconds, rules) in [(3_599, [Rule.o8]), (3_600, [])] as [(Int64, [Rule])] {
            var telling = Telling()
            let ledger = Ledger(retention: hour)
            for line in Self.script(after: seconds).lines {
                ledger.note(line.fact, at: telling.place(of: line))
                ledger.settle()
            }
            #expect(ledger.findings.rules == rules)
        }
    }
}
