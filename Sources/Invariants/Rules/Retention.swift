// SPDX-License-Identifier: Apache-2.0
/// How long a repeated request meets its first answer, as the rules about requests know it.

package import Kernel
import NodeEngine

/// Before `least` has passed since an answer was given, the same request meets it; after `most` it
/// is a new request; in between it may be either.
package struct Retention: Sendable, Equatable {
    package let least: Span
    package let most: Span

    /// Two generations are kept, and the older is given up when the younger one ends.
    package init(generation: Span) {
        least = generation
        most = .milliseconds(2 * generation.milliseconds)
    }

    /// As the house is shipped: 7 to 14 days.
    package static let standard = Retention(generation: ServiceRunnerLimits().replyGeneration)

    /// Whether a request that was answered at `first` may be a new one at `second`.
    func mayBeNew(at second: Timestamp, after first: Timestamp) -> Bool {
        second.since(first) >= least
    }

    /// Whether it must be.
    func mustBeNew(at second: Timestamp, after first: Timestamp) -> Bool {
        second.since(first) > most
    }
}
