// SPDX-License-Identifier: Apache-2.0
/// What truly happened at the payment provider, for audits: the books, added up per payment.

package import Kernel
import Ports

package struct PaymentBook: Sendable {
    package private(set) var payments: [UUIDv7: Entry] = [:]

    /// One payment. Counts above one mean that the house had its way twice.
    package struct Entry: Sendable, Equatable {
        /// Of the latest authorization that was granted; zero when there is none.
        package internal(set) var authorized: Int64 = 0
        package internal(set) var authorizations = 0
        /// Of all captures together.
        package internal(set) var captured: Int64 = 0
        package internal(set) var captures = 0
        package internal(set) var isVoided = false
        /// Why an authorization was refused.
        package internal(set) var declined: String?
        /// Of the first fact.
        package let currency: Currency
    }

    /// Reads the books at `path`; a torn last line is passed over. They may be in use.
    package static func read(_ path: String) throws(BooksFailure) -> PaymentBook {
        var book = PaymentBook()
        try Books.forEachLine(of: path) { line in
            guard let fact = PaymentFact(line: line) else { return false }
            book.payments[fact.payment, default: Entry(currency: fact.amount.currency)].add(fact)
            return true
        }
        return book
    }
}

extension PaymentBook.Entry {
    mutating func add(_ fact: PaymentFact) {
        switch (fact.operation, fact.outcome) {
        case (.authorize, .done):
            authorized = fact.amount.amount
            authorizations += 1
        case (.authorize, _): declined = fact.outcome.slug.description
        case (.capture, .done):
            captured += fact.amount.amount
            captures += 1
        case (.voidAuthorization, .done): isVoided = true
        case (.capture, _), (.voidAuthorization, _): break
        }
    }
}
