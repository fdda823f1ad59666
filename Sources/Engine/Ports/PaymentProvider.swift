// SPDX-License-Identifier: Apache-2.0
/// A payment provider. Calls are idempotent by payment and operation: a repeated call has no
/// further effect and the same answer, as long as the provider remembers it.

public import Kernel

public protocol PaymentProvider: Sendable {
    /// Returns when every call was answered, or when the task is canceled.
    func perform(_ calls: [ProviderCall], _ answers: @escaping Answers<ProviderAnswer>) async
    /// Hands what the provider says unasked to `handler`, from now on, and on any thread.
    func onNotice(_ handler: @escaping @Sendable ([ProviderNotice]) -> Void)
}

public enum ProviderAnswer: Sendable, Equatable {
    /// Carried out, now or earlier. The reference is the provider's own.
    case done(reference: String)
    /// Refused for good, with the provider's code.
    case refused(code: String)
    /// A question: the provider has never heard of this operation.
    case notFound
    /// It was certainly not carried out: try again later.
    case unavailable
    /// It may have been carried out or not.
    case unknown
}

/// What a provider says unasked, by webhook: at least once, in any order, or never.
public struct ProviderNotice: Sendable, Equatable {
    public let payment: UUIDv7
    public let operation: ProviderCall.Operation
    public let answer: ProviderAnswer

    public init(payment: UUIDv7, operation: ProviderCall.Operation, answer: ProviderAnswer) {
        self.payment = payment
        self.operation = operation
        self.answer = answer
    }
}
