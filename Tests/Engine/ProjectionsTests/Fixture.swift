// SPDX-License-Identifier: Apache-2.0
/// A small world of facts for projections: logs in the test's hands, and read models of them.

import Kernel
import MemoryAdapter
import Ports
import Synchronization
import Testing

@testable import NodeEngine
@testable import Projections

/// What happens to tallies.
enum TallyEvent: WireEvent {
    case added(Int64, Int64)
    case named(Int64, String)
    case closed(Int64)

    static let names = [
        WireName(1, "tally.added.v1"), WireName(2, "tally.named.v1"),
        WireName(3, "tally.closed.v1"),
    ]

    var wireName: WireName {
        switch self {
        case .added: Self.names[0]
        case .named: Self.names[1]
        case .closed: Self.names[2]
        }
    }

    var tally: Int64 {
        switch self {
        case .added(let tally, _), .named(let tally, _), .closed(let tally): tally
        }
    }

    var correlation: String? { "tally-\(tally)" }

    func write(to writer: inout WireWriter) {
        writer.field("tally", tally)
        switch self {
        case .added(_, let amount): writer.field("amount", amount)
        case .named(_, let name): writer.field("name", name)
        case .closed: break
        }
    }

    static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> TallyEvent {
        let tally = try reader.int("tally")
        switch name.code {
        case 1: return .added(tally, try reader.int("amount"))
        case 2: return .named(tally, try reader.string("name"))
        case 3: return .closed(tally)
        default: throw .unknownName(name.text)
        }
    }
}

struct TallyKey: EntityKey {
    static let tables = ["tallies"]
    let number: Int64
    var table: Int { 0 }
    func writeKey(to bytes: inout [UInt8]) { bytes.append(contentsOf: "\(number)".utf8) }
    var bucket: UInt16 { UInt16(number & 63) }

    init(_ number: Int64) { self.number = number }

    init?(table: Int, bytes: [UInt8]) {
        guard table == 0, let number = Int64(String(decoding: bytes, as: UTF8.self)) else {
            return nil
        }
        self.number = number
    }
}

extension LogName {
    static let first = LogName("tallies", 0)
    static let second = LogName("tallies", 1)
    static let other = LogName("others", 0)
    static let all = [first, second, other]
}

extension LogCodec {
    static func tallies(of log: LogName) -> LogCodec {
        LogCodec(
            service: log.service, event: TallyEvent.self, key: TallyKey.self,
            keyText: { "tally-\($0.number)" })
    }

    static var all: [LogName: LogCodec] {
        Dictionary(uniqueKeysWithValues: LogName.all.map { ($0, tallies(of: $0)) })
    }
}

/// Logs that a test writes, and spoils.
final class ScriptedLogs: ProjectionSource {
    private struct State {
        var frames: [LogName: [Frame]] = [:]
        var unreadable: Set<LogName> = []
        /// Frames, by their first positions, that readers do not see though they count as written.
        var hidden: [LogName: Set<Int64>] = [:]
        var reads = 0
    }

    static let noon = Timestamp(milliseconds: 1_700_000_000_000)

    private let state = Mutex(State())

    func append(
        _ events: [TallyEvent], to log: LogName, epoch: Int64 = 1, at second: Int64 = 0,
        code: UInt8? = nil
    ) {
        state.withLock { state in
            let before = state.frames[log]?.last
            state.frames[log, default: []].append(
                Self.frame(
                    events, log, first: (before?.last ?? 0) + 1, epoch: epoch, second: second,
                    after: before?.chain ?? [], code: code))
        }
    }

    private static func frame(
        _ events: [TallyEvent], _ log: LogName, first: Int64, epoch: Int64, second: Int64,
        after chain: [UInt8], code: UInt8?
    ) -> Frame {
        var framed = WireBytes(capacity: 100)
        for event in events {
            var record = WireWriter(binary: 64)
            record.binary.append(code ?? event.code)
            record.binary.append(0)
            record.binary.appendVarint(unsigned: UInt64(event.tally & 63))
            record.field("key", bytes: TallyKey(event.tally).bytes)
            record.binary.appendVarint(1)
            record.binary.appendVarint(0)
            record.binary.append(0)
            record.binary.append(0)
            event.write(to: &record)
            framed.appendVarint(unsigned: UInt64(record.binary.count))
            framed.append(contentsOf: record.bytes)
        }
        let hash = Murmur3.hash128(chain + framed.array, seed: UInt64(epoch))
        return Frame(
            log: log, first: first, count: events.count, epoch: epoch,
            at: noon.advanced(by: .seconds(second)), bytes: framed.array,
            chain: UUIDv7(high: hash.0, low: hash.1).bytes)
    }

    /// A backup is brought back: what came after `position` is gone.
    func restore(_ log: LogName, to position: Int64) {
        state.withLock { $0.frames[log]?.removeAll { $0.last > position } }
    }

    func setUnreadable(_ logs: Set<LogName>) { state.withLock { $0.unreadable = logs } }

    /// The frames that begin there are lost, or their transaction is still open.
    func hide(_ positions: Set<Int64>, of log: LogName) {
        state.withLock { $0.hidden[log] = positions }
    }

