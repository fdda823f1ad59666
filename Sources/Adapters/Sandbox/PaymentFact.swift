// SPDX-License-Identifier: Apache-2.0
/// One line of the payment provider's books: an operation that was carried out or refused for good.

import Kernel
import Ports

struct PaymentFact: Equatable {
    let at: Timestamp
    let payment: UUIDv7
    let operation: ProviderCall.Operation
    let outcome: PaymentOutcome
    let amount: Money
}

/// How an operation ended.
enum PaymentOutcome: Sendable, CaseIterable {
    case done, cardDeclined, insufficientFunds, captureDeclined, badAmount, voided
    case noAuthorization, exceedsAuthorization, alreadyCaptured

    /// Its name in the books, and the code of the refusal.
    var slug: StaticString {
        switch self {
        case .done: "done"
        case .cardDeclined: "card-declined"
        case .insufficientFunds: "insufficient-funds"
        case .captureDeclined: "capture-declined"
        case .badAmount: "bad-amount"
        case .voided: "voided"
        case .noAuthorization: "no-authorization"
        case .exceedsAuthorization: "exceeds-authorization"
        case .alreadyCaptured: "already-captured"
        }
    }

    func answer(_ payment: UUIDv7, _ operation: ProviderCall.Operation) -> ProviderAnswer {
        self == .done
            ? .done(reference: payment.reference(operation.referencePrefix))
            : .refused(code: slug.description)
    }
}

extension PaymentFact {
    private static let operations = ProviderCall.Operation.allCases.map { ($0.slug, $0) }
    private static let outcomes = PaymentOutcome.allCases.map { ($0.slug, $0) }

    func append(to lines: inout LineWriter) {
        lines.text("{\"at\":")
        lines.number(at.milliseconds)
        lines.text(",\"payment\":\"")
        lines.hexadecimal(payment)
        lines.text("\",\"operation\":\"")
        lines.text(operation.slug)
        lines.text("\",\"outcome\":\"")
        lines.text(outcome.slug)
        lines.text("\",\"amount\":")
        lines.number(amount.amount)
        lines.text(",\"currency\":\"")
        lines.code(amount.currency)
        if outcome == .done {
            lines.text("\",\"reference\":\"")
            lines.text(operation.referencePrefix)
            lines.hexadecimal(payment.low)
        }
        lines.text("\"}\n")
    }

    /// Of a line without its end; nil when it is no such fact.
    init?(line: UnsafeRawBufferPointer) {
        var reader = LineReader(line)
        guard reader.skip("{\"at\":"), let at = reader.number(),
            reader.skip(",\"payment\":\""), let payment = reader.hexadecimal(),
            reader.skip("\",\"operation\":\""),
            let operation = reader.slug(of: Self.operations),
            reader.skip(",\"outcome\":\""), let outcome = reader.slug(of: Self.outcomes),
            reader.skip(",\"amount\":"), let amount = reader.number(),
            reader.skip(",\"currency\":\""), let currency = reader.currency(), reader.skip("\"")
        else { return nil }
        if outcome == .done {
            guard reader.skip(",\"reference\":\""), reader.skip(operation.referencePrefix),
                reader.word() == payment.low, reader.skip("\"")
            else { return nil }
        }
        guard reader.skip("}"), reader.isAtEnd else { return nil }
        self.init(
            at: Timestamp(milliseconds: at), payment: payment, operation: operation,
            outcome: outcome, amount: Money(amount: amount, currency: currency))
    }
}

extension ProviderCall.Operation {
    fileprivate var slug: StaticString {
        switch self {
        case .authorize: "authorize"
        case .capture: "capture"
        case .voidAuthorization: "void"
        }
    }

    /// With the payment's low half, the provider's own name for what it did.
    fileprivate var referencePrefix: StaticString {
        switch self {
        case .authorize: "au_"
        case .capture: "ca_"
        case .voidAuthorization: "vo_"
        }
    }
}
