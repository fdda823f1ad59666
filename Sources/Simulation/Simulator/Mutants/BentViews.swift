// SPDX-License-Identifier: Apache-2.0
/// A store of read models with one flaw, for planted bugs.

import Ports

final class BentViews: Views {
    enum Flaw: Sendable {
        /// Of a commit during which the process dies.
        case keepsCursorsOfTheDying
        /// Of a commit that is refused.
        case keepsSumsOfTheRefused
    }

    private let base: any Views
    private let flaw: Flaw

    init(_ base: any Views, _ flaw: Flaw) {
        self.base = base
        self.flaw = flaw
    }

    func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        try base.open(isErasing: isErasing)
    }

    func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        try base.create(schema)
    }

    func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        try base.row(key, in: table, of: generation)
    }

    func commit(_ batch: ViewBatch) throws(ViewFailure) { try base.commit(batch) }

    func remove(_ generation: ViewGeneration) throws(ViewFailure) { try base.remove(generation) }

    /// The process dies over this commit.
    func die(over batch: ViewBatch) {
        guard flaw == .keepsCursorsOfTheDying, !batch.isPublishing else { return }
        var part = ViewBatch(batch.generation)
        part.cursors = batch.cursors
        keep(part)
    }

    /// It is told that nothing of this commit was kept.
    func refuse(_ batch: ViewBatch) {
        guard flaw == .keepsSumsOfTheRefused else { return }
        var part = ViewBatch(batch.generation)
        part.changes = batch.changes.filter { Self.holdsSums($0.table) }.map { changes in
            ViewTableChanges(changes.table, changes.rows.filter { $0.old != nil })
        }
        keep(part)
    }

    private func keep(_ part: ViewBatch) {
        // What does not fit is not kept, either.
        do { try base.commit(part) } catch { return }
    }

    private static func holdsSums(_ table: ViewTable) -> Bool {
        table.columns.count > table.keyCount
            && table.columns.dropFirst(table.keyCount).allSatisfy { $0.kind == .int }
    }
}
