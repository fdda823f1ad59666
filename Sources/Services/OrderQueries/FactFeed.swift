// SPDX-License-Identifier: Apache-2.0
/// The facts of all services as one sequence that passes nothing over: each log is read in its own
/// order, and a cursor says how far in each. Which of two logs goes first follows from when their
/// facts were recorded; readers may not rely on it.

import Kernel
package import NodeEngine
package import Ports
package import ServiceModel

package struct FactFeed: Sendable {
    /// What a reader wants of it. What it does not want is passed over with the cursor.
    package struct Filter: Sendable {
        /// Services whose logs are read; nil: all.
        package var services: Set<String>?
        /// Names of facts; nil: all.
        package var types: Set<String>?
        /// The order that facts are about.
        package var order: String?

        package init() {}
    }

    package struct Page: Sendable {
        /// Rendered facts, each a JSON value.
        package let items: [[UInt8]]
        package let next: FeedCursor
        /// True when there may be more at once.
        package let hasMore: Bool
    }

    package enum Failure: Error, Equatable {
        /// The log does not hold what the cursor says that was read of it.
        case forked(LogName)
        case store(StoreFailure)
    }

    /// Facts that one page looks at, so that a rare one does not take minutes to find.
    package static let scanMax = 20_000
    private static let readAhead = 512

    private let facts: any FactDoor
    private let render: @Sendable (Record, LogCodec) throws -> [UInt8]

    package init(
        _ facts: any FactDoor,
        render: @escaping @Sendable (Record, LogCodec) throws -> [UInt8]
    ) {
        self.facts = facts
        self.render = render
    }

    /// A log on its way into a page.
    private struct Lane {
        let log: LogName
        let codec: LogCodec
        var position: Int64
        var epoch: Int64
        var waiting: ArraySlice<(record: Record, epoch: Int64)> = []
        /// True when all that there was is taken.
        var isAtEnd = false
    }

    /// At most `limit` facts after `cursor`.
    package func page(
        after cursor: FeedCursor, _ filter: Filter, limit: Int
    ) throws(Failure) -> Page {
        var lanes = try lanes(after: cursor, filter)
        var items: [[UInt8]] = []
        var scanned = 0
        while items.count < limit, scanned < Self.scanMax {
            var earliest: Int?
            for index in lanes.indices where !lanes[index].isAtEnd {
                if lanes[index].waiting.isEmpty { try fill(&lanes[index]) }
                guard let at = lanes[index].waiting.first?.record.at else { continue }
                if let best = earliest, let other = lanes[best].waiting.first?.record.at,
                    other <= at
                {
                    continue
                }
                earliest = index
            }
            guard let index = earliest, let next = lanes[index].waiting.popFirst() else { break }
            lanes[index].position = next.record.position
            lanes[index].epoch = next.epoch
            scanned += 1
            if let item = try item(next.record, lanes[index].codec, filter) { items.append(item) }
        }
        var places = cursor.places
        for lane in lanes where lane.position > 0 {
            places[lane.log] = .init(epoch: lane.epoch, position: lane.position)
        }
        return Page(
            items: items, next: FeedCursor(places), hasMore: lanes.contains { !$0.isAtEnd })
    }

    /// The end of all logs, as they are now.
    package func end() throws(Failure) -> FeedCursor {
        var places: [LogName: FeedCursor.Place] = [:]
        for (log, head) in facts.heads where facts.codecs[log] != nil && head > 0 {
            guard let frame = try frames(of: log, after: head - 1, limit: 1).first else {
                throw .store(.corrupt)
            }
            places[log] = .init(epoch: frame.epoch, position: head)
        }
        return FeedCursor(places)
    }

    private func lanes(
        after cursor: FeedCursor, _ filter: Filter
    ) throws(Failure) -> [Lane] {
        for log in cursor.places.keys where facts.codecs[log] == nil { throw .forked(log) }
        var lanes: [Lane] = []
        for (log, codec) in facts.codecs.sorted(by: { $0.key < $1.key })
        where filter.services?.contains(log.service) ?? true {
            let place = cursor.places[log]
            if let place { try check(place, of: log) }
            lanes.append(
                Lane(
                    log: log, codec: codec, position: place?.position ?? 0,
                    epoch: place?.epoch ?? 0))
        }
        return lanes
    }

    private func check(_ place: FeedCursor.Place, of log: LogName) throws(Failure) {
        let frame = try frames(of: log, after: place.position - 1, limit: 1).first
        guard let frame, frame.first <= place.position, frame.epoch == place.epoch else {
            throw .forked(log)
        }
    }

    private func fill(_ lane: inout Lane) throws(Failure) {
        var position = lane.position
        for frame in try frames(of: lane.log, after: position, limit: Self.readAhead) {
            let records: [Record]
            do throws(WireError) { records = try frame.records() } catch { throw .store(.corrupt) }
            for record in records where record.position > position {
                guard record.position == position + 1 else { throw .store(.corrupt) }
                position = record.position
                lane.waiting.append((record, frame.epoch))
            }
        }
        lane.isAtEnd = lane.waiting.isEmpty
    }

    private func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(Failure) -> [Frame] {
        do throws(StoreFailure) {
            return try facts.frames(of: log, after: position, limit: limit)
        } catch {
            throw .store(error)
        }
    }

    private func item(
        _ record: Record, _ codec: LogCodec, _ filter: Filter
    ) throws(Failure) -> [UInt8]? {
        do {
            if let types = filter.types, !types.contains(try codec.typeName(of: record)) {
                return nil
            }
            if let order = filter.order, try codec.fact(of: record).correlation != order {
                return nil
            }
            return try render(record, codec)
        } catch {
            throw .store(.corrupt)
        }
    }
}