    /// Readers find bytes in the frame that begins there which are no records.
    func spoil(_ position: Int64, of log: LogName, isSpoilt: Bool = true) {
        state.withLock { state in
            state.frames[log] = state.frames[log]?.map { frame in
                guard frame.first == position else { return frame }
                return Frame(
                    log: log, first: frame.first, count: frame.count, epoch: frame.epoch,
                    at: frame.at,
                    bytes: isSpoilt ? [200] + frame.bytes : Array(frame.bytes.dropFirst()),
                    chain: frame.chain)
            }
        }
    }

    var reads: Int { state.withLock { $0.reads } }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        let frames: [Frame]? = state.withLock { state in
            state.reads += 1
            guard !state.unreadable.contains(log) else { return nil }
            var count = 0
            return (state.frames[log] ?? []).filter { frame in
                guard frame.last > position, count < limit,
                    !(state.hidden[log]?.contains(frame.first) ?? false)
                else { return false }
                count += frame.count
                return true
            }
        }
        guard let frames else { throw .unavailable }
        return frames
    }

    func heads() throws(StoreFailure) -> [LogName: Int64] {
        state.withLock { state in
            Dictionary(
                uniqueKeysWithValues: LogName.all.map { ($0, state.frames[$0]?.last?.last ?? 0) })
        }
    }
}

/// How much was added to each tally, what it is called, and by how many facts.
struct Sums: Projection {
    static let table = ViewTable(
        "sums", key: [.int("tally")],
        [.int("total"), .int("facts"), .optional(.text("name")), .int("is_closed")],
        indexes: [ViewIndex("total"), ViewIndex("name", isSparse: true)])
    static let total = table["total"]
    static let facts = table["facts"]
    static let name = table["name"]
    static let isClosed = table["is_closed"]

    let name = "sums"
    var version = 1
    /// Doubles every amount: another version of the rules.
    var factor: Int64 = 1
    let tables = [Sums.table]
    let follows = [FollowedFacts.all(of: "tallies")]

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard let event = envelope.fact.of(TallyEvent.self) else { return }
        try changes.upsert(Self.table, [.int(event.tally)]) { row in
            try row.add(1, to: Self.facts)
            switch event {
            case .added(_, let amount): try row.add(amount * factor, to: Self.total)
            case .named(_, let text): try row.set(Self.name, .text(text))
            case .closed: try row.set(Self.isClosed, .int(1))
            }
        }
    }
}

/// Every fact of every log, and which tallies are open.
struct Journal: Projection {
    static let facts = ViewTable(
        "journal", key: [.text("log"), .int("position")], [.text("type"), .int("tally")])
    static let open = ViewTable("open_tallies", key: [.int("tally")])

    let name = "journal"
    let version = 1
    let tables = [Journal.facts, Journal.open]
    let follows = [FollowedFacts.all(of: "tallies"), FollowedFacts.all(of: "others")]

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        guard let event = envelope.fact.of(TallyEvent.self) else { return }
        try changes.insert(
            Self.facts,
            [
                .text(envelope.log.description), .int(envelope.position),
                .text(event.wireName.text), .int(event.tally),
            ])
        guard envelope.log == .first else { return }
        if case .closed(let tally) = event {
            try changes.delete(Self.open, [.int(tally)])
        } else {
            try changes.upsert(Self.open, [.int(event.tally)]) { _ in }
        }
    }
}

extension ViewReader {
    /// Every row of every table: what two generations must have in common.
    func rows(of projection: any Projection) throws -> [[ViewRow]] {
        try answer(
            projection.tables.map { .rows(ViewQuery($0, limit: ViewQuery.limitMax)) },
            of: projection.schema
        ).results
    }
}

extension Projector {
    /// Steps until there is nothing more to do.
    func rest(at now: Timestamp = ScriptedLogs.noon) throws {
        for _ in 0..<10_000 where try !step(at: now) { return }
        Issue.record("the projector does not come to rest")
    }

    func status(_ name: String) throws -> ProjectionStatus {
        try #require(statuses.first { $0.name == name })
    }
}

/// A history of three logs whose facts interleave.
func history(_ logs: ScriptedLogs, count: Int = 60, from start: Int = 0) {
    for turn in start..<start + count {
        let log = LogName.all[turn * 7 % 3]
        let tally = Int64(turn * 5 % 11)
        var events: [TallyEvent] = [.added(tally, Int64(turn)), .added(tally + 1, -3)]
        if turn % 4 == 0 { events.append(.named(tally, "turn \(turn)")) }
        if turn % 9 == 0 { events.append(.closed(tally)) }
        logs.append(events, to: log, at: Int64(turn / 2))
    }
}

/// The rows of a projection that is filled from nothing.
func filled(
    _ projection: any Projection, _ logs: ScriptedLogs,
    _ change: (inout Projector.Settings) -> Void = { _ in }
) throws -> [[ViewRow]] {
    let disk = MemoryViews.Disk()
    var settings = Projector.Settings()
    change(&settings)
    let projector = Projector(
        [projection], views: MemoryViews(disk), source: logs, codecs: LogCodec.all,
        settings: settings)
    try projector.open()
    try projector.rest()
    return try MemoryViews(disk).rows(of: projection)
}
