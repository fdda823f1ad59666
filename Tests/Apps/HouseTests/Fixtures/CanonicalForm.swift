// SPDX-License-Identifier: Apache-2.0
/// A house's history without what may differ between two houses that did the same: ids, times,
/// positions, the sealed boxes, and how often something had to be tried.

import Contracts
import InventoryDomain
import JSONCodec
import Kernel
import NodeEngine
import ServiceModel

/// Some lines for each order, in the order of the list, and one for each article.
struct CanonicalForm: Sendable {
    let orders: [[String]]
    let stock: [String]

    /// `ids` are the ids that the house gave to the orders of the list.
    init(_ ledger: Ledger, ids: [OrderID]) throws {
        orders = try ids.map { id in
            let story = ledger.stories[id] ?? Story()
            return try story.states() + story.facts()
        }
        stock = ledger.stock.map { key, item in
            "\(key.warehouse)/\(key.sku): \(item.onHand) on hand, \(item.held) held, "
                + "\(item.allocated) allocated"
        }.sorted()
    }

    /// What only one of the two forms says: lines of this one after `-`, of `other` after `+`.
    func differences(from other: CanonicalForm) -> [String] {
        var found: [String] = []
        for index in 0..<max(orders.count, other.orders.count) {
            let left = index < orders.count ? orders[index] : []
            let right = index < other.orders.count ? other.orders[index] : []
            found += Self.differences(left, right).map { "order \(index) \($0)" }
        }
        return found + Self.differences(stock, other.stock)
    }

    private static func differences(_ left: [String], _ right: [String]) -> [String] {
        right.difference(from: left).map { change in
            switch change {
            case .remove(_, let line, _): "- \(line)"
            case .insert(_, let line, _): "+ \(line)"
            }
        }
    }
}

extension Story {
    /// The final states, one a line.
    fileprivate func states() throws -> [String] {
        var lines = [
            "is " + standing, try Blanked.text(of: order), try Blanked.text(of: hold),
            try Blanked.text(of: payment), try Blanked.text(of: shipment),
        ]
        for (_, message) in messages.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append(try Blanked.text(of: message))
        }
        return lines
    }

    /// The facts, log by log (message by message), each log in its order.
    fileprivate func facts() throws -> [String] {
        let stock = wasAskedAgain ? stockFacts.filter { !$0.isToldAgain } : stockFacts
        let messages = MessageKind.allCases.map { messageFacts[$0] ?? [] }
        let logs: [[any Fact]] = [orderFacts, stock, paymentFacts, shipmentFacts] + messages
        return try logs.flatMap { facts in
            var lines: [String] = []
            for fact in facts where !Self.tries.contains(fact.wireName.text) {
                let line = try Self.line(fact)
                if Self.wishes.contains(fact.wireName.text) { lines.removeAll { $0 == line } }
                if wasAskedAgain && lines.contains(line) { continue }
                lines.append(line)
            }
            return lines
        }
    }

    /// Facts that only tell of one more try; how many it takes depends on the faults.
    private static let tries: Set<String> = [
        "order.reminded.v1", "payment.attempted.v1", "payment.deferred.v1",
        "shipment.attempted.v1", "shipment.deferred.v1", "message.attempted.v1",
        "message.deferred.v1",
    ]

    /// Of an order that is undone, stock and money come back on ways of their own: which of them is
    /// first may differ.
    private static let halves: Set<String> = [
        "order.stock-returned.v1", "order.payment-undone.v1",
    ]

    /// What is wanted of a payment whose authorization is under way is said at once, and again when
    /// the outcome is known. The last word counts: after a standstill there is only that.
    private static let wishes: Set<String> = ["payment.void-requested.v1"]

    private static func line(_ fact: any Fact) throws -> String {
        let name = fact.wireName.text
        if halves.contains(name) { return "order.half-undone" }
        return "\(name) \(try Blanked.text(fact.json))"
    }

    /// On a very slow machine an answer may be overdue. Who is asked again tells again what is
    /// known already; otherwise nobody says anything twice.
    private var wasAskedAgain: Bool {
        orderFacts.contains { if case .reminded = $0 { true } else { false } }
    }
}

extension StockEvent {
    fileprivate var isToldAgain: Bool {
        switch self {
        case .counted, .refused, .changed, .listed: false
        case .held(let movement), .committed(let movement), .shipped(let movement),
            .released(let movement, _):
            movement.lines.isEmpty
        }
    }
}

/// JSON with a star for every value that may differ.
private enum Blanked {
    /// Blanked where they are texts: in an order that is being undone some are truth values.
    private static let ids: Set<String> = [
        "id", "order", "hold", "payment", "shipment", "message",
    ]
    private static let others: Set<String> = [
        "at", "remindAt", "expiresAt", "leaseUntil", "callUntil", "askAt", "retryAt", "due",
        "attempt", "attemptsMade", "failures", "owedSince", "askedSince", "isAttempted",
        "isRetry", "reminders", "isInFlight", "isUnknown", "isQuestion",
        "reference", "tracking", "note", "sealed",
    ]

    static func text(of state: some WireCoded) throws -> String {
        var writer = WireWriter(json: JSONWriter(capacity: 1_024))
        writer.json.beginObject()
        state.write(to: &writer)
        writer.json.endObject()
        return try text(writer.json.bytes)
    }

    static func text(_ json: [UInt8]) throws -> String {
        text(try JSONDocument(parsing: json).root)
    }

    private static func text(_ view: JSONView) -> String {
        switch view.kind {
        case .object:
            var members: [String] = []
            view.forEachMember { name, value in
                let isBlank =
                    ids.contains(name) ? value.kind == .string : others.contains(name)
                members.append("\(name)=\(isBlank && !value.isNull ? "*" : text(value))")
            }
            return "{\(members.joined(separator: " "))}"
        case .array: return "[\(view.elements.map { text($0) }.joined(separator: " "))]"
        case .string: return view.string ?? ""
        case .number: return view.numberText ?? ""
        case .bool: return view.bool == true ? "true" : "false"
        case .null: return "null"
        }
    }
}
