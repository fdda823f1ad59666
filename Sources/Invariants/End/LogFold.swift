// SPDX-License-Identifier: Apache-2.0
/// One log read from its first byte to its last: the chain recomputed, every event decoded and
/// noted, every entity folded anew and compared, byte for byte, with its stored row.

package import Kernel
package import NodeEngine
package import Ports

/// An entity as its events make it.
package struct FoldedEntity<State: EntityState>: Sendable {
    package var state: State
    /// The number of events in the entity's own stream, and the position of the last of them.
    package var version: Int64 = 0
    package var last: Int64 = 0
    /// The position of the last event that changed it, in whoever's stream.
    package var seen: Int64 = 0
    /// The first event that its row does not reflect; 0 when there is none.
    var firstUnstored: Int64 = 0
    /// The row that stands in the store, until it was compared.
    fileprivate var stored: StoredRow?

    package init(_ state: State, version: Int64 = 0) {
        self.state = state
        self.version = version
    }

    /// The row as it must stand in the store.
    func row() -> [UInt8] {
        var writer = WireWriter(binary: 448)
        writer.binary.appendVarint(version)
        writer.binary.appendVarint(last)
        writer.binary.appendVarint(seen)
        state.write(to: &writer)
        return writer.bytes
    }
}

/// A row as it stands in the store.
private struct StoredRow: Sendable {
    let value: [UInt8]
    let due: Timestamp?
    let seen: Int64
}

/// What a log comes to, whatever service it is of.
package protocol FoldedLog {
    var log: LogName { get }
    var events: Int { get }
    /// By bucket: the last position in it.
    var ends: [Int64] { get }
}

