// SPDX-License-Identifier: Apache-2.0
/// Errors of the HTTP edge itself, as problems (RFC 9457).

package import Ports

package enum GatewayProblem {
    package static let tooLarge = Problem(
        413, "body-too-large", "A request body has at most 256 KiB.")
    package static let keyRequired = Problem(
        400, "idempotency-key-required", "Writes need an Idempotency-Key header.")
    package static let badKey = Problem(
        400, "bad-idempotency-key", "An idempotency key has 1 to 255 visible ASCII characters.")
    package static let badPrincipal = Problem(
        400, "bad-principal", "X-Principal has 1 to 64 letters, digits or -_.:@ characters.")
    package static let badIfMatch = Problem(
        400, "bad-if-match", "If-Match is * or ETags in quotes, none of them weak.")
    package static let badIfNoneMatch = Problem(
        400, "bad-if-none-match", "If-None-Match of a write is *, and not beside If-Match.")
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
    package static let notFound = Problem(404, "not-found", "There is nothing here.")
    package static let methodNotAllowed = Problem(
        405, "method-not-allowed", "This resource does not know that method.")
    package static let internalError = Problem(
        500, "internal-error", "Something went wrong here; the log has the details.")

    package static let all = [
        tooLarge, keyRequired, badKey, badPrincipal, badIfMatch, badIfNoneMatch, notFound,
        methodNotAllowed, internalError, requestTimeout, headTooLarge, tooManyConnections,
        tooManyHeldBytes, answerTimeout,
    ]
}
