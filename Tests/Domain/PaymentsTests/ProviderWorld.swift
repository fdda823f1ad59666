// SPDX-License-Identifier: Apache-2.0
/// One payment, its provider, and a line between them that loses, delays and repeats, on a clock of
/// its own. Everything follows from the seed.

import Contracts
import GivenWhenThen
import Kernel
import PaymentsDomain
import SampleFacts
import Testing

struct ProviderWorld {
    /// What can go wrong in a world.
    struct Manners {
        /// Answers that come after the caller gave up on them.
        var areAnswersLate = false
        /// How long a call may be under way before it is carried out.
        var transitMax = Span.milliseconds(200)
        /// When the last fault happens, after noon.
        var faultsMax = Span.hours(2)
    }

    private enum Item {
        case command(PaymentCommand)
        /// A call reaches the provider.
        case arrival(PaymentStep, attempt: Int64, isQuestion: Bool, answerAt: Timestamp?)
        /// What the attempt's worker hears; nil for a notice, which nobody asked for.
        case answer(PaymentStep, PaymentOutcome, attempt: Int64?)
        case death
    }

    private(set) var payment = Entities<PaymentDecider>()
    private(set) var books: ProviderBooks
    private(set) var time = Timestamp.noon
    private(set) var steps = 0
    /// True while an earlier call of the step may have been carried out for all that is known.
    private(set) var mayHaveHappened: PaymentStep?

    private let manners: Manners
    private let faultsUntil: Timestamp
    private var chance: Chance
    private var agenda: [(at: Timestamp, number: Int, item: Item)] = []
    private var scheduled = 0
    private var started: Int64 = 0
    /// The attempt whose answer the house waits for; a restart forgets it.
    private var openAttempt: Int64?

    init(seed: UInt64, _ manners: Manners, isDeclined: Bool) {
        chance = Chance(seed: seed)
        self.manners = manners
        books = ProviderBooks(declines: isDeclined)
        faultsUntil = .noon + chance.span(upTo: manners.faultsMax)
        for _ in 0..<chance.below(3) {
            schedule(Item.death, at: .noon + chance.span(upTo: manners.faultsMax))
        }
    }

    mutating func schedule(_ command: PaymentCommand, at time: Timestamp) {
        schedule(.command(command), at: time)
    }

    /// Runs until nothing is on its way and nothing is due.
    mutating func run() throws {
        while let next = next() {
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

    private func next() -> Timestamp? {
        [earliest().map { agenda[$0].at }, payment.payment.due].compactMap(\.self).min()
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
        case .arrival(let step, let attempt, let isQuestion, let answerAt):
            let outcome =
                isQuestion ? books.answer(about: step) : books.perform(step, at: time)
            if let answerAt { schedule(.answer(step, outcome, attempt: attempt), at: answerAt) }
            if !isQuestion { sendNotices(step, outcome) }
        case .answer(let step, let outcome, let attempt):
            if let attempt, attempt != openAttempt, !manners.areAnswersLate { return }
            if attempt == openAttempt { noteAnswer(step, outcome) }
            try tell(.note(step, outcome))
        case .death:
            openAttempt = nil
            agenda.removeAll { entry in
                if case .answer(_, _, attempt: .some) = entry.item { true } else { false }
            }
            try tell(.restart)
        }
        try #require(books.captures <= 1, "captured twice")
    }

    private mutating func noteAnswer(_ step: PaymentStep, _ outcome: PaymentOutcome) {
        openAttempt = nil
        switch outcome {
        case .unknown: mayHaveHappened = step
        case .notFound, .done, .refused: mayHaveHappened = nil
        case .unavailable: break
        }
    }

    private mutating func tell(_ command: PaymentCommand) throws {
        let before = payment.open
        let events = payment.run(command, chance.moment(at: time))
        if events.contains(where: \.isLost) { mayHaveHappened = before?.phase.step }
        if payment.open?.phase.step != mayHaveHappened { mayHaveHappened = nil }
        try startEffect()
    }

    /// What the service would do: each attempt that was logged is made once.
    private mutating func startEffect() throws {
        guard let open = payment.open, open.isInFlight, let step = open.phase.step,
            open.attempts.number != started
        else { return }
        try #require(open.attempts.number > started, "attempts only grow")
        started = open.attempts.number
        openAttempt = open.attempts.number
        if !open.isQuestion {
            try #require(time < open.callUntil, "a call past the key's window")
            if !manners.areAnswersLate {
                try #require(mayHaveHappened == nil, "called again without asking")
            }
        }
        send(step, attempt: open.attempts.number, isQuestion: open.isQuestion)
    }

    private mutating func send(_ step: PaymentStep, attempt: Int64, isQuestion: Bool) {
        let isFaulty = time < faultsUntil
        let timeout = time + .seconds(10)
        let transit = chance.span(upTo: isFaulty ? manners.transitMax : .milliseconds(200))
        let arrival = Item.arrival(
            step, attempt: attempt, isQuestion: isQuestion, answerAt: time + transit)
        switch isFaulty ? chance.below(10) : 9 {
        case 0:
            // Lost on the way there.
            schedule(.answer(step, .unknown, attempt: attempt), at: timeout)
        case 1:
            schedule(.answer(step, .unavailable, attempt: attempt), at: time + .seconds(1))
        case 2:
            // Lost on the way back, or still on its way when its time is up.
            schedule(
                .arrival(step, attempt: attempt, isQuestion: isQuestion, answerAt: nil),
                at: time + transit)
            schedule(.answer(step, .unknown, attempt: attempt), at: timeout)
        case 3:
            // Nobody says anything: the lease has to run out.
            schedule(
                .arrival(step, attempt: attempt, isQuestion: isQuestion, answerAt: nil),
                at: time + transit)
        case 4, 5:
            // The answer comes when nobody waits for it any more.
            let late = time + .seconds(11) + chance.span(upTo: .minutes(2))
            schedule(
                .arrival(step, attempt: attempt, isQuestion: isQuestion, answerAt: late),
                at: time + transit)
            schedule(.answer(step, .unknown, attempt: attempt), at: timeout)
        case 6:
            // Twice.
            schedule(arrival, at: time + transit)
            schedule(arrival, at: time + transit + chance.span(upTo: .seconds(5)))
        default: schedule(arrival, at: time + transit)
        }
    }

    /// By webhook: never, once or often; at once or hours later.
    private mutating func sendNotices(_ step: PaymentStep, _ outcome: PaymentOutcome) {
        guard time < faultsUntil else { return }
        for _ in 0..<chance.below(3) {
            let delay = chance.span(upTo: chance.comesUp(30) ? .hours(3) : .seconds(20))
            schedule(.answer(step, outcome, attempt: nil), at: time + delay)
        }
    }
}

extension PaymentEvent {
    /// True when a call's fate became unknown.
    fileprivate var isLost: Bool {
        switch self {
        case .deferred(_, _, .unknown, _), .deferred(_, _, .interrupted, _): true
        default: false
        }
    }
}
