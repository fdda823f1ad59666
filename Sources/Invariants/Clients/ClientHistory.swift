// SPDX-License-Identifier: Apache-2.0
/// What callers asked and were told, against what is stored: acknowledged ⊆ stored ⊆ asked. An
/// answer is yes, no or unknown, and unknown is both.

package import Contracts
package import Kernel
package import Ports

package struct ClientHistory: Sendable {
    /// What a caller was told.
    package struct Answer: Sendable, Equatable {
        package let status: Int
        package let body: [UInt8]
        /// The new order that the answer tells of.
        package let order: OrderID?
        /// True when the order was not decided yet.
        package let isUndecided: Bool

        package init(
            status: Int, body: [UInt8], order: OrderID? = nil, isUndecided: Bool = false
        ) {
            self.status = status
            self.body = body
            self.order = order
            self.isUndecided = isUndecided
        }

        /// Anything may have come of it.
        var isUnknown: Bool { status >= 500 || status == 429 }
        /// The answer is kept for whoever asks again.
        var isKept: Bool { status < 300 || (status == 409 && order != nil) }
    }

    private struct Asked: Sendable {
        /// By body: the answer that is kept for it.
        var kept: [UInt64: Answer] = [:]
        /// Every answer so far said that nothing was done.
        var isRefused = true
        /// The order that its callers were told of; before it, those of answers long given up.
        var orders: [OrderID] = []
        /// The moments between which the kept answer was given: when it was asked for first, and
        /// when its callers heard of it.
        var askedAt: Timestamp
        var heardAt: Timestamp?
        /// When it was asked for last.
        var repeatedAt: Timestamp
    }

    private var asked: [InputID: Asked] = [:]
    private var owners: [OrderID: InputID] = [:]
    private var read: [Reading: Int64] = [:]
    /// What each client was told of an order that it wrote.
    private var written: [Reading: Int64] = [:]

    private struct Reading: Hashable, Sendable {
        let client: Int
        let order: OrderID
    }

    package var findings = Findings()
    private let retention: Retention
    package static let beginning = Timestamp(milliseconds: 0)

    package init(retention: Retention = .standard) { self.retention = retention }

    /// A caller asks, perhaps again: from now on it may happen. `request` is the identity of
    /// principal and key.
    package mutating func ask(_ request: InputID, at now: Timestamp = beginning) {
        asked[request, default: Asked(askedAt: now, repeatedAt: now)].repeatedAt = now
    }

    /// The caller was told. `fingerprint` stands for the body of what was asked.
    package mutating func note(
        _ answer: Answer, to request: InputID, fingerprint: UInt64, at now: Timestamp = beginning
    ) {
        guard var known = asked[request] else {
            ask(request, at: now)
            return note(answer, to: request, fingerprint: fingerprint, at: now)
        }
        defer { asked[request] = known }
        guard !answer.isUnknown else {
            known.isRefused = false
            return
        }
        guard !answer.isUndecided else {
            known.isRefused = false
            findings.demand(answer.status == 202, .i8, "\(answer.status), and nothing was decided")
            // An answer to an earlier try may come later than that to the last one.
            return own(answer, request)
        }
        guard answer.isKept else {
            findings.demand(
                known.kept[fingerprint] == nil
                    || retention.mayBeNew(at: now, after: known.askedAt), .i1,
                "\(answer.status), and before it was done")
            return
        }
        keep(answer, &known, fingerprint, now)
        own(answer, request)
    }

    private mutating func keep(
        _ answer: Answer, _ known: inout Asked, _ fingerprint: UInt64, _ now: Timestamp
    ) {
        known.isRefused = false
        let isSame = known.kept[fingerprint] == answer
        if known.heardAt != nil, !isSame, retention.mayBeNew(at: now, after: known.askedAt) {
            // It is a new request, which was answered after the first could be given up.
            known.kept = [:]
            known.askedAt = known.askedAt.advanced(by: retention.least)
            known.heardAt = nil
        }
        if let heardAt = known.heardAt, isSame, answer.order != nil {
            findings.demand(
                !retention.mustBeNew(at: known.repeatedAt, after: heardAt), .o8,
                "\(answer.status): an answer that was to be given up")
        }
        if let first = known.kept[fingerprint] {
            findings.demand(
                first == answer, .i1, "\(first.status), then \(answer.status) or other bytes")
        } else {
            findings.demand(known.kept.isEmpty, .i2, "two bodies under one key were both done")
            known.kept[fingerprint] = answer
        }
        if let order = answer.order, known.orders.last != order {
            findings.demand(
                known.orders.isEmpty || known.heardAt == nil, .i3,
                "\(order.text): a second order of one request")
            known.orders.append(order)
        }
        known.heardAt = known.heardAt ?? now
    }

    private mutating func own(_ answer: Answer, _ request: InputID) {
        if let order = answer.order {
            let owner = owners[order]
            findings.demand(
                owner == nil || owner == request, .i5, "\(order.text) was told to two requests")
            owners[order] = owner ?? request
        }
    }

    /// A caller that lost its connection, or its patience.
    package mutating func giveUp(on request: InputID) {
        if asked[request] == nil { ask(request) }
        asked[request]?.isRefused = false
    }

    /// `client` was told that what it asked for brought `order` to `version`.
    package mutating func write(_ order: OrderID, at version: Int64, by client: Int) {
        let writing = Reading(client: client, order: order)
        written[writing] = max(written[writing] ?? 0, version)
    }

    /// `client` sees `order` at `version`; 0 when it sees none.
    package mutating func see(_ order: OrderID, at version: Int64, by client: Int) {
        let reading = Reading(client: client, order: order)
        let told = written[reading] ?? 0
        findings.demand(
            version >= told, .q7, "\(order.text): \(version), and \(told) was answered")
        let before = read[reading] ?? 0
        findings.demand(version >= before, .o10, "\(order.text): \(version) after \(before)")
        read[reading] = max(before, version)
    }

    /// Compares everything with the orders whose facts `ledger` has noted.
    package func check(_ ledger: Ledger, _ findings: inout Findings) {
        findings.absorb(self.findings)
        for order in owners.keys {
            findings.demand(
                ledger.version(of: order) > 0, .o4, "\(order.text): acknowledged and lost")
        }
        var bySum: [UInt64: InputID] = [:]
        for request in asked.keys { bySum[request.high ^ request.low] = request }
        var placedAt: [OrderID: Timestamp] = [:]
        ledger.forEachRequest { order, _, at in placedAt[order] = at }
        ledger.forEachRequest { order, sum, at in
            guard let request = bySum[sum], let known = asked[request] else {
                return findings.note(.o4) { "\(order.text): nobody asked for it" }
            }
            findings.demand(!known.isRefused, .o4, "\(order.text): refused, and stored")
            findings.demand(
                known.orders.allSatisfy { told in
                    told == order || placedAt[told].map { isApart($0, at) } ?? false
                }, .i3, "\(order.text): its caller was told of another")
        }
    }

    /// Whether two orders of one request lie so far apart that they are of two requests.
    private func isApart(_ one: Timestamp, _ other: Timestamp) -> Bool {
        retention.mayBeNew(at: max(one, other), after: min(one, other))
    }
}
