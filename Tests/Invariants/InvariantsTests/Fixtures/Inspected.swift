// SPDX-License-Identifier: Apache-2.0
/// A house on a shelf with the books of those outside, inspected.

import Contracts
import Invariants
import Kernel
import Ports
import SampleFacts

struct Inspected {
    var shelf: Shelf
    var account: ProviderAccount?
    var parcel: CarrierParcel?
    var mails = 1
    var isAtRest = true
    var logs = ServiceChecks.logs

    init(_ script: Script = .completed) {
        shelf = Shelf(script)
        let has = { (name: String) in script.lines.contains { $0.fact.wireName.text == name } }
        if has("payment.authorized.v1") {
            account = ProviderAccount(
                authorized: 400, captured: has("payment.captured.v1") ? 400 : 0,
                captures: has("payment.captured.v1") ? 1 : 0,
                isVoided: has("payment.voided.v1"), currency: .eur)
        }
        if has("shipment.labeled.v1") {
            parcel = CarrierParcel(labels: 1, status: .labeled)
            if has("shipment.canceled.v1") { parcel?.status = .canceled }
            if has("shipment.shipped.v1") { parcel?.status = .shipped }
            if has("shipment.delivered.v1") { parcel?.status = .delivered }
        }
        shelf.answer(request: 7, status: 201, version: 1)
    }

    func changing(_ change: (inout Inspected) -> Void) -> Inspected {
        var copy = self
        change(&copy)
        return copy
    }

    func inspection() throws -> Inspection {
        let (account, parcel, mails) = (account, parcel, mails)
        let outside = Outside(
            account: { $0 == Sample.order.payment().raw ? account : nil },
            parcel: { $0 == Sample.order.shipment().raw ? parcel : nil }, mails: { _ in mails },
            payments: account == nil ? [] : [Sample.order.payment().raw],
            shipments: parcel == nil ? [] : [Sample.order.shipment().raw])
        return try Inspection(
            .init(
                stores: [.init(logs: logs, reader: shelf)], chain: SumChain(),
                outside: { outside }, isAtRest: isAtRest))
    }

    var broken: Set<Rule> { get throws { Set(try inspection().findings.rules) } }
}

extension Shelf {
    /// An answer that tells of the sample order; one that is pending on it when `status` is 0.
    mutating func answer(
        request: UInt64, status: Int, version: Int64, order: OrderID = Sample.order,
        body: String = "{}", at: Timestamp = Sample.moment(0)
    ) {
        var reply = WireWriter(binary: 64)
        reply.binary.append(UUIDv7(high: 0, low: request))
        reply.binary.appendVarint(unsigned: 1)
        reply.binary.append(0)
        guard status > 0 else {
            reply.binary.append(0)
            reply.binary.append(0)
            reply.field("key", bytes: order.raw.bytes)
            return addReply(reply.bytes, at: at)
        }
        reply.binary.appendVarint(unsigned: UInt64(status))
        reply.binary.appendVarint(version)
        reply.binary.appendCounted(status == 201 ? "/v1/orders/\(order.text)" : "")
        reply.field("body", bytes: Array(body.utf8))
        addReply(reply.bytes, at: at)
    }

    private mutating func addReply(_ reply: [UInt8], at: Timestamp) {
        var bytes: [UInt8] = []
        bytes.appendVarint(unsigned: UInt64(reply.count))
        add(bytes + reply, to: LogName("orders.replies"), at: at)
    }
}
