// SPDX-License-Identifier: Apache-2.0
/// How fast the sandbox's carrier is, and how it misbehaves by chance. As it comes, parcels are
/// delivered at once and every update arrives once and in order.

extension SandboxCarrier {
    package struct Settings: Sendable {
        /// Where the dice begin.
        package var seed: UInt64 = 1
        /// Before every answer; the effect has happened by then.
        package var latency: Duration = .zero
        /// From the label to `shipped`.
        package var pickupDelay: Duration = .zero
        /// From `shipped` to `delivered`.
        package var deliveryDelay: Duration = .zero

        // Out of a thousand calls, how many (together at most a thousand):
        /// are answered `unknown` and have no effect,
        package var timeoutBefore = 0
        /// are answered `unknown` although they have their effect,
        package var timeoutAfter = 0
        /// are answered `unavailable` and have no effect.
        package var unavailable = 0

        // Out of a thousand updates, how many:
        /// are never sent,
        package var lostUpdate = 0
        /// are sent twice.
        package var repeatedUpdate = 0
        /// Out of a thousand parcels, how many have `delivered` sent before `shipped`.
        package var outOfOrder = 0

        package init() {}
    }
}
