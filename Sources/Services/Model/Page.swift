// SPDX-License-Identifier: Apache-2.0
/// Pages of lists: `limit` and `after` in the query, `data` and `nextCursor` in the answer.

package import JSONCodec
package import Ports

extension Reply {
    /// A whole list, whose elements are rendered already.
    package static func list(_ elements: [UInt8]) -> Reply {
        var json = JSONWriter(capacity: elements.count + 32)
        json.beginObject()
        json.key("data")
        json.raw(elements)
        json.endObject()
        return Reply(status: 200, body: json.bytes)
    }
}

package struct Page<Cursor> {
    package static var limitMax: Int { 500 }

    package let limit: Int
    /// Where the page before it ended; nil for the first.
    package let after: Cursor?

    /// The page that `request` asks for; `cursor` reads what a page before it gave as `nextCursor`.
    package init(
        of request: RouteRequest, cursor: (String) -> Cursor?
    ) throws(ProblemError) {
        var faults = Faults()
        limit = request.query("limit").map { Int($0) ?? 0 } ?? 20
        if !(1...Self.limitMax).contains(limit) {
            faults.add("/limit", "1 to \(Self.limitMax).")
        }
        let text = request.query("after")
        after = text.flatMap(cursor)
        if text != nil && after == nil { faults.add("/after", "A nextCursor of a page.") }
        try faults.check()
    }

    /// The answer: `items`, and the cursor of the last of them when there may be more.
    package func reply<Item>(
        _ items: [Item], cursor: (Item) -> String, write: (Item, inout JSONWriter) -> Void
    ) -> Reply {
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.key("data")
        json.beginArray()
        for item in items { write(item, &json) }
        json.endArray()
        json.key("nextCursor")
        if items.count == limit, let last = items.last {
            json.string(cursor(last))
        } else {
            json.null()
        }
        json.endObject()
        return Reply(status: 200, body: json.bytes)
    }
}
