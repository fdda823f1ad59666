// SPDX-License-Identifier: Apache-2.0
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
