// SPDX-License-Identifier: Apache-2.0
/// A house on a shelf: the frames and rows that a node would have stored of a history, to be read
/// and to be damaged.

import Contracts
import Invariants
import Kernel
import NodeEngine
import Ports

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
            for checker in ServiceChecks.all { put(line, place, telling, checker) }
        }
        for checker in ServiceChecks.all {
            for source in Self.sources(of: checker) {
                setCursor(checker.name, source, telling.heads[source] ?? 0)
            }
        }
    }

    private static func sources<Checker: ServiceChecker>(of checker: Checker.Type) -> [String] {
        Checker.Checked.subscribesTo
    }

    mutating func setCursor(_ consumer: String, _ source: String, _ position: Int64) {
        var value: [UInt8] = []
        value.appendVarint(position)
        value.appendVarint(1)
        put("cursors", Array("\(consumer)/0<\(source)/0".utf8), value)
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

    /// Keeps a fact of one service, and changes its rows.
    private mutating func put<Checker: ServiceChecker>(
        _ line: Line, _ place: Place, _ telling: Telling, _ checker: Checker.Type
    ) {
        guard let event = line.fact.of(Checker.Checked.Rules.Event.self) else { return }
        append(line, place, telling, at: Checker.Checked.Rules.changes(event)[0])
        change(Checker.Checked.Rules.self, event, place)
    }

    private mutating func append(
        _ line: Line, _ place: Place, _ telling: Telling, at key: some EntityKey
    ) {
        var record = WireWriter(binary: 128)
        record.binary.append(line.fact.wireName.code)
        record.binary.append(UInt8(key.table))
        record.binary.appendVarint(unsigned: UInt64(key.bucket))
        record.field("key", bytes: key.bytes)
        record.binary.appendVarint(place.version)
        record.binary.appendVarint(place.previous == 0 ? 0 : place.position - place.previous)
        Self.write(Self.cause(of: line, telling), to: &record)
        record.optional("trace", String?.none)
        line.fact.write(to: &record)
        var bytes: [UInt8] = []
        bytes.appendVarint(unsigned: UInt64(record.bytes.count))
        bytes += record.bytes
        add(bytes, to: LogName(line.service), at: place.at)
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
        case .last(let service): .fact(LogName(service), telling.heads[service] ?? 0)
        case .fact(let service, let position): .fact(LogName(service), position)
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
