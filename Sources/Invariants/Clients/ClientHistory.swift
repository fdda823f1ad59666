// SPDX-License-Identifier: Apache-2.0
/// What callers asked and were told, against what is stored: acknowledged ⊆ stored ⊆ asked. An
/// answer is yes, no or unknown, and unknown is both.

package import Contracts
import Kernel
package import Ports

package struct ClientHistory: Sendable {
    /// What a caller was told.
    package struct Answer: Sendable, Equatable {
        package let status: Int
        package let body: [UInt8]
        /// The new order that the answer tells of.
        package let order: OrderID?

        package init(status: Int, body: [UInt8], order: OrderID? = nil) {
            self.status = status
            self.body = body
            self.order = order
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
        var order: OrderID?
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

    package init() {}

    /// A caller asks, perhaps again: from now on it may happen. `request` is the identity of
    /// principal and key.
    package mutating func ask(_ request: InputID) {
        if asked[request] == nil { asked[request] = Asked() }
    }

    /// The caller was told. `fingerprint` stands for the body of what was asked.
    package mutating func note(_ answer: Answer, to request: InputID, fingerprint: UInt64) {
        ask(request)
        guard !answer.isUnknown else {
            asked[request]?.isRefused = false
            return
        }
        guard answer.isKept else {
            findings.demand(
                asked[request]?.kept[fingerprint] == nil, .i1,
                "\(answer.status), and before it was done")
            return
        }
        keep(answer, request, fingerprint)
    }

    private mutating func keep(_ answer: Answer, _ request: InputID, _ fingerprint: UInt64) {
        var known = asked[request] ?? Asked()
        known.isRefused = false
        if let first = known.kept[fingerprint] {
            findings.demand(
                first == answer, .i1, "\(first.status), then \(answer.status) or other bytes")
        } else {
            findings.demand(known.kept.isEmpty, .i2, "two bodies under one key were both done")
            known.kept[fingerprint] = answer
        }
        if let order = answer.order {
            findings.demand(
                known.order == nil || known.order == order, .i3,
                "\(order.text): a second order of one request")
            known.order = order
            let owner = owners[order]
            findings.demand(
                owner == nil || owner == request, .i5, "\(order.text) was told to two requests")
            owners[order] = owner ?? request
        }
        asked[request] = known
    }

    /// A caller that lost its connection, or its patience.
    package mutating func giveUp(on request: InputID) {
        ask(request)
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
        ledger.forEachRequest { order, sum, _ in
            guard let request = bySum[sum], let known = asked[request] else {
                return findings.note(.o4) { "\(order.text): nobody asked for it" }
            }
            findings.demand(!known.isRefused, .o4, "\(order.text): refused, and stored")
            findings.demand(
                known.order == nil || known.order == order, .i3,
                "\(order.text): its caller was told of another")
        }
    }
}
