// SPDX-License-Identifier: Apache-2.0
/// The order's life described a second time, as a plain table of legal steps, and compared with
/// what the rules do: they take every one of these steps, and no other.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Following the automaton` {
    /// Stage, fact, next stage.
    private static let legal = """
        absent > placed > reserving
        reserving > reserved > awaiting-payment
        reserving > rejected > rejected
        reserving > canceling > canceling stock
        awaiting-payment > confirmed > confirmed
        awaiting-payment > canceling > canceling stock
        confirmed > in-fulfillment > in-fulfillment
        confirmed > canceling > canceling shipment stock payment
        in-fulfillment > paid > in-fulfillment paid
        in-fulfillment > delivered > in-fulfillment delivered
        in-fulfillment paid > completed > completed
        in-fulfillment delivered > completed > completed
        in-fulfillment > exception > exception
        in-fulfillment delivered > exception > exception delivered
        exception > delivered > exception delivered
        canceling shipment stock payment > stopped > canceling stock payment
        canceling shipment stock payment > cancel-failed > confirmed
        canceling stock > stopped > canceling stock
        canceling stock > stopped > canceling stock payment
        canceling stock payment > stock-returned > canceling payment
        canceling stock payment > payment-undone > canceling stock
        canceling stock > canceled > canceled
        canceling payment > canceled > canceled
        reserving > reminded > reserving
        confirmed > reminded > confirmed
        in-fulfillment > reminded > in-fulfillment
        in-fulfillment paid > reminded > in-fulfillment paid
        in-fulfillment delivered > reminded > in-fulfillment delivered
        exception > reminded > exception
        canceling shipment stock payment > reminded > canceling shipment stock payment
        canceling stock payment > reminded > canceling stock payment
        canceling stock > reminded > canceling stock
        canceling payment > reminded > canceling payment
        """

    private static let steps = Set(legal.split(separator: "\n").map(String.init))

    @Test func `takes every legal step and no other`() {
        var taken: Set<String> = []
        for history in History.all {
            for word in Word.allCases where word.isPlausible(history.order.order) {
                var order = history.order
                for event in (try? order.decide(word.command, word.moment).get()) ?? [] {
                    let from = order.order.stage
                    order.apply([event])
                    taken.insert("\(from) > \(event.verb) > \(order.order.stage)")
                }
            }
        }
        #expect(taken.subtracting(Self.steps).sorted() == [])
        #expect(Self.steps.subtracting(taken).sorted() == [])
    }

    @Test func `rests exactly where no step leads on`() {
        let left = Set(Self.steps.compactMap { $0.split(separator: " > ").first.map(String.init) })
        for history in History.all {
            let order = history.order.order
            #expect(order.isAtRest != left.contains(order.stage))
            #expect((order.due == nil) == (order.isAtRest || order.stage == "absent"))
        }
    }

    /// Words that nobody would say, in any order and at any time: the legal steps with these few
    /// more, and never a way out of the end.
    @Test func `stays on its tracks whatever it is told`() {
        var chance = Chance(seed: 21)
        let ends: Set = ["completed", "canceled", "rejected", "exception delivered"]
        var ended: Set<String> = []
        for _ in 0..<500 {
            var order = Entities<OrderDecider>()
            var time = Timestamp.noon
            for _ in 0..<40 {
                time = time + chance.span(upTo: .minutes(5))
                let before = order.order
                order.run(chance.one(of: Word.allCases).command, chance.moment(at: time))
                if ends.contains(before.stage) { #expect(order.order == before) }
                #expect(order.order.isAtRest == ends.contains(order.order.stage))
                if let due = order.order.due { #expect(due <= time + .hours(1)) }
            }
            ended.insert(order.order.stage)
            order.expectFoldsAgree(at: [.sample])
        }
        #expect(ended.isSuperset(of: ends))
    }

    @Test func `hears every answer a second time without a new fact`() {
        for history in History.all {
            for word in Set(history.words).subtracting([.place, .cancel, .wake]) {
                guard word.isPlausible(history.order.order) else { continue }
                #expect(
                    history.order.decide(word.command, word.moment) == .success([]),
                    "\(history.words), \(word) again")
            }
        }
    }

    @Test func `never changes what was agreed`() {
        for history in History.all where !history.words.isEmpty {
            let details = history.order.order.details
            #expect(details == given(OrderDecider.self, .placed).order.details)
        }
    }
}
