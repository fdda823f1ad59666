// SPDX-License-Identifier: Apache-2.0
/// How long answers are kept: two generations of them, of which the older is given up whole when
/// the younger one ends. An answer is so kept for one generation at least and two at the most.

public import Kernel

@usableFromInline struct ReplyGenerations: Sendable, Equatable {
    /// Which of three tables leads to the answers of the current generation. Those of the older
    /// one are in the table before it; the third is being emptied.
    @usableFromInline var slot = 0
    /// When the current generation began; at 0 no answer was ever given.
    @usableFromInline var began = Timestamp(milliseconds: 0)
    /// The first position of the current generation.
    @usableFromInline var first: Int64 = 1
    /// The first position of the older one. Whatever is before it is given up, though it may
    /// still stand somewhere.
    @usableFromInline var olderFirst: Int64 = 1

    @usableFromInline static let tables = 3

    @usableFromInline init() {}

    /// The generations at `now`, when the next answer will stand at `next`.
    func rolled(to now: Timestamp, every span: Span, next: Int64) -> ReplyGenerations {
        var rolled = self
        guard began.milliseconds > 0, began <= now else {
            // The first answer of all; or the clock was set back, and what there is stays longer.
            rolled.began = now
            return rolled
        }
        let ended = now.since(began).milliseconds / max(1, span.milliseconds)
        guard ended > 0 else { return self }
        rolled.slot = (slot + 1) % Self.tables
        rolled.began = began.advanced(by: .milliseconds(ended * span.milliseconds))
        rolled.olderFirst = ended == 1 ? first : next
        rolled.first = next
        return rolled
    }

    /// The table that leads to the answer at `position`; nil when that is given up.
    @usableFromInline func slot(of position: Int64) -> Int? {
        if position >= first { return slot }
        return position >= olderFirst ? olderSlot : nil
    }

    /// The table of the older generation.
    @usableFromInline var olderSlot: Int { (slot + Self.tables - 1) % Self.tables }
    /// The table that nothing leads through any more.
    @usableFromInline var emptiedSlot: Int { (slot + 1) % Self.tables }
    @usableFromInline var hasOlder: Bool { olderFirst < first }
}
