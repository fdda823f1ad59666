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
        /// Unix seconds.
        var bookedAt: UInt32 = 0
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
        let age = now.milliseconds / 1_000 - Int64(entry.bookedAt)
        return age * 1_000 < window.milliseconds ? entry.outcome : nil
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
        self[operation].outcome = outcome
        self[operation].bookedAt = UInt32(clamping: now.milliseconds / 1_000)
        if operation == .authorize, outcome == .done { authorized = amount }
    }
}
