// SPDX-License-Identifier: Apache-2.0
/// A house on a shelf: the frames and rows that a node would have stored of a history, to be read
/// and to be damaged.

import Contracts
import InventoryDomain
import Invariants
import Kernel
import NodeEngine
import NotificationsDomain
import OrdersDomain
import PaymentsDomain
import Ports
import ShippingDomain

struct Shelf: Reader {
    var frames: [LogName: [Frame]] = [:]
    var tables: [String: [[UInt8]: Row]] = [:]
    /// Says where the logs end, when it isn't where the frames do.
    var heads: [LogName: Int64] = [:]

    func row(_ key: RowKey) throws(StoreFailure) -> Row? { tables[key.table]?[key.key] }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        let rows = (tables[table] ?? [:]).values.sorted {
            $0.key.lexicographicallyPrecedes($1.key)
        }
        let rest = rows.filter { row in
            after.map { $0.lexicographicallyPrecedes(row.key) } ?? true
        }
        return Array(rest.prefix(limit))
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        (frames[log] ?? []).filter { $0.last > position }
    }

    func contents() throws(StoreFailure) -> StoreContents {
        var found = frames.compactMapValues { frames in
            frames.last.map { StoreContents.Head(position: $0.last, chain: $0.chain) }
        }
        for (log, head) in heads { found[log] = .init(position: head, chain: []) }
        return StoreContents(epoch: 1, heads: found)
    }

    mutating func put(_ table: String, _ key: [UInt8], _ value: [UInt8], due: Timestamp? = nil) {
        tables[table, default: [:]][key] = Row(key: key, value: value, due: due)
    }
}

/// Adds bytes up, so that a test can forge it as well as break it.
struct SumChain: Chain {
    func link(_ head: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var sum = UInt8(truncatingIfNeeded: 17 + bytes.count)
        for byte in head + bytes { sum = sum &* 31 &+ byte }
        return [sum, UInt8(truncatingIfNeeded: bytes.count)]
    }
}

extension Shelf {
    /// What a house would have stored of `script`: each fact in a frame of its own, every row
    /// written, every cursor at its end.
    init(_ script: Script) {
        var telling = Telling()
        for line in script.lines {
            let place = telling.place(of: line)
            append(line, place, telling)
            change(line.fact, place)
        }
        for (consumer, sources) in Self.subscribesTo {
            for source in sources {
                let head = telling.heads[source] ?? 0
                setCursor(consumer, source, head)
            }
        }
    }

    private static let subscribesTo: [(LogKind, [LogKind])] = [
        (.orders, [.inventory, .payments, .shipping]), (.inventory, [.orders, .shipping]),
        (.payments, [.orders, .shipping]), (.shipping, [.orders]), (.notifications, [.orders]),
    ]

    mutating func setCursor(_ consumer: LogKind, _ source: LogKind, _ position: Int64) {
        var value: [UInt8] = []
        value.appendVarint(position)
        value.appendVarint(1)
        put("cursors", Array("\(consumer.service)/0<\(source.service)/0".utf8), value)
    }

    private static func write(_ cause: Cause, to record: inout WireWriter) {
        switch cause {
        case .time: record.binary.append(0)
        case .elapsedTime: record.binary.append(4)
        case .command(let identity):
            RecordCoding.write(cause: identity, to: &record.binary)
        case .fact(let log, let position):
            record.binary.append(2)
            record.binary.appendCounted(log.service)
            record.binary.appendVarint(unsigned: UInt64(log.shard))
            record.binary.appendVarint(position)
        }
    }

    private mutating func append(_ line: Line, _ place: Place, _ telling: Telling) {
        var record = WireWriter(binary: 128)
        let (table, key, bucket) = Self.stream(of: line.fact)
        record.binary.append(line.fact.wireName.code)
        record.binary.append(UInt8(table))
        record.binary.appendVarint(unsigned: UInt64(bucket))
        record.field("key", bytes: key)
        record.binary.appendVarint(place.version)
        record.binary.appendVarint(place.previous == 0 ? 0 : place.position - place.previous)
        Self.write(Self.cause(of: line, telling), to: &record)
        record.optional("trace", String?.none)
        line.fact.write(to: &record)
        var bytes: [UInt8] = []
        bytes.appendVarint(unsigned: UInt64(record.bytes.count))
        bytes += record.bytes
        add(bytes, to: LogName(line.kind.service), at: place.at)
    }

    mutating func add(_ bytes: [UInt8], to log: LogName, at: Timestamp) {
        let last = frames[log]?.last
        frames[log, default: []].append(
            Frame(
                log: log, first: (last?.last ?? 0) + 1, count: 1, epoch: 1, at: at, bytes: bytes,
                chain: SumChain().link(last?.chain ?? [], bytes)))
    }

    private static func cause(of line: Line, _ telling: Telling) -> Cause {
        switch line.because {
        case .command(let request): .command(InputID(high: 0, low: request))
        case .time: .time
        case .last(let kind): .fact(LogName(kind.service), telling.heads[kind] ?? 0)
        case .fact(let kind, let position): .fact(LogName(kind.service), position)
        }
    }

    private static func stream(of fact: any Fact) -> (table: Int, key: [UInt8], bucket: UInt16) {
        switch fact {
        case let event as OrderEvent: (0, event.order.bytes, event.order.bucket)
        case let event as StockEvent: stream(StockDecider.changes(event)[0])
        case let event as PaymentEvent: (0, event.payment.bytes, event.payment.bucket)
        case let event as ShipmentEvent: (0, event.shipment.bytes, event.shipment.bucket)
        case let event as MessageEvent: (0, event.message.bytes, event.message.bucket)
        default: preconditionFailure("there are five kinds of facts")
        }
    }

    private static func stream(_ key: InventoryKey) -> (table: Int, key: [UInt8], bucket: UInt16) {
        (key.table, key.bytes, key.bucket)
    }

    private mutating func change(_ fact: any Fact, _ place: Place) {
        switch fact {
        case let event as OrderEvent: change(OrderDecider.self, event, place)
        case let event as StockEvent: change(StockDecider.self, event, place)
        case let event as PaymentEvent: change(PaymentDecider.self, event, place)
        case let event as ShipmentEvent: change(ShipmentDecider.self, event, place)
        case let event as MessageEvent: change(MessageDecider.self, event, place)
        default: preconditionFailure("there are five kinds of facts")
        }
    }

    private mutating func change<Rules: Decider>(
        _ rules: Rules.Type, _ event: Rules.Event, _ place: Place
    ) {
        for (index, key) in Rules.changes(event).enumerated() {
            let table = "\(Rules.Key.tables[key.table])_0"
            let old = tables[table]?[key.bytes].flatMap {
                try? StateRow.read($0.value, of: Rules.State.self)
            }
            let state = Rules.evolve(old?.state ?? Rules.initial, event, at: key)
            var value = WireWriter(binary: 128)
            value.binary.appendVarint(index == 0 ? place.version : old?.version ?? 0)
            value.binary.appendVarint(index == 0 ? place.position : old?.last ?? 0)
            value.binary.appendVarint(place.position)
            state.write(to: &value)
            put(table, key.bytes, value.bytes, due: state.due)
        }
    }
}
