// SPDX-License-Identifier: Apache-2.0
/// How a commit ended.

public enum CommitOutcome: Equatable, Sendable {
    /// Durable.
    case committed
    /// Nothing of it was kept; the same batch may be tried again.
    case refused(Refusal)
    /// Another epoch has begun: this writer must stop for good.
    case fenced
    /// It may have been kept or not: stop, open again, compare, and only then answer.
    case unknown

    public enum Refusal: Equatable, Sendable {
        /// No room is left.
        case full
        /// Another process held the store's lock for too long.
        case busy
        /// The expected positions do not follow the stored ones.
        case conflict
    }
}
