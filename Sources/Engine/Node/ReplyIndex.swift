// SPDX-License-Identifier: Apache-2.0
/// Committed answers whose index row is not written yet, and which of those rows come next.
///
/// Requests have random identities, so that each row alone would cost a page. They are collected
/// until there are many, closed off, and written in key order while the next ones are collected:
/// a page is written once for all rows of the collection that it takes, and each commit writes a
/// slice of the keys that is about as large as what it adds.

public import Ports

@usableFromInline struct ReplyIndex {
    /// An answer, and its position in the log of answers.
    @usableFromInline struct Entry {
        @usableFromInline let identity: InputID
        @usableFromInline let position: Int64
    }

    private var collected = Collection()
    private var closed = Collection()
    /// Every answer up to here is in the closed collection, or has its row.
    private var closedThrough: Int64 = 0
    /// How far the closed collection is written, and how far once the batch commits.
    private var written = Place()
    private var staged = Place()
    /// Rows that a commit writes beyond those that it makes necessary.
    private static let slack = 16
    /// Rows that a commit writes that has nothing else to do.
    private static let idleMax = 1_024

    private struct Place: Equatable {
        var shelf = 0
        var offset = 0
    }

    private struct Collection {
        var positions: [InputID: Int64] = [:]
        /// By the first byte of the identity, so that no sort is long.
        var shelves = Array(repeating: [Entry](), count: 256)
        var sortedShelves = 0
        /// How many entries the shelves hold.
        var count = 0

        mutating func insert(_ entry: Entry) {
            count += 1
            positions[entry.identity] = entry.position
            shelves[Int(entry.identity.high >> 56)].append(entry)
        }

        mutating func sort(through shelf: Int) {
            while sortedShelves <= shelf {
                shelves[sortedShelves].sort {
                    ($0.identity.high, $0.identity.low) < ($1.identity.high, $1.identity.low)
                }
                sortedShelves += 1
            }
        }
    }

    @usableFromInline init() {}

    @usableFromInline var isEmpty: Bool {
        collected.positions.isEmpty && closed.positions.isEmpty
    }

    @usableFromInline func position(of identity: InputID) -> Int64? {
        collected.positions[identity] ?? closed.positions[identity]
    }

    @usableFromInline mutating func insert(_ identity: InputID, at position: Int64) {
        collected.insert(Entry(identity: identity, position: position))
    }

    /// The entries whose rows this batch writes, in key order: a few more than the `added` answers
    /// of the batch once more than `limit` were collected; a longer slice when it `isIdle`.
    /// Committed answers end at `head`. The second value is what all rows reflect after it, when
    /// that changes.
    @usableFromInline mutating func stage(
        added: Int, limit: Int, isIdle: Bool, head: Int64
    ) -> (entries: [Entry], through: Int64?) {
        if closed.positions.isEmpty, isIdle || collected.positions.count > limit {
            swap(&closed, &collected)
            closedThrough = head
        }
        guard !closed.positions.isEmpty else { return ([], nil) }
        let spread = added + added / 4 + Self.slack
        let left = closed.count - writtenCount
        let count = min(left, max(spread, left - limit, isIdle ? Self.idleMax : 0))
        let entries = take(count)
        return (entries, count == left ? closedThrough : nil)
    }

    private var writtenCount: Int {
        closed.shelves[..<written.shelf].reduce(0) { $0 + $1.count } + written.offset
    }

    private mutating func take(_ count: Int) -> [Entry] {
        var entries: [Entry] = []
        var taken = 0
        staged = written
        while taken < count {
            closed.sort(through: staged.shelf)
            let shelf = closed.shelves[staged.shelf]
            let end = min(shelf.count, staged.offset + count - taken)
            taken += end - staged.offset
            // A request whose answer was pending is listed twice: the later place counts.
            for entry in shelf[staged.offset..<end]
            where closed.positions[entry.identity] == entry.position {
                entries.append(entry)
            }
            staged.offset = end
            if end == shelf.count { staged = Place(shelf: staged.shelf + 1, offset: 0) }
        }
        return entries
    }

    /// The staged rows are written; `isDone` when they were the last of the closed collection.
    @usableFromInline mutating func settle(isDone: Bool) {
        written = staged
        guard isDone else { return }
        closed = Collection()
        written = Place()
        staged = written
    }

    @usableFromInline mutating func forget() { staged = written }
}
