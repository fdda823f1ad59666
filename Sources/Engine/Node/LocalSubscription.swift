// SPDX-License-Identifier: Apache-2.0
/// How a runner follows the log of another runner in the same node: a cursor, kept in the
/// transaction of its effects, and the facts beyond it that are at hand.

import DequeModule
import Ports

final class LocalSubscription {
    let source: Int
    let target: Int
    let from: LogName
    let to: LogName
    /// Of the row that keeps the cursor.
    let key: [UInt8]
    /// The last position that was handled.
    var cursor: Int64 = 0
    var committedCursor: Int64 = 0
    /// Facts beyond the cursor, in order.
    var queue: Deque<LoggedFact> = []
    /// False when facts beyond the cursor stand only in the store.
    var isComplete = false

    init(source: Int, target: Int, from: LogName, to: LogName) {
        self.source = source
        self.target = target
        self.from = from
        self.to = to
        key = Array("\(to)<\(from)".utf8)
    }

    func hasWaiting(upTo head: Int64) -> Bool { cursor < head }

    func settle() { committedCursor = cursor }

    /// The batch did not happen: what it handled will be read from the store again.
    func forget() {
        cursor = committedCursor
        queue.removeAll()
        isComplete = false
    }
}

extension Node {
    /// Hands every fact that was logged since the last wave to the runners that subscribe to it, in
    /// position order. When the batch is full, facts stay behind their consumers' cursors.
    func deliverFacts(isFull: Bool) throws {
        for (source, runner) in runners.enumerated() {
            runner.exchangeNewFacts(&newFacts)
            guard let last = newFacts.last else { continue }
            let subscribers = localSubscriptions.indices.filter {
                localSubscriptions[$0].source == source && localSubscriptions[$0].isComplete
            }
            let isDirect =
                !isFull && newFacts.count < limits.eventsMax
                && subscribers.allSatisfy { localSubscriptions[$0].queue.isEmpty }
            for index in subscribers {
                if isDirect {
                    localSubscriptions[index].cursor = last.position
                    runners[localSubscriptions[index].target].take(
                        newFacts, from: localSubscriptions[index].from)
                } else {
                    localSubscriptions[index].queue.append(contentsOf: newFacts)
                }
            }
            newFacts.removeAll(keepingCapacity: true)
        }
        guard !isFull && released.isEmpty else { return }
        for index in localSubscriptions.indices {
            if !localSubscriptions[index].isComplete { try refill(index) }
            deliver(index)
        }
    }

    private func deliver(_ index: Int) {
        let facts = Array(localSubscriptions[index].queue.prefix(Int(limits.eventsMax)))
        guard let last = facts.last else { return }
        localSubscriptions[index].queue.removeFirst(facts.count)
        localSubscriptions[index].cursor = last.position
        runners[localSubscriptions[index].target].take(facts, from: localSubscriptions[index].from)
    }

    /// Reads on where the queue ends. Only what is committed can be read, so a subscription becomes
    /// complete when nothing lies beyond it; until then new facts are found in the store later.
    private func refill(_ index: Int) throws {
        let source = runners[localSubscriptions[index].source]
        let from = localSubscriptions[index].from
        let reached =
            localSubscriptions[index].queue.last?.position ?? localSubscriptions[index].cursor
        guard reached < source.head else {
            localSubscriptions[index].isComplete = true
            return
        }
        let frames = try store.frames(of: from, after: reached, limit: 4_096)
        for frame in frames {
            for record in try frame.records() where record.position > reached {
                localSubscriptions[index].queue.append(
                    LoggedFact(
                        position: record.position, fact: try source.codec.fact(of: record),
                        provenance: record.provenance))
            }
        }
        if (localSubscriptions[index].queue.last?.position ?? reached) == source.head {
            localSubscriptions[index].isComplete = true
        }
    }

    func collectCursors(into batch: inout Batch) {
        for subscription in localSubscriptions
        where subscription.cursor != subscription.committedCursor {
            batch.rows.append(
                RowChange(
                    table: Cursor.table, key: subscription.key,
                    value: Cursor.value(subscription.cursor, epoch: epoch)))
        }
        for subscription in remoteSubscriptions { subscription.collect(into: &batch) }
    }

    func openCursors() throws {
        for index in localSubscriptions.indices {
            guard let row = try store.load([RowKey(Cursor.table, localSubscriptions[index].key)])[0]
            else {
                continue
            }
            let cursor = try Cursor.read(row)
            guard cursor.position <= runners[localSubscriptions[index].source].head else {
                throw StoreFailure.corrupt
            }
            localSubscriptions[index].cursor = cursor.position
            localSubscriptions[index].committedCursor = cursor.position
        }
        for index in remoteSubscriptions.indices {
            try remoteSubscriptions[index].open(from: store)
        }
    }
}
