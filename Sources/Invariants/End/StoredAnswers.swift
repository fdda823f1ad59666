// SPDX-License-Identifier: Apache-2.0
/// The answers that a house keeps for repeated requests, against the orders that they tell of.

import Contracts
import JSONCodec
import Kernel
import NodeEngine
package import Ports

package struct StoredAnswers {
    /// An answer that tells of a new order.
    private struct Promise {
        let order: OrderID
        let version: Int64
    }

    private var requests = EntropyTable()
    /// By the number of the request: when it was answered last.
    private var answeredAt: [Timestamp] = []
    /// Whether it is still to be answered.
    private var isPending: [Bool] = []
    private let retention: Retention
    private var promises: [Promise] = []
    /// Orders whose cancel was refused, and the refusal kept.
    private var lateCancels: [OrderID] = []
    private var heads: [LogName: Int64] = [:]
    /// By log: the value of its chain at the head.
    private var links: [LogName: [UInt8]] = [:]
    /// When the oldest answer that is kept was given, where earlier ones were dropped.
    private var horizon: Timestamp?

    package init(retention: Retention = .standard) { self.retention = retention }

    /// Reads on in the answers of `log` from where it ended last time. What is read before the
    /// orders can be compared with them in the one direction, what is read after them in the other.
    package mutating func read(
        _ log: LogName, _ reader: any Reader, chain: any Chain, _ findings: inout Findings
    ) throws {
        let answers = LogName("\(log.service).replies", log.shard)
        while true {
            let head = heads[answers] ?? 0
            let frames = try reader.frames(of: answers, after: head, limit: 10_000)
            guard !frames.isEmpty else { return }
            for frame in frames {
                if frame.first > (heads[answers] ?? 0) + 1 {
                    try passOver(to: frame, answers, reader)
                }
                note(frame, answers, chain, &findings)
            }
        }
    }

    /// Old answers are dropped, from the oldest on: before the oldest that is kept is no gap.
    private mutating func passOver(
        to frame: Frame, _ log: LogName, _ reader: any Reader
    ) throws {
        let oldest = try reader.frames(of: log, after: 0, limit: 1).first
        guard let oldest, oldest.first >= frame.first else { return }
        heads[log] = frame.first - 1
        links[log] = nil
        horizon = max(horizon ?? oldest.at, oldest.at)
    }

    private mutating func note(
        _ frame: Frame, _ log: LogName, _ chain: any Chain, _ findings: inout Findings
    ) {
        let head = heads[log] ?? 0
        findings.demand(frame.first == head + 1, .e1, "\(log): \(frame.first) after \(head)")
        // After dropped answers the chain goes on from what the first frame says.
        if frame.first == 1 || links[log] != nil {
            let link = chain.link(links[log] ?? [], frame.bytes)
            findings.demand(link == frame.chain, .e10, "\(log)/\(frame.first)")
        }
        heads[log] = frame.last
        links[log] = frame.chain
        guard let answers = try? StoredReply.all(in: frame) else {
            return findings.note(.e11) { "\(log)/\(frame.first)" }
        }
        for answer in answers { note(answer, log, frame, &findings) }
    }

    private mutating func note(
        _ answer: StoredReply, _ log: LogName, _ frame: Frame, _ findings: inout Findings
    ) {
        let identity = answer.identity.high ^ answer.identity.low
        let (number, isNew) = requests.number(of: identity)
        let isPromised = answer.reply != nil && !isNew && isPending[number]
        if isNew {
            answeredAt.append(frame.at)
            isPending.append(false)
        } else {
            findings.demand(
                isPromised || retention.mayBeNew(at: frame.at, after: answeredAt[number]), .o8,
                "\(log) after \(frame.first): a second answer")
            answeredAt[number] = frame.at
        }
        guard case .given(let reply) = answer.answer else {
            isPending[number] = true
            return
        }
        isPending[number] = false
        findings.demand(
            reply.status < 300 || (reply.status == 409 && isRefusal(reply.body)), .i4,
            "\(log)/\(frame.first): \(reply.status)")
        guard reply.status == 201,
            let order = OrderID(text: reply.location.dropFirst("/v1/orders/".count))
        else { return }
        promises.append(Promise(order: order, version: reply.version))
    }

    /// Of the problems, only these tell of something that was decided and logged: an order that was
    /// rejected, and a cancel that failed before it was answered.
    private mutating func isRefusal(_ body: [UInt8]) -> Bool {
        let problem = (try? JSONDocument(parsing: body))?.root
        switch problem?["code"]?.string {
        case "insufficient-stock": return true
        case "too-late-to-cancel":
            guard let path = problem?["instance"]?.string,
                let order = OrderID(text: path.dropFirst("/v1/orders/".count))
            else { return false }
            lateCancels.append(order)
            return true
        default: return false
        }
    }

    /// Every answer that was read so far tells of an order that stands. To be called when the
    /// orders have been noted, before more is read.
    package func checkOrders(_ ledger: Ledger, _ findings: inout Findings) {
        for promise in promises {
            findings.demand(
                ledger.version(of: promise.order) >= promise.version, .e2,
                "\(promise.order.text): answered, and not stored")
        }
        for order in lateCancels {
            findings.demand(
                ledger.hasFailedToCancel(order), .i4,
                "\(order.text): a kept refusal of a cancel that was not recorded")
        }
    }

    /// Every order that was made of a request has its answer. To be called when all is read.
    package func checkAnswers(_ ledger: Ledger, _ findings: inout Findings) {
        ledger.forEachRequest { order, request, placedAt in
            if let horizon, placedAt <= horizon { return }
            guard let number = requests.known(request) else {
                return findings.note(.e2) { "\(order.text): stored, and not answered" }
            }
            findings.demand(
                !isPending[number] || !ledger.isDecided(order), .e2,
                "\(order.text): decided, and its answer still pending")
        }
    }
}
