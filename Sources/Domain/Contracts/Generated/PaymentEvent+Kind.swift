// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension PaymentEvent {
    public enum Kind {
        public static let requested = FactKind<PaymentEvent, Requested>(names[0]) {
            if case .requested(let requested) = $0 { requested } else { nil }
        }
        public static let attempted = FactKind<
            PaymentEvent, (
                payment: PaymentID, order: OrderID, attempt: Int64, isQuestion: Bool,
                leaseUntil: Timestamp)
        >(names[1]) { fact in
            guard case .attempted(
                let payment, let order, let attempt, let isQuestion, let leaseUntil) = fact
            else { return nil }
            return (payment, order, attempt, isQuestion, leaseUntil)
        }
        public static let deferred = FactKind<
            PaymentEvent, (
                payment: PaymentID, order: OrderID, because: DeferralReason, retryAt: Timestamp)
        >(names[2]) { fact in
            guard case .deferred(let payment, let order, let because, let retryAt) = fact
            else { return nil }
            return (payment, order, because, retryAt)
        }
        public static let authorized = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, reference: String)
        >(names[3]) { fact in
            guard case .authorized(let payment, let order, let reference) = fact
            else { return nil }
            return (payment, order, reference)
        }
        public static let declined = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, code: String)
        >(names[4]) { fact in
            guard case .declined(let payment, let order, let code) = fact
            else { return nil }
            return (payment, order, code)
        }
        public static let captureRequested = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, start: CallStart)
        >(names[5]) { fact in
            guard case .captureRequested(let payment, let order, let start) = fact
            else { return nil }
            return (payment, order, start)
        }
        public static let captured = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, amount: Money)
        >(names[6]) { fact in
            guard case .captured(let payment, let order, let amount) = fact
            else { return nil }
            return (payment, order, amount)
        }
        public static let captureFailed = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, code: String)
        >(names[7]) { fact in
            guard case .captureFailed(let payment, let order, let code) = fact
            else { return nil }
            return (payment, order, code)
        }
        public static let voidRequested = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID, start: CallStart)
        >(names[8]) { fact in
            guard case .voidRequested(let payment, let order, let start) = fact
            else { return nil }
            return (payment, order, start)
        }
        public static let voided = FactKind<
            PaymentEvent, (payment: PaymentID, order: OrderID)
        >(names[9]) { fact in
            guard case .voided(let payment, let order) = fact
            else { return nil }
            return (payment, order)
        }
    }
}