/// The fold of one log. While its house runs, rows may be newer than the log was when it was read.
package struct LogFold<S: Service>: FoldedLog {
    package typealias Key = S.Rules.Key

    package let log: LogName
    package var entities: [Key: FoldedEntity<S.Rules.State>] = [:]
    package private(set) var events = 0
    private var head: Int64 = 0
    package private(set) var ends = Array(repeating: Int64(0), count: Partitioning.buckets)
    private let names: [WireName?]
    private let hear: ((any Fact) -> Void)?

    /// Reads everything. Each event goes to `ledger`, and then to `hear`.
    init(
        _ log: LogName, from reader: any Reader, chain: any Chain, into ledger: Ledger,
        hear: ((any Fact) -> Void)?
    ) throws {
        self.log = log
        self.hear = hear
        var names = [WireName?](repeating: nil, count: 256)
        for name in S.Rules.Event.names { names[Int(name.code)] = name }
        self.names = names
        entities.reserveCapacity(ledger.context.orders.ids.count)
        // Rows follow their log while they are read: the checkpoint must be no younger than they
        // are.
        let checkpoint = try StoredCheckpoint.through(log, reader)
        try readRows(reader)
        var link: [UInt8] = []
        while true {
            let frames = try reader.frames(of: log, after: head, limit: 10_000)
            guard !frames.isEmpty else { break }
            for frame in frames {
                link = chain.link(link, frame.bytes)
                ledger.context.findings.demand(
                    frame.chain == link, .e10, "\(log)/\(frame.first)")
                fold(frame, ledger)
                head = frame.last
                link = frame.chain
            }
        }
        compareRest(checkpoint, &ledger.context.findings)
    }

    private mutating func fold(_ frame: Frame, _ ledger: Ledger) {
        guard let number = ledger.number(of: log) else {
            return ledger.context.findings.note(.e11) { "\(frame.log)/\(frame.first)" }
        }
        ledger.note(epoch: frame.epoch, of: number)
        var scan = FrameScan(frame, number)
        do {
            while let place = try scan.next(ledger.logs) {
                guard let event = event(scan.code, in: frame, try scan.data()) else {
                    ledger.context.findings.note(.e11) { "\(frame.log)/\(place.position)" }
                    continue
                }
                events += 1
                ends[Int(scan.bucket & 0xfff)] = place.position
                apply(event, place, &ledger.context.findings)
                ledger.note(event, at: place)
                hear?(event)
            }
            guard scan.isAtEnd else { throw WireError.truncated }
        } catch {
            ledger.context.findings.note(.e11) { "\(frame.log)/\(frame.first)" }
        }
    }

    private func event(
        _ code: UInt8, in frame: Frame, _ data: Range<Int>
    ) -> S.Rules.Event? {
        guard let name = names[Int(code)] else { return nil }
        var reader = WireReader(binary: frame.bytes, range: data)
        return try? S.Rules.Event.read(name, from: &reader)
    }

    private mutating func apply(
        _ event: S.Rules.Event, _ place: Place, _ findings: inout Findings
    ) {
        for (index, key) in S.Rules.changes(event).enumerated() {
            Self.apply(
                event, place, log, at: key, isOwn: index == 0,
                to: &entities[key, default: FoldedEntity(S.Rules.initial)], &findings)
        }
    }

    private static func apply(
        _ event: S.Rules.Event, _ place: Place, _ log: LogName, at key: Key, isOwn: Bool,
        to entity: inout FoldedEntity<S.Rules.State>, _ findings: inout Findings
    ) {
        entity.state = S.Rules.evolve(entity.state, event, at: key)
        entity.seen = place.position
        if entity.firstUnstored == 0 { entity.firstUnstored = entity.seen }
        if isOwn {
            entity.version = place.version
            entity.last = place.position
        }
        // The row reflects exactly the events so far.
        guard let stored = entity.stored, stored.seen == place.position else { return }
        findings.demand(
            stored.value == entity.row(), .q1,
            "\(log): the row of \(hexadecimal(key)) at \(stored.seen)")
        // By this column a start finds what is under way.
        findings.demand(
            stored.due == entity.state.due, stored.due == nil ? .g4 : .q1,
            "\(log): the row of \(hexadecimal(key)) is due at another moment")
        entity.stored = nil
        entity.firstUnstored = 0
    }

    /// Every row has its events, and reflects all of them up to the checkpoint. One that is younger
    /// than the log was when it was read is left.
    private mutating func compareRest(_ through: Int64, _ findings: inout Findings) {
        var strangers: [Key] = []
        for (key, entity) in entities {
            if let stored = entity.stored {
                findings.demand(
                    stored.seen > head, .q1,
                    "\(log): a row of \(Self.hexadecimal(key)) without its events")
            } else if entity.firstUnstored != 0 {
                findings.demand(
                    entity.firstUnstored > through, .q1,
                    "\(log): \(Self.hexadecimal(key)) is behind the mark")
            }
            if entity.seen == 0 { strangers.append(key) }
        }
        for key in strangers { entities[key] = nil }
    }

    private static func hexadecimal(_ key: Key) -> String {
        key.bytes.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0\(digits)" : digits
        }.joined()
    }

    private mutating func readRows(_ reader: any Reader) throws {
        for (index, table) in Key.tables.enumerated() {
            try reader.eachRow(in: "\(table)_\(log.shard)") { row in
                guard let key = Key(table: index, bytes: row.key) else {
                    throw StoreFailure.corrupt
                }
                var head = WireReader(binary: row.value)
                _ = try head.varint()
                _ = try head.varint()
                var entity = FoldedEntity(S.Rules.initial)
                entity.stored = StoredRow(value: row.value, due: row.due, seen: try head.varint())
                entities[key] = entity
            }
        }
    }
}

extension Reader {
    /// Hands every row of `table` to `body`, in key order, some at a time.
    func eachRow(in table: String, _ body: (Row) throws -> Void) throws {
        var after: [UInt8]?
        repeat {
            let page = try rows(in: table, after: after, isDueOnly: false, limit: 10_000)
            for row in page { try body(row) }
            after = page.count < 10_000 ? nil : page.last?.key
        } while after != nil
    }
}
