// SPDX-License-Identifier: Apache-2.0
/// One log read from its first byte to its last: the chain recomputed, every event decoded, every
/// entity folded anew and compared with its stored row.

import Kernel
import NodeEngine
import Ports

struct FoldedLog<S: Service> {
    typealias Key = S.Rules.Key
    typealias State = S.Rules.State
    typealias Event = S.Rules.Event

    struct Folded {
        var state: State
        var version: Int64 = 0
        var seen: Int64 = 0
        /// The first event that the stored row does not reflect.
        var firstUnstored: Int64 = 0
    }

    let member: Member
    private(set) var entities: [Key: Folded] = [:]
    private(set) var events = 0
    private(set) var head: Int64 = 0

    /// Reads and checks everything. `visit` sees each event with the states before it.
    init(
        _ service: S.Type, _ member: Member, reader: any Reader, chain: any Chain,
        report: inout AuditReport, visit: (Event, Key, State, State) -> Void
    ) throws {
        self.member = member
        var rows = try Self.rows(member, reader)
        var link: [UInt8] = []
        while true {
            let frames = try reader.frames(of: member.log, after: head, limit: 10_000)
            guard !frames.isEmpty else { break }
            for frame in frames {
                report.demand(
                    frame.first == head + 1, "E1", "\(member.log): \(frame.first) after \(head)")
                link = chain.link(link, frame.bytes)
                report.demand(frame.chain == link, "E10", "\(member.log)/\(frame.first)")
                fold(frame, &rows, &report, visit)
                head = frame.last
                link = frame.chain
            }
        }
        compareRest(rows, &report)
        try checkMark(reader, &report)
    }

    private mutating func fold(
        _ frame: Frame, _ rows: inout [Key: StateRow.Stored<State>],
        _ report: inout AuditReport, _ visit: (Event, Key, State, State) -> Void
    ) {
        guard let records = try? frame.records() else {
            report.demand(false, "E11", "\(member.log)/\(frame.first)")
            return
        }
        for record in records {
            guard let event = try? member.codec.fact(of: record) as? Event else {
                report.demand(false, "E11", "\(member.log)/\(record.position)")
                continue
            }
            events += 1
            for (index, key) in S.Rules.changes(event).enumerated() {
                var entity = entities[key] ?? Folded(state: S.Rules.initial)
                let before = entity.state
                entity.state = S.Rules.evolve(before, event, at: key)
                entity.seen = record.position
                if index == 0 {
                    report.demand(
                        record.version == entity.version + 1, "E1",
                        "\(member.log)/\(record.position): version \(record.version)")
                    entity.version = record.version
                }
                compare(&entity, key, &rows, &report)
                entities[key] = entity
                visit(event, key, before, entity.state)
            }
        }
    }

    private func compare(
        _ entity: inout Folded, _ key: Key, _ rows: inout [Key: StateRow.Stored<State>],
        _ report: inout AuditReport
    ) {
        guard let row = rows[key], row.seen == entity.seen else {
            if rows[key] == nil && entity.firstUnstored == 0 {
                entity.firstUnstored = entity.seen
            }
            return
        }
        report.demand(
            row.state == entity.state && row.version == entity.version, "Q1",
            "\(member.log): the row of \(Hex.text(key.bytes)) at \(row.seen)")
        rows[key] = nil
        entity.firstUnstored = 0
    }

    private func compareRest(
        _ rows: [Key: StateRow.Stored<State>], _ report: inout AuditReport
    ) {
        for (key, row) in rows {
            // While the house runs, a row may be newer than the log was when it was read.
            report.demand(
                row.seen > head, "Q1",
                "\(member.log): a row of \(Hex.text(key.bytes)) without its events")
        }
    }

    private func checkMark(_ reader: any Reader, _ report: inout AuditReport) throws {
        let through = try StoredMark.through(member.log, reader)
        for (key, entity) in entities where entity.firstUnstored != 0 {
            report.demand(
                entity.firstUnstored > through, "Q1",
                "\(member.log): \(Hex.text(key.bytes)) is behind the mark")
        }
    }

    private static func rows(
        _ member: Member, _ reader: any Reader
    ) throws -> [Key: StateRow.Stored<State>] {
        var rows: [Key: StateRow.Stored<State>] = [:]
        for (index, table) in Key.tables.enumerated() {
            var after: [UInt8]?
            while true {
                let page = try reader.rows(
                    in: "\(table)_\(member.log.shard)", after: after, isDueOnly: false,
                    limit: 10_000)
                for row in page {
                    guard let key = Key(table: index, bytes: row.key) else {
                        throw StoreFailure.corrupt
                    }
                    rows[key] = try StateRow.read(row.value)
                }
                guard page.count == 10_000 else { break }
                after = page.last?.key
            }
        }
        return rows
    }
}
