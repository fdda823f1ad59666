// SPDX-License-Identifier: Apache-2.0
/// What a payment is at a moment, and which call to the provider it owes.

package import Contracts
package import Kernel

/// One payment attempt of an order; nothing before it was requested.
package enum PaymentState: EntityState {
    case absent
    /// Given up before it was requested: a request that comes late is refused.
    case tombstone(PaymentID, OrderID)
    /// In a box of its own: a state is copied at every step.
    indirect case open(Open)

    package struct Open: Sendable, Equatable {
        package let payment: PaymentID
        package let order: OrderID
        package let amount: Money
        package let token: String
        /// Past this moment the provider may only be asked, never called again.
        package var callUntil: Timestamp
        package var phase: Phase
        /// The call that the present phase owes, questions included.
        package var attempts: Attempts
        /// True when an earlier call of this phase may have been carried out: ask, don't call.
        package var isUnknown: Bool
        /// True when the call under way is only a question.
        package var isQuestion: Bool
        /// True when the provider was asked past `callUntil`, and knew of nothing: it is asked once
        /// more.
        package var isMissing: Bool
        /// The order is off: whatever becomes authorized is to be voided.
        package var isUnwanted: Bool
        /// What the provider said last, for people.
        package var note: String

        /// True while a call is under way.
        package var isInFlight: Bool { attempts.isInFlight }
        package var due: Timestamp? { attempts.due }
        /// True when the provider was never called in the present phase.
        package var isUncalled: Bool { attempts.made == 0 }
        /// True when no call is under way and the provider knows of none: what it is told next
        /// decides, so that it can be told to void instead of to authorize.
        package var isIdle: Bool { !isInFlight && !isUnknown }
    }

    package enum Phase: String, Sendable, CaseIterable {
        case authorizing, authorized, declined, capturing, captured, voiding, voided
        case captureFailed = "capture-failed"
    }

    package var due: Timestamp? {
        if case .open(let open) = self { open.due } else { nil }
    }

    package var isAtRest: Bool {
        switch self {
        case .absent: false
        case .tombstone: true
        case .open(let open):
            switch open.phase {
            case .declined, .captured, .voided, .captureFailed: true
            case .authorizing, .authorized, .capturing, .voiding: false
            }
        }
    }
}

extension PaymentState: WireCoded {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .absent: writer.field("kind", 0)
        case .tombstone(let payment, let order):
            writer.field("kind", 1)
            writer.field("payment", payment)
            writer.field("order", order)
        case .open(let open):
            writer.field("kind", 2)
            writer.field("payment", open.payment)
            writer.field("order", open.order)
            writer.field("amount", open.amount)
            writer.field("token", open.token)
            writer.field("callUntil", open.callUntil)
            writer.slug("phase", open.phase)
            open.attempts.write(to: &writer)
            writer.field("isUnknown", open.isUnknown)
            writer.field("isQuestion", open.isQuestion)
            writer.field("isMissing", open.isMissing)
            writer.field("isUnwanted", open.isUnwanted)
            writer.field("note", open.note)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let kind = try reader.int("kind")
        if kind == 0 {
            self = .absent
            return
        }
        guard kind == 1 || kind == 2 else { throw .badField("kind") }
        let payment: PaymentID = try reader.id("payment")
        let order: OrderID = try reader.id("order")
        guard kind == 2 else {
            self = .tombstone(payment, order)
            return
        }
        let amount = try reader.money("amount")
        let token = try reader.string("token")
        let callUntil = try reader.timestamp("callUntil")
        let phase = try reader.slug("phase", of: Phase.self)
        let attempts = try Attempts(from: &reader)
        let isUnknown = try reader.bool("isUnknown")
        let isQuestion = try reader.bool("isQuestion")
        let isMissing = try reader.bool("isMissing")
        let isUnwanted = try reader.bool("isUnwanted")
        self = .open(
            Open(
                payment: payment, order: order, amount: amount, token: token,
                callUntil: callUntil, phase: phase, attempts: attempts,
                isUnknown: isUnknown, isQuestion: isQuestion, isMissing: isMissing,
                isUnwanted: isUnwanted,
                note: try reader.string("note")))
    }
}
