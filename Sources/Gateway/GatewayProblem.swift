// SPDX-License-Identifier: Apache-2.0
/// Errors of the HTTP edge itself, as problems (RFC 9457).

import JSONCodec
import Kernel
package import Ports

package enum GatewayProblem {
    package static let malformed = Problem(
        400, "malformed-request", "The request could not be read.")
    package static let tooLarge = Problem(
        413, "body-too-large", "A request body has at most 256 KiB.")
    package static let invalid = Problem(
        422, "validation-failed", "Some fields of the request are missing or wrong.")
    package static let keyRequired = Problem(
        400, "idempotency-key-required", "Writes need an Idempotency-Key header.")
    package static let badKey = Problem(
        400, "bad-idempotency-key", "An idempotency key has 1 to 255 visible ASCII characters.")
    package static let badPrincipal = Problem(
        400, "bad-principal", "X-Principal has 1 to 64 letters, digits or -_.:@ characters.")
    package static let badIfMatch = Problem(
        400, "bad-if-match", "If-Match is * or ETags in quotes, none of them weak.")
    package static let cardNumber = Problem(
        422, "card-number-refused",
        "This looks like a card number. Send a token of your payment provider instead.")
    package static let requestTimeout = Problem(
        408, "request-timeout", "The request did not arrive in time.")
    package static let headTooLarge = Problem(
        431, "headers-too-large", "A request's headers have at most 16 KiB, each at most 8 KiB.")
    package static let tooManyConnections = Problem(
        503, "too-many-connections", "There are too many connections; try again shortly.")
    package static let tooManyHeldBytes = Problem(
        503, "too-many-open-requests", "Too many requests are half sent; try again shortly.")
    package static let answerTimeout = Problem(
        503, "answer-timeout", "The answer took too long; repeat the request with its key.")
    package static let unreadable = Problem(
        500, "stored-data-unreadable", "What is stored about this can't be read.")
    package static let notFound = Problem(404, "not-found", "There is nothing here.")
    package static let methodNotAllowed = Problem(
        405, "method-not-allowed", "This resource does not know that method.")
    package static let internalError = Problem(
        500, "internal-error", "Something went wrong here; the log has the details.")
    package static let vaultUnavailable = Problem(
        503, "vault-unavailable", "Personal data can't be sealed now; nothing was stored.")
    package static let readUnavailable = Problem(
        503, "read-unavailable", "The store can't be read now; try again shortly.")

    package static let all = [
        malformed, tooLarge, invalid, keyRequired, badKey, badPrincipal, badIfMatch, cardNumber,
        notFound, methodNotAllowed, internalError, vaultUnavailable, readUnavailable,
        requestTimeout, headTooLarge, tooManyConnections, tooManyHeldBytes, answerTimeout,
        unreadable,
    ]
}

/// A problem on its way to the client, thrown by handlers.
struct ProblemError: Error {
    let problem: Problem
    let detail: String
    let fields: [FieldError]

    init(_ problem: Problem, detail: String = "", fields: [FieldError] = []) {
        self.problem = problem
        self.detail = detail
        self.fields = fields
    }

    var reply: Reply {
        problem.reply(detail: detail) { json in
            guard !fields.isEmpty else { return }
            json.key("errors")
            json.beginArray()
            for field in fields {
                json.beginObject()
                json.key("pointer")
                json.string(field.pointer)
                json.key("detail")
                json.string(field.detail)
                json.endObject()
            }
            json.endArray()
        }
    }
}

/// What is wrong with one field: a JSON pointer (RFC 6901) and a sentence.
struct FieldError: Sendable, Equatable {
    let pointer: String
    let detail: String
}
