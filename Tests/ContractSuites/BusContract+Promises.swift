// SPDX-License-Identifier: Apache-2.0
/// The promises of a bus, one by one.

import Kernel
import Ports
import Testing

extension BusMessage {
    static func sample(_ log: LogName, _ position: Int64, payload: [UInt8]? = nil) -> BusMessage {
        let partition = UInt16(position % 3)
        return BusMessage(
            log: log, epoch: 2, epochBase: 0, partition: partition, position: position,
            previous: max(0, position - 3), key: "ord_\(position)", name: "sample.v1",
            payload: payload ?? Array("{\"position\":\(position)}".utf8),
            provenance: Provenance(
                at: Timestamp(milliseconds: position), cause: .fact(LogName("stock"), position),
                trace: position.isMultiple(of: 2) ? "00-\(position)-01" : nil))
    }

    static func samples(_ log: LogName, _ positions: ClosedRange<Int64>) -> [BusMessage] {
        positions.map { sample(log, $0) }
    }
}

extension BusMedium {
    /// Fails when `heard` is not what a bus with these faults may make of `sent`.
    func compare(_ heard: [BusMessage], with sent: [BusMessage]) {
        for partition in Set(sent.map(\.partition)).union(heard.map(\.partition)) {
            let was = sent.filter { $0.partition == partition }
            var came = heard.filter { $0.partition == partition }
            for message in came {
                #expect(was.contains(message), "never sent as it came: \(message.position)")
            }
            if faults.contains(.reorders) { came.sort { $0.position < $1.position } }
            if faults.contains(.repeats) {
                var seen: Set<Int64> = []
                came = came.filter { seen.insert($0.position).inserted }
            }
            let positions = came.map(\.position)
            if faults.contains(.loses) {
                #expect(positions == positions.sorted())
            } else {
                #expect(positions == was.map(\.position))
            }
        }
    }
}

extension BusContract {
    static let deliversAsSent = Self("delivers facts and beacons as they were sent") { medium in
        let listener = Listener()
        listener.listen(to: .orders, on: medium.bus)
        let beacon = BusMessage(
            beaconOf: .orders, epoch: 3, epochBase: 9, partition: 1, position: 4)
        let sent = [BusMessage.sample(.orders, 1), BusMessage.sample(.orders, 4), beacon]
        for message in sent { try medium.publish([message]) }
        try await medium.settle()
        for message in listener.heard { #expect(sent.contains(message)) }
        if medium.faults.isEmpty { #expect(listener.heard == sent) }
    }

    static let deliversInOrder = Self("keeps the order of each partition") { medium in
        let listener = Listener()
        listener.listen(to: .orders, on: medium.bus)
        let sent = BusMessage.samples(.orders, 1...300)
        for start in stride(from: 0, to: sent.count, by: 7) {
            try medium.publish(Array(sent[start..<min(start + 7, sent.count)]))
        }
        try await medium.settle()
        medium.compare(listener.heard, with: sent)
        #expect(!listener.heard.isEmpty)
    }

    static let deliversToAll = Self("delivers to every subscriber") { medium in
        let listeners = (0..<3).map { _ in Listener() }
        for listener in listeners { listener.listen(to: .orders, on: medium.bus) }
        let sent = BusMessage.samples(.orders, 1...90)
        for message in sent { try medium.publish([message]) }
        try await medium.settle()
        for listener in listeners {
            medium.compare(listener.heard, with: sent)
            #expect(!listener.heard.isEmpty)
        }
    }

    static let deliversWhatWasAskedFor = Self("delivers only what was subscribed to") { medium in
        let some = Listener()
        let none = Listener()
        let both = Listener()
        some.listen(to: .orders, partitions: [0, 2], on: medium.bus)
        none.listen(to: .orders, partitions: [], on: medium.bus)
        none.listen(to: LogName("orders", 1), on: medium.bus)
        both.listen(to: .orders, partitions: [1], on: medium.bus)
        both.listen(to: .stock, on: medium.bus)
        let orders = BusMessage.samples(.orders, 1...60)
        let stock = BusMessage.samples(.stock, 1...60)
        // Logs alternate within a publication.
        try medium.publish(zip(orders, stock).flatMap { [$0, $1] })
        try await medium.settle()
        medium.compare(some.heard, with: orders.filter { $0.partition != 1 })
        #expect(none.heard == [])
        medium.compare(
            both.heard.filter { $0.log == .orders }, with: orders.filter { $0.partition == 1 })
        medium.compare(both.heard.filter { $0.log == .stock }, with: stock)
    }

    static let takesRepeats = Self("takes the same messages again") { medium in
        let listener = Listener()
        listener.listen(to: .orders, on: medium.bus)
        let sent = BusMessage.samples(.orders, 1...30)
        try medium.publish(sent)
        try medium.publish(Array(sent.suffix(10)))
        try await medium.settle()
        for message in listener.heard { #expect(sent.contains(message)) }
        if medium.faults.isEmpty {
            #expect(listener.heard.count == 40)
            #expect(listener.heard.suffix(10) == sent.suffix(10))
        }
    }

    static let takesNothing = Self("takes an empty publication, and one that nobody hears") {
        medium in
        let listener = Listener()
        listener.listen(to: .orders, on: medium.bus)
        try medium.publish([])
        try medium.publish(BusMessage.samples(.stock, 1...3))
        try await medium.settle()
        #expect(listener.heard == [])
    }

    static let keepsBigFacts = Self("carries a fact of a quarter of a mebibyte") { medium in
        let listener = Listener()
        listener.listen(to: .orders, on: medium.bus)
        var draws = Draws(seed: 3)
        let big = BusMessage.sample(.orders, 1, payload: draws.bytes(1 << 18))
        for _ in 0..<20 { try medium.publish([big]) }
        try await medium.settle()
        #expect(!listener.heard.isEmpty)
        #expect(listener.heard.allSatisfy { $0 == big })
    }
}
