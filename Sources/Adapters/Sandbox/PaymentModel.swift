// SPDX-License-Identifier: Apache-2.0
/// The provider's side of the counter, pure: calls in, lines for the books and answers out. The
/// sandbox writes the lines first and only then gives the answers.

import Kernel
import Ports

struct PaymentModel {
    private let settings: SandboxPayments.Settings
    /// Out of a thousand calls, in the order of `manners`.
    private let chances: [Int]
    private let hasChances: Bool
    private var dice: Dice
    private(set) var accounts: [UUIDv7: PaymentAccount] = [:]

    private static let manners: [Manner] = [
        .timeoutBefore, .timeoutAfter, .unavailable, .twice, .slow,
    ]

    /// How a call is treated.
    fileprivate enum Manner {
        case plain, slow, twice, timeoutBefore, timeoutAfter, unavailable, never, webhook
    }

    /// What follows from one batch of calls.
    struct Round {
        var lines = LineWriter()
        var answers: [(Int, ProviderAnswer)] = []
        /// Given a second time.
        var repeats: [(Int, ProviderAnswer)] = []
        /// Given after `slowDelay`.
        var late: [(Int, ProviderAnswer)] = []
        var notices: [ProviderNotice] = []
        var hasUnanswered = false
        /// The accounts as they were before this batch changed them, for `takeBack`.
        fileprivate var before: [(UUIDv7, PaymentAccount)] = []
    }

    init(_ settings: SandboxPayments.Settings) {
        self.settings = settings
        chances = [
            settings.timeoutBefore, settings.timeoutAfter, settings.unavailable, settings.twice,
            settings.slow,
        ]
        hasChances = chances.contains { $0 > 0 }
        dice = Dice(seed: settings.seed)
    }

    /// A fact that is in the books already.
    mutating func restore(_ fact: PaymentFact) {
        accounts[fact.payment, default: PaymentAccount()]
            .book(fact.operation, fact.outcome, fact.amount, at: fact.at)
    }

    mutating func serve(_ calls: [ProviderCall], at now: Timestamp) -> Round {
        var round = Round()
        round.answers.reserveCapacity(calls.count)
        for (index, call) in calls.enumerated() {
            if call.isQuestion {
                let outcome = accounts[call.payment]?[call.operation].outcome
                let answer = outcome?.answer(call.payment, call.operation) ?? .notFound
                round.answer(index, answer, drawn())
            } else {
                take(call, at: now, index, &round)
            }
        }
        return round
    }

    /// The lines could not be written: nothing of the batch has happened, and since some of it may
    /// stand in the books all the same, no answer but `unknown` is true.
    mutating func takeBack(_ round: Round, of calls: [ProviderCall]) -> Round {
        for (payment, account) in round.before.reversed() { accounts[payment] = account }
        var blank = Round()
        blank.answers = calls.indices.map { ($0, .unknown) }
        return blank
    }

    private mutating func take(
        _ call: ProviderCall, at now: Timestamp, _ index: Int, _ round: inout Round
    ) {
        let drawn = drawn()
        // One access: among a million accounts, finding it is half of the work.
        let taken = Self.take(
            call, at: now, window: settings.keyWindow, drawn,
            &accounts[call.payment, default: PaymentAccount()])
        guard let outcome = taken.outcome else {
            return round.answer(index, .unavailable, taken.manner)
        }
        if let before = taken.before {
            let fact = PaymentFact(
                at: now, payment: call.payment, operation: call.operation, outcome: outcome,
                amount: call.amount)
            fact.append(to: &round.lines)
            round.before.append((call.payment, before))
        }
        let answer = outcome.answer(call.payment, call.operation)
        if taken.manner == .webhook {
            let notice = ProviderNotice(
                payment: call.payment, operation: call.operation, answer: answer)
            round.notices += [notice, notice]
        }
        round.answer(index, answer, taken.manner)
    }

    /// What becomes of a call: no outcome when it has no effect, and the account as it was when the
    /// outcome is new.
    private static func take(
        _ call: ProviderCall, at now: Timestamp, window: Span, _ drawn: Manner,
        _ account: inout PaymentAccount
    ) -> (manner: Manner, outcome: PaymentOutcome?, before: PaymentAccount?) {
        let manner = manner(of: call, number: account.count(call.operation), at: now) ?? drawn
        guard manner != .timeoutBefore, manner != .unavailable else { return (manner, nil, nil) }
        if let known = account.remembered(call.operation, at: now, window: window) {
            return (manner, known, nil)
        }
        let before = account
        let outcome = account.outcome(of: call)
        account.book(call.operation, outcome, call.amount, at: now)
        return (manner, outcome, before)
    }

    /// What the token asks for; nil leaves it to the dice. Calls are counted in memory, so a call
    /// is a first one only for a young payment: a provider that starts again and again must not
    /// lose every call.
    private static func manner(
        of call: ProviderCall, number: Int, at now: Timestamp
    ) -> Manner? {
        typealias Token = SandboxPayments.Token
        let isYoung = now.milliseconds - call.payment.milliseconds < 2_000
        return switch call.token {
        case Token.ok: nil
        case Token.slow: .slow
        case Token.timeoutBefore: number == 1 && isYoung ? .timeoutBefore : .plain
        case Token.timeoutAfter: number == 1 ? .timeoutAfter : .plain
        case Token.unavailable: number <= 2 && isYoung ? .unavailable : .plain
        case Token.never: .never
        case Token.twice: .twice
        case Token.webhook: number == 1 ? .webhook : .plain
        default: nil
        }
    }

    private mutating func drawn() -> Manner {
        guard hasChances, let picked = dice.pick(chances) else { return .plain }
        return Self.manners[picked]
    }
}

extension PaymentModel.Round {
    fileprivate mutating func answer(
        _ index: Int, _ answer: ProviderAnswer, _ manner: PaymentModel.Manner
    ) {
        switch manner {
        case .plain: answers.append((index, answer))
        case .slow: late.append((index, answer))
        case .twice:
            answers.append((index, answer))
            repeats.append((index, answer))
        case .timeoutBefore, .timeoutAfter, .webhook: answers.append((index, .unknown))
        case .unavailable: answers.append((index, .unavailable))
        case .never: hasUnanswered = true
        }
    }
}
