// SPDX-License-Identifier: Apache-2.0
/// The order is its own saga: at every moment its state says what is owed next, and an answer that
/// is overdue is asked for again, under the same ids, at growing intervals.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts
import Testing

@Suite struct `Reminding others` {
    private typealias Step = OrderEvent.Reminded.Step

    /// What a stage waits for; nil when an overdue answer ends the waiting, or none is expected.
    private static func owed(in stage: String, remindAt: Timestamp) -> Step? {
        let order = OrderID.sample
        return switch stage {
        case "reserving": .hold(warehouse: .north, lines: [.of(.cup, 2), .of(.tea, 4)])
        case "confirmed": .ship(OrderEvent.confirmed(remindAt: remindAt))
        case "in-fulfillment", "in-fulfillment delivered": .capture(order.payment())
        case "in-fulfillment paid", "exception": .track(order.shipment())
        case "canceling shipment stock payment": .stopShipment(order.shipment())
        case "canceling stock payment": .giveBack(hold: order.hold(), payment: order.payment())
        case "canceling stock": .giveBack(hold: order.hold(), payment: nil)
        case "canceling payment": .giveBack(hold: nil, payment: order.payment())
        default: nil
        }
    }

    @Test func `asks for what is owed after every part of every history`() throws {
        var asked: Set<String> = []
        for history in History.all where !history.words.isEmpty {
            let order = history.order.order
            let late = Timestamp.noon + .days(1)
            let outcome = history.order.when(.wake(.sample), at: late)
            let step = Self.owed(in: order.stage, remindAt: late + Self.pause(order.reminders + 1))
            guard let step else {
                let isExpired = order.stage == "awaiting-payment"
                #expect(outcome.events.map(\.verb) == (isExpired ? ["canceling", "stopped"] : []))
                continue
            }
            asked.insert(order.stage)
            let remindAt = late + Self.pause(order.reminders + 1)
            outcome.then(.reminded(.init(order: .sample, step: step, remindAt: remindAt)))
        }
        #expect(asked.count == 10)
    }

    /// The shortest pause after the `count`-th reminder: half of 1, 2, 4 ... minutes, up to 60.
    private static func pause(_ count: Int64) -> Span {
        .seconds(30 * min(60, 1 << min(count, 6)))
    }

    @Test func `waits until the answer is overdue`() throws {
        for history in History.all {
            guard let due = history.order.order.due else {
                history.order.decide(.wake(.sample), Word.wake.moment).expectNothing()
                continue
            }
            history.order.when(.wake(.sample), at: due + .milliseconds(-1)).thenNothing()
            #expect(!history.order.when(.wake(.sample), at: due).events.isEmpty)
        }
    }

    @Test(arguments: [0, UInt64.max, 0x1234_5678_9abc_def0])
    func `asks with the same ids at growing intervals`(_ draw: UInt64) throws {
        for history in History.all where !history.words.isEmpty {
            var order = history.order
            guard order.order.stage != "awaiting-payment" else { continue }
            let first = order.order.reminders
            for count in 1...12 {
                guard let due = order.order.due else { break }
                let moment = Moment(at: due, draw: draw, principal: .house)
                let events = order.run(.wake(.sample), moment)
                let next = try #require(order.order.due)
                let pause = next.since(due)
                let shortest = Self.pause(first + Int64(count))
                #expect(pause >= shortest)
                #expect(pause.milliseconds <= shortest.milliseconds * 2)
                let step = try #require(Self.owed(in: order.order.stage, remindAt: next))
                #expect(
                    events == [.reminded(.init(order: .sample, step: step, remindAt: next))])
            }
        }
    }

    @Test func `begins anew with a new request`() {
        var order = given(OrderDecider.self, .placed)
        for _ in 0..<5 { order.run(.wake(.sample), Self.atDue(order)) }
        #expect(order.order.reminders == 5)
        let confirmed = order.when(.noteHeld(.sample)).when(.noteAuthorized(.sample))
        #expect(confirmed.entities.order.reminders == 0)
        #expect(confirmed.entities.order.due == .noon + .firstPause)
    }

    private static func atDue(_ order: Entities<OrderDecider>) -> Moment {
        Moment(at: order.order.due ?? .noon, draw: 0, principal: .house)
    }

    @Test func `takes the answer to a reminder like the first`() {
        for word in [Word.held, .refused, .cancel] {
            let waiting = given(OrderDecider.self, .placed)
            let reminded = waiting.when(.wake(.sample), at: .noon + .minutes(1))
            #expect(reminded.when(word.command).events == waiting.when(word.command).events)
        }
    }
}

extension Result where Success == [OrderEvent] {
    fileprivate func expectNothing() {
        #expect(((try? get()) ?? []).isEmpty)
    }
}
