// SPDX-License-Identifier: Apache-2.0
/// What the provider remembers of one payment, and the rules by which it takes operations.

import Kernel
import Ports

struct PaymentAccount: Equatable {
    /// The latest authorization that was granted, voided or not.
    private var authorized: Money?
    private var authorization = Entry()
    private var capture = Entry()
    private var void = Entry()

    /// What is known of one operation. Eight bytes, since a provider has many payments.
    struct Entry: Equatable {
        var outcome: PaymentOutcome?
        /// Calls, not questions; stops at 255.
        var calls: UInt8 = 0
        private var millisecondsHigh: UInt16 = 0
        private var millisecondsLow: UInt32 = 0

        var bookedAt: Timestamp {
            Timestamp(milliseconds: Int64(millisecondsHigh) << 32 | Int64(millisecondsLow))
        }

        /// A time outside 48 bits counts as none.
        mutating func book(_ outcome: PaymentOutcome, at now: Timestamp) {
            self.outcome = outcome
            millisecondsHigh = UInt16(exactly: now.milliseconds >> 32) ?? 0
            millisecondsLow = UInt32(truncatingIfNeeded: now.milliseconds)
        }
    }

    subscript(_ operation: ProviderCall.Operation) -> Entry {
        get {
            switch operation {
            case .authorize: authorization
            case .capture: capture
            case .voidAuthorization: void
            }
        }
        set {
            switch operation {
            case .authorize: authorization = newValue
            case .capture: capture = newValue
            case .voidAuthorization: void = newValue
            }
        }
    }

    /// Counts a call; tells how many there were of this operation.
    mutating func count(_ operation: ProviderCall.Operation) -> Int {
        if self[operation].calls < .max { self[operation].calls += 1 }
        return Int(self[operation].calls)
    }

    /// The outcome of an earlier call whose key is not forgotten yet.
    func remembered(
        _ operation: ProviderCall.Operation, at now: Timestamp, window: Span
    ) -> PaymentOutcome? {
        let entry = self[operation]
        return now.since(entry.bookedAt) < window ? entry.outcome : nil
    }

    /// What becomes of `call` when it is carried out now. A provider that has forgotten the key
    /// does not notice a repeat: it captures again.
    func outcome(of call: ProviderCall) -> PaymentOutcome {
        switch call.operation {
        case .authorize:
            if void.outcome == .done { return .voided }
            if call.amount.isNegative { return .badAmount }
            switch call.token {
            case SandboxPayments.Token.declined: return .cardDeclined
            case SandboxPayments.Token.insufficientFunds: return .insufficientFunds
            default: return .done
            }
        case .capture:
            guard let authorized, void.outcome != .done else { return .noAuthorization }
            if call.amount.isNegative { return .badAmount }
            if call.token == SandboxPayments.Token.captureDeclined { return .captureDeclined }
            let isCovered =
                call.amount.currency == authorized.currency
                && call.amount.amount <= authorized.amount
            return isCovered ? .done : .exceedsAuthorization
        case .voidAuthorization:
            return capture.outcome == .done ? .alreadyCaptured : .done
        }
    }

    mutating func book(
        _ operation: ProviderCall.Operation, _ outcome: PaymentOutcome, _ amount: Money,
        at now: Timestamp
    ) {
        self[operation].book(outcome, at: now)
        if operation == .authorize, outcome == .done { authorized = amount }
    }
}
