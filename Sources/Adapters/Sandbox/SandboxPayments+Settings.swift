// SPDX-License-Identifier: Apache-2.0
/// How the sandbox's payment provider misbehaves: for one payment by its token, or for a share of
/// all calls by chance. Without either it answers at once and truthfully.

package import Kernel

extension SandboxPayments {
    package struct Settings: Sendable {
        /// Where the dice begin.
        package var seed: UInt64 = 1
        /// Before every answer; the effect has happened by then.
        package var latency: Duration = .zero
        /// Before a slow answer, after the latency.
        package var slowDelay: Duration = .seconds(2)
        /// Between a `webhook` call and its notice.
        package var noticeDelay: Duration = .seconds(1)
        /// After this, a repeated call is taken for a new one. Questions are answered for ever.
        package var keyWindow: Span = .hours(24)

        // Out of a thousand calls and questions, how many (together at most a thousand):
        /// are answered `unknown` and have no effect,
        package var timeoutBefore = 0
        /// are answered `unknown` although they have their effect,
        package var timeoutAfter = 0
        /// are answered `unavailable` and have no effect,
        package var unavailable = 0
        /// are answered twice,
        package var twice = 0
        /// are answered after `slowDelay`.
        package var slow = 0

        package init() {}
    }

    /// Payment tokens. Any other token is a good card. What they say of calls holds for each
    /// operation of the payment; questions are always answered.
    package enum Token {
        package static let ok = "tok_ok"
        package static let declined = "tok_declined"
        package static let insufficientFunds = "tok_insufficient_funds"
        /// Authorized; the capture is refused.
        package static let captureDeclined = "tok_capture_declined"
        /// Every call is answered after `slowDelay`.
        package static let slow = "tok_slow"
        /// The first call has no effect and is answered `unknown`.
        package static let timeoutBefore = "tok_timeout_before"
        /// The first call has its effect and is answered `unknown`.
        package static let timeoutAfter = "tok_timeout_after"
        /// The first two calls are answered `unavailable`.
        package static let unavailable = "tok_unavailable"
        /// No call is ever answered, although it has its effect.
        package static let never = "tok_never"
        /// Every call is answered twice.
        package static let twice = "tok_twice"
        /// The first call has its effect and is answered `unknown`; two notices follow.
        package static let webhook = "tok_webhook"

        package static let all = [
            ok, declined, insufficientFunds, captureDeclined, slow, timeoutBefore, timeoutAfter,
            unavailable, never, twice, webhook,
        ]
    }
}
