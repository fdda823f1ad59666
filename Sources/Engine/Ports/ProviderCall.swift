// SPDX-License-Identifier: Apache-2.0

public import Kernel

public struct ProviderCall: Sendable, Equatable {
    /// The payment that the call is about: the idempotency key, together with the operation.
    public let payment: UUIDv7
    public let operation: Operation
    public let amount: Money
    public let token: String
    /// True: only ask what became of the operation, never carry it out.
    public let isQuestion: Bool

    public init(
        payment: UUIDv7, operation: Operation, amount: Money, token: String, isQuestion: Bool
    ) {
        self.payment = payment
        self.operation = operation
        self.amount = amount
        self.token = token
        self.isQuestion = isQuestion
    }

    public enum Operation: String, Sendable, CaseIterable {
        case authorize, capture
        case voidAuthorization = "void"
    }
}
