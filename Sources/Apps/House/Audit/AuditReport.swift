// SPDX-License-Identifier: Apache-2.0
/// What an audit found: every check by its id in the list of invariants, with the first breaches.

import JSONCodec
import Kernel

package struct AuditReport: Sendable {
    package private(set) var checks: [Check]
    package var counts: [(name: String, count: Int)] = []

    package struct Check: Sendable {
        /// The family letter and number: S stock, M money, O orders, E events, Q read models,
        /// G effects.
        package let id: String
        package let promise: String
        package fileprivate(set) var breaches = 0
        package fileprivate(set) var examples: [String] = []

        package var isKept: Bool { breaches == 0 }
    }

    init() {
        checks = Self.promises.map { Check(id: $0.0, promise: $0.1) }
    }

    package var isGreen: Bool { checks.allSatisfy(\.isKept) }

    /// Notes a breach of the promise `id` unless `condition` holds.
    mutating func demand(
        _ condition: Bool, _ id: String, _ example: @autoclosure () -> String
    ) {
        guard !condition else { return }
        guard let index = checks.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("every breach names a listed promise")
        }
        checks[index].breaches += 1
        if checks[index].examples.count < 5 { checks[index].examples.append(example()) }
    }

    package var json: [UInt8] {
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.key("ok")
        json.bool(isGreen)
        json.key("checks")
        json.beginArray()
        for check in checks {
            json.beginObject()
            json.key("id")
            json.string(check.id)
            json.key("promise")
            json.string(check.promise)
            json.key("ok")
            json.bool(check.isKept)
            json.key("breaches")
            json.int(Int64(check.breaches))
            json.key("detail")
            json.string(check.examples.joined(separator: "; "))
            json.endObject()
        }
        json.endArray()
        json.key("counts")
        json.beginObject()
        for (name, count) in counts {
            json.key(name)
            json.int(Int64(count))
        }
        json.endObject()
        json.endObject()
        return json.bytes
    }

    static let promises = [
        ("S1", "Units are conserved: counted less shipped is on hand, per article and warehouse."),
        ("S2", "No balance of units is ever negative."),
        ("S3", "Never more units promised than there are, at any moment of history."),
        ("S4", "Held and allocated units are exactly those of open holds."),
        ("S5", "A hold ends at most once."),
        ("S6", "What is shipped was committed before."),
        ("S7", "No movement of a hold is booked twice."),
        ("M2", "Captured money is the same in our books and in the provider's."),
        ("M3", "No more is captured than was authorized."),
        ("M4", "The provider captured at most once for each payment."),
        ("M6", "Every settled payment stands in the provider's books as in ours."),
        ("M7", "An order's total is the sum of its lines."),
        ("M8", "An order has one currency."),
        ("M9", "Nothing is captured for an order that was canceled."),
        ("M10", "No authorization is left open for an order that has ended."),
        ("O1", "Orders only go where the table of transitions leads."),
        ("O2", "A confirmed order has its stock and its money set aside."),
        ("O3", "A completed order was shipped, delivered and paid."),
        ("O6", "What has ended stays as it ended."),
        ("O7", "An order that was undone holds nothing."),
        ("O8", "One request has one answer."),
        ("E1", "Positions and versions have no gaps and no twins."),
        ("E10", "The hash chain holds: no stored byte was changed."),
        ("E11", "Every stored event can be read."),
        ("Q1", "Every row is what its events make of it."),
        ("Q2", "No cursor is beyond its log."),
        ("G3", "The carrier labeled each shipment at most once, and knows what we know."),
    ]
}
