// SPDX-License-Identifier: Apache-2.0
/// The outside services that the house calls. Each takes calls in batches and answers each call by
/// its index, in any order and in groups as they come; a call that it never answers counts as
/// unknown when its time is up.

public import Kernel

/// Receives the answers to some of the calls of one batch: index in the batch, answer.
public typealias Answers<Answer> = @Sendable ([(Int, Answer)]) -> Void

/// A payment provider. Calls are idempotent by `ProviderCall.key`: a repeated call has no further
/// effect and the same answer, as long as the provider remembers the key.
public protocol PaymentProvider: Sendable {
    /// Returns when every call was answered, or when the task is canceled.
    func perform(_ calls: [ProviderCall], _ answers: @escaping Answers<ProviderAnswer>) async
    /// Hands what the provider says unasked to `handler`, from now on, and on any thread.
    func onNotice(_ handler: @escaping @Sendable ([ProviderNotice]) -> Void)
}

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

/// A carrier. Labels and cancellations are idempotent by shipment.
public protocol Carrier: Sendable {
    func perform(_ calls: [CarrierCall], _ answers: @escaping Answers<CarrierAnswer>) async
    /// Hands what the carrier says unasked to `handler`, from now on, and on any thread.
    func onUpdate(_ handler: @escaping @Sendable ([CarrierUpdate]) -> Void)
}

public struct CarrierCall: Sendable, Equatable {
    public let shipment: UUIDv7
    public let operation: Operation
    /// The address to print on the label; empty for the other operations.
    public let address: String
    public let units: Int64

    public init(shipment: UUIDv7, operation: Operation, address: String, units: Int64) {
        self.shipment = shipment
        self.operation = operation
        self.address = address
        self.units = units
    }

    public enum Operation: String, Sendable, CaseIterable {
        case label, cancel, track
    }
}

public enum CarrierAnswer: Sendable, Equatable {
    case labeled(tracking: String)
    /// The answer to `track`, and to a `cancel` that came too late.
    case status(CarrierStatus)
    case canceled
    case notFound
    case unavailable
    case unknown
}

/// Where a parcel is. Later states never turn into earlier ones.
public enum CarrierStatus: String, Sendable, CaseIterable {
    case labeled
    case shipped
    case delivered
    case canceled
}

/// What a carrier says unasked: at least once, in any order, or never.
public struct CarrierUpdate: Sendable, Equatable {
    public let shipment: UUIDv7
    public let status: CarrierStatus

    public init(shipment: UUIDv7, status: CarrierStatus) {
        self.shipment = shipment
        self.status = status
    }
}

/// Sends e-mail. Mail knows no idempotency: at least once, with a stable Message-ID.
public protocol Mailer: Sendable {
    func send(_ mails: [Mail], _ answers: @escaping Answers<MailAnswer>) async
}

public struct Mail: Sendable, Equatable {
    /// The left side of the Message-ID: the same for every attempt.
    public let id: String
    public let recipient: String
    public let subject: String
    public let body: String

    public init(id: String, recipient: String, subject: String, body: String) {
        self.id = id
        self.recipient = recipient
        self.subject = subject
        self.body = body
    }
}

public enum MailAnswer: Sendable, Equatable {
    case sent
    case refused(code: String)
    case unavailable
}

/// Keeps the keys under which persons' data is sealed.
public protocol Vault: Sendable {
    /// Seals `plain` for the person whom `contact` (an e-mail address) names. The person's key is
    /// durable when this returns.
    func seal(
        _ plain: [UInt8], contact: String
    ) async throws(VaultFailure) -> (person: UUIDv7, box: [UInt8])
    func open(_ box: [UInt8], person: UUIDv7) throws(VaultFailure) -> [UInt8]
    /// Destroys the person's key: whatever was sealed with it stays sealed for ever.
    func erase(_ person: UUIDv7) throws(VaultFailure)
}

public enum VaultFailure: Error, Equatable, Sendable {
    /// The person was erased, or was never known here.
    case erased
    /// The box was not made with this person's key, or was altered.
    case tampered
    /// No room is left for a new person's key; those that are known are served.
    case full
    case unavailable
}
