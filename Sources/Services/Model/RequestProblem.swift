// SPDX-License-Identifier: Apache-2.0
/// What can be wrong with any request, by whatever door it comes, as problems (RFC 9457).

package import Ports

package enum RequestProblem {
    package static let malformed = Problem(
        400, "malformed-request", "The request could not be read.")
    package static let invalid = Problem(
        422, "validation-failed", "Some fields of the request are missing or wrong.")
    package static let cardNumber = Problem(
        422, "card-number-refused",
        "This looks like a card number. Send a token of your payment provider instead.")
    package static let unreadable = Problem(
        500, "stored-data-unreadable", "What is stored about this can't be read.")
    package static let vaultUnavailable = Problem(
        503, "vault-unavailable", "Personal data can't be sealed now; nothing was stored.")
    package static let readUnavailable = Problem(
        503, "read-unavailable", "The store can't be read now; try again shortly.")
    package static let notReady = Problem(
        503, "read-model-not-ready", "What this is read from is still being filled.")

    package static let all = [
        malformed, invalid, cardNumber, unreadable, vaultUnavailable, readUnavailable, notReady,
    ]

    package static let badTarget =
        "The path or query has a broken percent-encoding, or decodes to no UTF-8."
}
