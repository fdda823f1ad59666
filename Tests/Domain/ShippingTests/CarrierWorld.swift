// SPDX-License-Identifier: Apache-2.0
/// One parcel, its carrier, and a line between them that loses, delays and repeats, on a clock of
/// its own. Everything follows from the seed.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

struct CarrierWorld {
    private enum Item {
        case command(ShipmentCommand)
        /// A call reaches the carrier.
        case arrival(ShipmentState.Phase, answerAt: Timestamp?)
        /// The parcel moves on by itself.
        case move(CarrierWord)
        case word(CarrierWord)
        case death
    }

    private(set) var shipment = Entities<ShipmentDecider>()
    /// Where the parcel is according to the carrier; nil before it knows of it.
    private(set) var truth: CarrierWord?
    private(set) var labels = 0
    private(set) var time = Timestamp.noon
    private(set) var steps = 0

    private let faultsUntil: Timestamp
    private var chance: Chance
    private var agenda: [(at: Timestamp, number: Int, item: Item)] = []
    private var scheduled = 0
    private var started: Int64 = 0

    init(seed: UInt64) {
        chance = Chance(seed: seed)
        faultsUntil = .noon + chance.span(upTo: .hours(6))
        for _ in 0..<chance.below(3) {
            schedule(Item.death, at: .noon + chance.span(upTo: .hours(6)))
        }
    }

    mutating func schedule(_ command: ShipmentCommand, at time: Timestamp) {
        schedule(.command(command), at: time)
    }

    /// Runs until nothing is on its way and nothing is due.
    mutating func run() throws {
        while let next = [earliest().map { agenda[$0].at }, shipment.shipment.due]
            .compactMap(\.self).min()
        {
            steps += 1
            try #require(steps < 20_000, "it never settles")
            time = max(time, next)
            if let index = earliest(), agenda[index].at <= time {
                try take(agenda.remove(at: index).item)
            } else {
                try tell(.wake)
            }
        }
    }

    private func earliest() -> Int? {
        agenda.indices.min { one, other in
            (agenda[one].at, agenda[one].number) < (agenda[other].at, agenda[other].number)
        }
    }

    private mutating func schedule(_ item: Item, at time: Timestamp) {
        scheduled += 1
        agenda.append((time, scheduled, item))
    }

    private mutating func take(_ item: Item) throws {
        switch item {
        case .command(let command): try tell(command)
        case .arrival(let phase, let answerAt):
            let word = perform(phase)
            if let answerAt { schedule(.word(word), at: answerAt) }
        case .move(let word): move(word)
        case .word(let word): try tell(.note(word))
        case .death: try tell(.restart)
        }
    }

    private mutating func tell(_ command: ShipmentCommand) throws {
        shipment.run(command, chance.moment(at: time))
        // What the service would do: each attempt that was logged is made once.
        guard let open = shipment.open, open.isInFlight, open.attempts.number != started
        else { return }
        try #require(open.attempts.number > started, "attempts only grow")
        started = open.attempts.number
        send(open.phase)
    }

    private mutating func send(_ phase: ShipmentState.Phase) {
        let isFaulty = time < faultsUntil
        let transit = chance.span(upTo: isFaulty ? .seconds(15) : .milliseconds(200))
        let isAnswered = !isFaulty || chance.comesUp(60)
        if isFaulty, chance.comesUp(20) {
            // Lost on the way there, or the carrier is not there.
            if chance.comesUp(70) { schedule(.word(.silent), at: time + .seconds(10)) }
            return
        }
        let answerAt = time + transit + (isFaulty ? chance.span(upTo: .seconds(40)) : transit)
        schedule(.arrival(phase, answerAt: isAnswered ? answerAt : nil), at: time + transit)
        if !isAnswered, chance.comesUp(50) {
            schedule(.word(.silent), at: time + .seconds(10))
        }
        if isAnswered, isFaulty, chance.comesUp(20) {
            schedule(.arrival(phase, answerAt: answerAt + .seconds(50)), at: time + transit)
        }
    }

    /// The carrier's side of a call. Labels and cancels are idempotent.
    private mutating func perform(_ phase: ShipmentState.Phase) -> CarrierWord {
        switch (phase, truth) {
        case (.labeling, nil):
            truth = .labeled
            labels += 1
            schedule(.move(.shipped), at: time + chance.span(upTo: .hours(3)))
            return .labeled
        case (.labeling, .canceled): return .canceled
        case (.labeling, _): return .labeled
        case (.canceling, nil), (.canceling, .labeled):
            truth = .canceled
            return .canceled
        case (_, let truth): return truth ?? .notFound
        }
    }

    private mutating func move(_ word: CarrierWord) {
        guard truth == (word == .shipped ? .labeled : .shipped) else { return }
        truth = word
        if word == .shipped {
            schedule(.move(.delivered), at: time + chance.span(upTo: .hours(3)))
        }
        for _ in 0..<chance.below(3) {
            schedule(.word(word), at: time + chance.span(upTo: .hours(4)))
        }
    }
}
