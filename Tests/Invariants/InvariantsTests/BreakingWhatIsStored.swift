// SPDX-License-Identifier: Apache-2.0
/// What breaks the rules about stored things: bytes, rows, cursors, answers and the books outside.

import Contracts
import Invariants
import Kernel
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import SampleFacts

extension Breaker {
    private static let log = LogName("orders")

    /// The sound house after `change`.
    private static func leftInTheBooks(_ script: Script, _ what: String) -> Breaker {
        Breaker(.o3, by: what) {
            // The reference house misses them, too.
            try Inspected(
                script.without("stock.shipped.v1")
            ).broken.subtracting([.o5, .s1, .s4])
        }
    }

    private static func after(
        _ script: Script = .completed, _ change: (inout Inspected) -> Void
    ) throws -> Set<Rule> {
        try Inspected(script).changing(change).broken
    }

    private static func forged(_ frame: Frame, bytes: [UInt8], chain: [UInt8]) -> Frame {
        Frame(
            log: frame.log, first: frame.first, count: frame.count, epoch: frame.epoch,
            at: frame.at, bytes: bytes, chain: chain)
    }

    static let stored: [Breaker] = [
        Breaker(.e10, by: "a chain that says something else") {
            try after { house in
                guard let last = house.shelf.frames[log]?.last else { return }
                let count = house.shelf.frames[log]?.count ?? 0
                house.shelf.frames[log]?[count - 1] = forged(
                    last, bytes: last.bytes, chain: [0])
            }
        },
        Breaker(.e11, by: "an event of an unknown version") {
            try after { house in
                let log = LogName("notifications")
                guard let last = house.shelf.frames[log]?.last else { return }
                var bytes = last.bytes
                bytes[1] = 99
                let link = SumChain().link(house.shelf.frames[log]?.first?.chain ?? [], bytes)
                house.shelf.frames[log]?[1] = forged(last, bytes: bytes, chain: link)
                house.shelf.tables["messages_0"] = [:]
                house.isAtRest = false
            }
        },
        Breaker(.q1, by: "one byte of a row") {
            try after { house in
                guard let row = house.shelf.tables["orders_0"]?.values.first else { return }
                let value = row.value.dropLast() + [row.value[row.value.count - 1] ^ 1]
                house.shelf.put("orders_0", row.key, Array(value), due: row.due)
            }
        },
        Breaker(.q1, by: "a row that is due when its state is not") {
            try after { house in
                guard let row = house.shelf.tables["orders_0"]?.values.first else { return }
                house.shelf.put("orders_0", row.key, row.value, due: Sample.moment(1))
            }
        },
        Breaker(.g4, by: "a row of what is under way that is due at no moment") {
            try after(.awaitingPayment) { house in
                house.isAtRest = false
                guard let row = house.shelf.tables["orders_0"]?.values.first else { return }
                house.shelf.put("orders_0", row.key, row.value, due: nil)
            }
        },
        Breaker(.q1, by: "a row that lags behind its mark") {
            try after { house in
                house.shelf.tables["orders_0"] = [:]
                let checkpoint = Checkpoint(through: 3, repliesThrough: 0, greatest: [])
                house.shelf.put("checkpoints", Array("orders/0".utf8), checkpoint.value)
            }
        },
        Breaker(.q2, by: "a cursor beyond its log") {
            try after { $0.shelf.setCursor(.notifications, .orders, 99) }
        },
        Breaker(.e8, by: "an effect whose cursor is not stored") {
            try after { house in
                house.shelf.setCursor(.shipping, .orders, 2)
                house.isAtRest = false
            }
        },
        Breaker(.l1, by: "a fact that is not heard at the end") {
            try after { $0.shelf.setCursor(.notifications, .orders, 5) }
        },
        Breaker(.e3, by: "a fact that is not published at the end") {
            try after { house in
                var value: [UInt8] = []
                value.appendVarint(5)
                value.appendVarint(64)
                for _ in 0..<64 { value.appendVarint(0) }
                house.shelf.put(OutboxCheckpoint.table, Array("orders/0".utf8), value)
            }
        },
        Breaker(.e9, by: "a fact that was parked before it was heard") {
            try after { house in
                let item = ParkedItem(
                    consumer: LogName("shipping"), source: log, position: 99, name: "", payload: [],
                    provenance: Provenance(
                        at: Timestamp(milliseconds: 1), cause: .time, trace: nil),
                    reason: "unreadable", entity: nil)
                house.shelf.put(Parking.table, item.rowKey, item.value)
                house.isAtRest = false
            }
        },
        Breaker(.e2, by: "an order without its answer") {
            try after { $0.shelf.frames[LogName("orders.replies")] = [] }
        },
        Breaker(.e2, by: "an order that is decided, and its answer pending") {
            try after {
                $0.shelf.frames[LogName("orders.replies")] = []
                $0.shelf.answer(request: 7, status: 0, version: 0)
            }
        },
        Breaker(.e2, by: "an answer without its order") {
            try after { $0.shelf.answer(request: 8, status: 201, version: 1, order: .stranger) }
        },
        Breaker(.o8, by: "two answers to one request") {
            try after { $0.shelf.answer(request: 7, status: 201, version: 1) }
        },
        Breaker(.i4, by: "a kept answer that nothing was decided for") {
            try after {
                $0.shelf.answer(
                    request: 9, status: 409, version: 0, body: #"{"code":"already-canceling"}"#)
            }
        },
        Breaker(.i4, by: "a kept refusal of a cancel that was never recorded") {
            try after {
                $0.shelf.answer(
                    request: 9, status: 409, version: 0,
                    body: """
                        {"code":"too-late-to-cancel",\
                        "instance":"/v1/orders/\(Sample.order.text)"}
                        """)
            }
        },
    ]

    static let ends: [Breaker] = [
        Breaker(.m4, by: "two captures at the provider") {
            try after { $0.account?.captures = 2 }
        },
        Breaker(.m6, by: "a capture that the provider does not know") {
            try after { $0.account?.captured = 0 }
        },
        Breaker(.m6, by: "money at the provider that nobody asked for") {
            try after(.rejected) { house in
                house.account = ProviderAccount(
                    authorized: 400, captured: 0, captures: 0, isVoided: false, currency: .eur)
            }
        },
        Breaker(.m10, by: "an authorization that nobody gave back") {
            try after(.canceled) { $0.account?.isVoided = false }
        },
        Breaker(.m9, by: "a capture of a payment that was given back") {
            try after(.canceled) { $0.account?.captured = 1 }
        },
        Breaker(.m6, by: "money that was taken though the capture failed") {
            try after(.unpaid) { $0.account?.captured = 400 }
        },
        Breaker(.m8, by: "the provider's own currency") {
            try after { $0.account?.currency = .usd }
        },
        Breaker(.g3, by: "two labels at the carrier") { try after { $0.parcel?.labels = 2 } },
        Breaker(.g3, by: "a mail that nobody has") { try after { $0.mails = 0 } },
        Breaker(.g3, by: "a parcel at the carrier that is only labeled") {
            try after { $0.parcel?.status = .labeled }
        },
        Breaker(.o5, by: "an order that waits for ever") {
            try after(.awaitingPayment) { _ in }
        },
        Breaker(.o5, by: "a mail that is never sent") {
            try Inspected(Script.completed.without("message.sent.v1")).broken
        },
        leftInTheBooks(Script.completed, "goods that never left the books"),
        leftInTheBooks(Script.unpaid, "goods without a payment that never left the books"),
        Breaker(.g4, by: "an order under way that nothing will wake") {
            var inspection = try Inspected(.awaitingPayment).changing {
                $0.isAtRest = false
            }.inspection().snapshot
            guard var fold = inspection.logs[0] as? LogFold<Orders> else { return [] }
            fold.entities[Sample.order]?.state.remindAt = nil
            inspection.logs[0] = fold
            var findings = Findings()
            inspection.check(Script.awaitingPayment.told(), &findings)
            return Set(findings.rules)
        },
        Breaker(.o1, by: "a state that the events do not lead to") {
            let snapshot = try Inspected(.awaitingPayment).changing {
                $0.isAtRest = false
            }.inspection().snapshot
            var findings = Findings()
            snapshot.check(Script.awaitingPayment.until("order.placed.v1").told(), &findings)
            return Set(findings.rules)
        },
        Breaker(.l4, by: "a queue beyond its bound") {
            var findings = Findings()
            QueueGauge(name: "mailbox", count: 4, bound: 4).check(&findings)
            guard findings.isEmpty else { return [] }
            QueueGauge(name: "mailbox", count: 5, bound: 4).check(&findings)
            return Set(findings.rules)
        },
        Breaker(.g7, by: "an attempt whose call never leaves") { worker { $0.recorded = 8 } },
        Breaker(.g7, by: "a call that waits until its lease is over") {
            worker { $0.waited = .milliseconds(20_001) }
        },
        Breaker(.l2, by: "retries in more than half of the slots") { worker { $0.retries = 3 } },
        Breaker(.l5, by: "a slot that outlives its call") { worker { $0.taken = 4 } },
    ]
}

/// What a worker trips that was sound before `change`.
private func worker(_ change: (inout WorkerGauge) -> Void) -> Set<Rule> {
    var gauge = WorkerGauge("payments")
    (gauge.recorded, gauge.left, gauge.queued) = (7, 5, 2)
    (gauge.taken, gauge.unanswered, gauge.retries, gauge.slots) = (3, 3, 2, 4)
    gauge.waited = .seconds(20)
    var findings = Findings()
    gauge.check(&findings)
    guard findings.isEmpty else { return [] }
    change(&gauge)
    gauge.check(&findings)
    return Set(findings.rules)
}
