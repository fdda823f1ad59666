// SPDX-License-Identifier: Apache-2.0
/// `/v1/events` and `/v1/orders/changes`: what happens, for those who must miss nothing of it.

import JSONCodec
import Kernel
import NodeEngine
package import Ports
package import ServiceModel

package enum FeedProblem {
    package static let forked = Problem(
        410, "feed-restarted",
        "The house was restored to an earlier state than this cursor knows: begin without one.")

    package static let all = [forked]
}

package struct FeedRoutes: Sendable {
    private static let limitMax = 1_000
    /// Seconds.
    private static let waitMax = 30

    private let facts: any FactDoor

    package init(_ facts: any FactDoor) { self.facts = facts }

    package var routes: [Route] {
        [
            .get("/v1/events", scope: "events:read") { request in
                try await answer(
                    request, FactFeed.Filter(), FactFeed(facts, render: Self.event))
            },
            .get("/v1/orders/changes", scope: "orders:read") { request in
                var filter = FactFeed.Filter()
                filter.services = ["orders"]
                return try await answer(
                    request, filter, FactFeed(facts, render: Self.change))
            },
        ]
    }

    private static func event(_ record: Record, _ codec: LogCodec) throws(WireError) -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        try codec.write(record, to: &json, isForClients: true)
        return json.bytes
    }

    private static func change(_ record: Record, _ codec: LogCodec) throws(WireError) -> [UInt8] {
        var json = JSONWriter(capacity: 192)
        json.beginObject()
        json.key("order")
        json.string(codec.text(of: record.stream))
        json.key("version")
        json.int(record.version)
        json.key("type")
        json.string(try codec.typeName(of: record))
        json.key("recordedAt")
        json.string(record.at.text)
        json.endObject()
        return json.bytes
    }

    private func answer(
        _ request: RouteRequest, _ filter: FactFeed.Filter, _ feed: FactFeed
    ) async throws -> Reply {
        var filter = filter
        var faults = Faults()
        let limit = number("limit", 100, 1...Self.limitMax, request, &faults)
        let wait = number("wait", 0, 0...Self.waitMax, request, &faults)
        if let types = request.query("type") {
            filter.types = Set(types.split(separator: ",").map(String.init))
            let known = facts.codecs.values.flatMap(\.names).map(\.text)
            for type in filter.types ?? [] where !known.contains(type) {
                faults.add("/type", "No fact has the name \(type.prefix(60)).")
            }
        }
        filter.order = request.query("order")
        var cursor = FeedCursor()
        if let text = request.query("after") {
            if text == "now" {
                cursor = try told { () throws(FactFeed.Failure) in try feed.end() }
            } else if let known = FeedCursor(text: text) {
                cursor = known
            } else {
                faults.add("/after", "`next` of an earlier answer, or `now`.")
            }
        }
        try faults.check()
        let patience = Span.seconds(Int64(wait))
        return Self.reply(
            try await page(after: cursor, filter, limit: limit, feed, patience: patience))
    }

    /// The first page that has something in it, or the one at which patience ends.
    private func page(
        after cursor: FeedCursor, _ filter: FactFeed.Filter, limit: Int, _ feed: FactFeed,
        patience: Span
    ) async throws -> FactFeed.Page {
        var left = patience
        var after = cursor
        while true {
            let heads = facts.heads
            let page = try told { () throws(FactFeed.Failure) in
                try feed.page(after: after, filter, limit: limit)
            }
            guard page.items.isEmpty, left.milliseconds > 0, !Task.isCancelled else {
                return page
            }
            if !page.hasMore { left = await facts.waitForMore(than: heads, atMost: left) }
            after = page.next
        }
    }

    private func number(
        _ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ request: RouteRequest,
        _ faults: inout Faults
    ) -> Int {
        guard let text = request.query(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            faults.add("/\(name)", "\(range.lowerBound) to \(range.upperBound).")
            return standard
        }
        return number
    }

    private func told<Value>(
        _ body: () throws(FactFeed.Failure) -> Value
    ) throws -> Value {
        do throws(FactFeed.Failure) {
            return try body()
        } catch {
            switch error {
            case .forked: throw ProblemError(FeedProblem.forked)
            case .store(let failure): return try asking { throw failure }
            }
        }
    }

    private static func reply(_ page: FactFeed.Page) -> Reply {
        var json = JSONWriter(capacity: page.items.reduce(256) { $0 + $1.count + 1 })
        json.beginObject()
        json.key("data")
        json.beginArray()
        for item in page.items { json.raw(item) }
        json.endArray()
        json.key("next")
        json.string(page.next.text)
        json.key("hasMore")
        json.bool(page.hasMore)
        json.endObject()
        return Reply(status: 200, body: json.bytes)
    }
}
