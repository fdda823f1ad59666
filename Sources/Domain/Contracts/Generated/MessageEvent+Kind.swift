// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Each fact by itself, for tables by fact.

public import Kernel

extension MessageEvent {
    public enum Kind {
        public static let queued = FactKind<MessageEvent, Queued>(names[0]) {
            if case .queued(let queued) = $0 { queued } else { nil }
        }
        public static let attempted = FactKind<
            MessageEvent, (
                message: MessageID, order: OrderID, attempt: Int64, leaseUntil: Timestamp)
        >(names[1]) { fact in
            guard case .attempted(let message, let order, let attempt, let leaseUntil) = fact
            else { return nil }
            return (message, order, attempt, leaseUntil)
        }
        public static let deferred = FactKind<
            MessageEvent, (message: MessageID, order: OrderID, retryAt: Timestamp)
        >(names[2]) { fact in
            guard case .deferred(let message, let order, let retryAt) = fact
            else { return nil }
            return (message, order, retryAt)
        }
        public static let sent = FactKind<
            MessageEvent, (message: MessageID, order: OrderID)
        >(names[3]) { fact in
            guard case .sent(let message, let order) = fact
            else { return nil }
            return (message, order)
        }
        public static let failed = FactKind<
            MessageEvent, (message: MessageID, order: OrderID, code: String)
        >(names[4]) { fact in
            guard case .failed(let message, let order, let code) = fact
            else { return nil }
            return (message, order, code)
        }
    }
}
