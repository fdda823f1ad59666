// SPDX-License-Identifier: Apache-2.0
/// A store of read models that fails when it is told to.

package import Ports

/// Passes everything on, but for what becomes of a call as `fate` says.
package final class FaultyViews: Views {
    package enum Fate: Sendable {
        case works
        /// Nothing is done.
        case refuses
        /// It is done, and nobody is told.
        case worksUnsaid
        /// What is stored can't be used any more.
        case damaged
        /// The process dies; what it was about to do is done, or not.
        case dies(isDone: Bool)
    }

    private let base: any Views
    /// Asked before each call that opens or changes something, with a number that stands for what
    /// is to be done.
    private let fate: (UInt64) -> Fate
    /// The process that held the store is gone.
    package private(set) var isDead = false

    package init(_ base: any Views, fate: @escaping (UInt64) -> Fate) {
        self.base = base
        self.fate = fate
    }

    package func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        try call(isErasing ? 1 : 2) { () throws(ViewFailure) in
            try base.open(isErasing: isErasing)
        }
    }

    package func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        try call(3) { () throws(ViewFailure) in try base.create(schema) }
    }

    package func remove(_ generation: ViewGeneration) throws(ViewFailure) {
        try call(4) { () throws(ViewFailure) in try base.remove(generation) }
    }

    package func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        guard !isDead else { throw .unavailable }
        return try base.row(key, in: table, of: generation)
    }

    package func commit(_ batch: ViewBatch) throws(ViewFailure) {
        let rows = batch.changes.reduce(0) { $0 + $1.rows.count }
        let positions = batch.cursors.reduce(0) { $0 &+ UInt64(bitPattern: $1.position) }
        let bent = base as? BentViews
        try call(
            5 + UInt64(rows) << 8 + positions << 32, refused: { bent?.refuse(batch) },
            dying: { bent?.die(over: batch) }
        ) { () throws(ViewFailure) in
            try base.commit(batch)
        }
    }

    private func call<Value>(
        _ word: UInt64, refused: () -> Void = {}, dying: () -> Void = {},
        _ body: () throws(ViewFailure) -> Value
    ) throws(ViewFailure) -> Value {
        guard !isDead else { throw .unavailable }
        switch fate(word) {
        case .works: return try body()
        case .refuses: refused()
        case .worksUnsaid: _ = try body()
        case .damaged: throw .corrupt
        case .dies(let isDone):
            isDead = true
            if isDone { _ = try body() } else { dying() }
        }
        throw .unavailable
    }
}
