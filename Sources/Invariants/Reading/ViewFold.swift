// SPDX-License-Identifier: Apache-2.0
/// Read models as they must be: every log folded from its beginning, one log after the other, with
/// no batches, no cursors and no store. What a house keeps must be the same.

package import NodeEngine
package import Ports
package import Projections

/// The rows of some projections.
package struct ViewFold {
    /// A log, and how it is read.
    package struct Source {
        package let log: LogName
        package let codec: LogCodec
        package let reader: any Reader

        package init(log: LogName, codec: LogCodec, reader: any Reader) {
            self.log = log
            self.codec = codec
            self.reader = reader
        }
    }

    /// What a house keeps of one projection, as its readers see it.
    package struct Kept {
        package let tables: [String: [ViewKey: ViewRow]]
        package let cursors: [LogName: ViewCursor]

        package init(tables: [String: [ViewKey: ViewRow]], cursors: [LogName: ViewCursor]) {
            self.tables = tables
            self.cursors = cursors
        }
    }

    private struct Folded {
        let projection: any Projection
        let changes: ViewChanges
        /// The followed logs, and where each ends.
        var ends: [LogName: Int64] = [:]
    }

    private var folds: [Folded]

    package init(_ projections: [any Projection], of sources: [Source]) throws {
        folds = projections.map { projection in
            let generation = ViewGeneration(projection.name, 1)
            let changes = ViewChanges(projection.schema, in: generation, of: NothingStored())
            return Folded(projection: projection, changes: changes)
        }
        for source in sources.sorted(by: { $0.log < $1.log }) { try fold(source) }
    }

    private mutating func fold(_ source: Source) throws {
        let followed = folds.map { $0.projection.facts(of: source.log)?.isFollowed }
        guard followed.contains(where: { $0 != nil }) else { return }
        var end: Int64 = 0
        for frame in try source.reader.frames(of: source.log, after: 0, limit: .max) {
            for record in try frame.records() {
                let code = Int(record.code)
                guard followed.contains(where: { $0?[code] ?? false }) else { continue }
                let envelope = Envelope(try source.codec.fact(of: record), in: record)
                for (index, isFollowed) in followed.enumerated() where isFollowed?[code] ?? false {
                    try folds[index].projection.project(envelope, into: folds[index].changes)
                }
            }
            end = frame.last
        }
        for (index, isFollowed) in followed.enumerated() where isFollowed != nil {
            folds[index].ends[source.log] = end
        }
    }

    /// Compares what is kept, once nothing moves any more. `kept` is asked by name; nil stands for
    /// what nobody can read.
    package func check(_ kept: (String) -> Kept?, _ findings: inout Findings) {
        for fold in folds {
            let name = fold.projection.name
            guard let kept = kept(name) else {
                findings.note(.q8) { "\(name): nothing is published" }
                continue
            }
            for (log, end) in fold.ends.sorted(by: { $0.key < $1.key }) {
                let position = kept.cursors[log]?.position ?? 0
                findings.demand(
                    position == end, .q8, "\(name): has followed \(log) to \(position) of \(end)")
            }
            check(fold, kept, &findings)
        }
    }

    private func check(_ fold: Folded, _ kept: Kept, _ findings: inout Findings) {
        let changes = fold.changes.collect()
        for table in fold.projection.tables {
            let place = "\(fold.projection.name), \(table.name)"
            let rows = changes.first { $0.table === table }?.rows.compactMap(\.new) ?? []
            let stored = kept.tables[table.name] ?? [:]
            findings.demand(
                rows.count == stored.count, .q8,
                "\(place): \(stored.count) rows, \(rows.count) follow from the logs")
            for row in rows {
                let found = stored[table.key(of: row)]
                findings.demand(
                    found == row, .q8,
                    "\(place): \(found.map { "\($0)" } ?? "nothing") in the place of \(row)")
            }
        }
    }
}

/// Under a fold there is no store: every row is in its memory.
private final class NothingStored: Views {
    func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] { [] }
    func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration { throw .unavailable }
    func commit(_ batch: ViewBatch) throws(ViewFailure) { throw .unavailable }
    func remove(_ generation: ViewGeneration) throws(ViewFailure) { throw .unavailable }

    func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        nil
    }
}
