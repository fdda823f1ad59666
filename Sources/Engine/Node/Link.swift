// SPDX-License-Identifier: Apache-2.0
/// How a desk follows the log of another desk in the same node: a cursor, kept in the transaction
/// of its effects, and the facts beyond it that are at hand.

import DequeModule
import Kernel
import Ports

final class Link {
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
    var queue: Deque<News> = []
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

/// Rows that say how far consumers have come.
enum Cursor {
    static let table = "cursors"

    static func value(_ position: Int64, epoch: Int64) -> [UInt8] {
        var value: [UInt8] = []
        value.appendVarint(position)
        value.appendVarint(epoch)
        return value
    }

    static func read(_ row: Row) throws(WireError) -> (position: Int64, epoch: Int64) {
        var reader = WireReader(binary: row.value)
        let position = try reader.varint()
        return (position, try reader.varint())
    }
}

extension Node {
    /// Hands every fact that was logged since the last wave to the desks that hear of it, in
    /// position order. When the batch is full, facts stay behind their consumers' cursors.
    func deliverFacts(isFull: Bool) throws {
        for (source, desk) in desks.enumerated() {
            desk.exchangeNews(&news)
            guard let last = news.last else { continue }
            let hearers = links.indices.filter {
                links[$0].source == source && links[$0].isComplete
            }
            let isDirect =
                !isFull && news.count < limits.eventsMax
                && hearers.allSatisfy { links[$0].queue.isEmpty }
            for index in hearers {
                if isDirect {
                    links[index].cursor = last.position
                    desks[links[index].target].take(news, from: links[index].from)
                } else {
                    links[index].queue.append(contentsOf: news)
                }
            }
            news.removeAll(keepingCapacity: true)
        }
        guard !isFull && released.isEmpty else { return }
        for index in links.indices {
            if !links[index].isComplete { try refill(index) }
            deliver(index)
        }
    }

    private func deliver(_ index: Int) {
        let facts = Array(links[index].queue.prefix(Int(limits.eventsMax)))
        guard let last = facts.last else { return }
        links[index].queue.removeFirst(facts.count)
        links[index].cursor = last.position
        desks[links[index].target].take(facts, from: links[index].from)
    }

    /// Reads on where the queue ends. Only what is committed can be read, so a link becomes
    /// complete when nothing lies beyond it; until then new facts are found in the store later.
    private func refill(_ index: Int) throws {
        let source = desks[links[index].source]
        let from = links[index].from
        let reached = links[index].queue.last?.position ?? links[index].cursor
        guard reached < source.head else {
            links[index].isComplete = true
            return
        }
        let frames = try store.frames(of: from, after: reached, limit: 4_096)
        for frame in frames {
            for record in try frame.records() where record.position > reached {
                links[index].queue.append(
                    News(
                        position: record.position, fact: try source.codec.fact(of: record),
                        trace: record.trace))
            }
        }
        if (links[index].queue.last?.position ?? reached) == source.head {
            links[index].isComplete = true
        }
    }

    func collectCursors(into batch: inout Batch) {
        for link in links where link.cursor != link.committedCursor {
            batch.rows.append(
                RowChange(
                    table: Cursor.table, key: link.key,
                    value: Cursor.value(link.cursor, epoch: epoch)))
        }
        for channel in channels { channel.collect(into: &batch) }
    }

    func openCursors() throws {
        for index in links.indices {
            guard let row = try store.load([RowKey(Cursor.table, links[index].key)])[0] else {
                continue
            }
            let cursor = try Cursor.read(row)
            guard cursor.position <= desks[links[index].source].head else {
                throw StoreFailure.corrupt
            }
            links[index].cursor = cursor.position
            links[index].committedCursor = cursor.position
        }
        for index in channels.indices { try channels[index].open(from: store) }
    }
}
