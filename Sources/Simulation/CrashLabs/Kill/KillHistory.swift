// SPDX-License-Identifier: Apache-2.0
/// What the kill lab's client knows: every request that it sent, and the answer that it got. Pure;
/// the judgement over a run needs nothing else but what the house shows at the end.

import Contracts
import JSONCodec
import Kernel
import LoadGenerator

/// An answer, as far as it is remembered.
struct KillAnswer: Sendable, Equatable {
    let status: Int
    /// The order that it speaks of.
    let order: OrderID?
    private let length: Int
    private let low: UInt64
    private let high: UInt64

    init(_ response: LoadResponse) {
        status = response.status
        length = response.body.count
        (low, high) = Murmur3.hash128(response.body, seed: 0)
        order = Self.order(in: response.json)
    }

    /// True when an order was stored, whether its stock is held already or not.
    var isTaken: Bool { status == 201 || status == 202 }

    /// `id` of an order, or the end of a problem's `instance`.
    private static func order(in json: JSONView?) -> OrderID? {
        if let id = json?["id"]?.string { return OrderID(text: id) }
        let instance = json?["instance"]?.string
        return instance?.split(separator: "/").last.flatMap { OrderID(text: $0) }
    }
}

struct KillHistory: Sendable {
    struct Entry: Sendable {
        let asked: KillAsked
        var answer: KillAnswer?
        var wasResent = false

        /// True when the answer was stored with what it tells of. A refusal to cancel tells of no
        /// event: it is decided anew, and may be another one by then.
        var isReplayable: Bool {
            guard let answer else { return false }
            return asked == .order || answer.status < 400
        }
    }

    private(set) var entries: [Entry] = []
    /// Which request an order belongs to.
    private(set) var numbers: [OrderID: Int] = [:]
    /// Orders that somebody wanted to cancel, with an answer or without.
    private(set) var canceled: Set<OrderID> = []
    /// Those of which somebody was told that they are canceled.
    private(set) var undone: Set<OrderID> = []
    var report: KillReport

    init(seed: UInt64) { report = KillReport(seed: seed) }

    /// Notes a request that is now to be sent; gives its number.
    mutating func ask(_ asked: KillAsked) -> Int {
        switch asked {
        case .order: report.orders += 1
        case .cancel(let order):
            report.cancels += 1
            canceled.insert(order)
        }
        entries.append(Entry(asked: asked))
        return entries.count - 1
    }

    var unanswered: [Int] { entries.indices.filter { entries[$0].answer == nil } }

    /// Notes that a request without an answer is sent again.
    mutating func resend(_ number: Int) {
        guard !entries[number].wasResent else { return }
        entries[number].wasResent = true
        report.resent += 1
    }

    /// Notes an answer; false when it is none yet and the request must be sent again.
    mutating func answer(_ number: Int, _ response: LoadResponse) -> Bool {
        if [429, 500, 503].contains(response.status) {
            if response.status == 500 { find(.unexpectedAnswer, number, "500: \(response.start)") }
            return false
        }
        if response.status == 202, case .order = entries[number].asked {
            // Nobody knows yet whether there is stock; the order stands.
            claim(number, KillAnswer(response))
            return false
        }
        let answer = KillAnswer(response)
        guard entries[number].answer == nil else {
            check(number, answer, response)
            return true
        }
        entries[number].answer = answer
        report.acked += 1
        report.statuses["\(answer.status)", default: 0] += 1
        if entries[number].wasResent, response.isReplayed { report.resentWereStored += 1 }
        if !isExpected(answer, entries[number].asked) {
            find(.unexpectedAnswer, number, "\(answer.status): \(response.start)")
        }
        claim(number, answer)
        if case .cancel(let order) = entries[number].asked, answer.status == 200 {
            undone.insert(order)
        }
        return true
    }

    /// An answer to a request that had one: it must be the same.
    private mutating func check(_ number: Int, _ answer: KillAnswer, _ response: LoadResponse) {
        report.replays += 1
        guard let first = entries[number].answer else { return }
        if first.order != answer.order, first.order != nil, answer.order != nil {
            find(.duplicate, number, "has another order now")
        }
        claim(number, answer)
        guard first != answer || !response.isReplayed else { return }
        let what = first == answer ? "not marked as a repetition" : "another answer"
        find(
            .replayMismatch, number,
            "\(what): \(first.status), now \(answer.status) \(response.start)")
    }

    /// An order belongs to one request that places it.
    private mutating func claim(_ number: Int, _ answer: KillAnswer) {
        guard case .order = entries[number].asked, let order = answer.order else { return }
        if let other = numbers[order], other != number {
            find(.duplicate, number, "has the order of request \(other)")
        }
        numbers[order] = number
    }

    private func isExpected(_ answer: KillAnswer, _ asked: KillAsked) -> Bool {
        switch asked {
        case .order: answer.status == 201 && answer.order != nil || answer.status == 409
        case .cancel: [200, 202, 409].contains(answer.status)
        }
    }

    mutating func find(_ fault: KillFault, _ number: Int, _ what: String) {
        report.find(fault, "request \(number): \(what)")
    }
}

extension LoadResponse {
    var isReplayed: Bool { headers["Idempotent-Replayed"] == "true" }

    /// For findings.
    var start: String { String(decoding: body.prefix(300), as: UTF8.self) }
}
