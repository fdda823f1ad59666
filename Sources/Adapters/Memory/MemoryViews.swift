// SPDX-License-Identifier: Apache-2.0
/// Read models in memory: for tests, and the model of what every store of read models promises.

package import Ports
import Synchronization

/// Keeps the promises of `Views` and `ViewReader`. What a `Disk` holds outlives the object.
package final class MemoryViews: Views, ViewReader {
    package final class Disk: Sendable {
        fileprivate let state = Mutex(State())

        package init() {}

        /// What it holds now, as on another disk.
        package func copy() -> Disk {
            let copy = Disk()
            let held = state.withLock { $0 }
            copy.state.withLock { $0 = held }
            return copy
        }

        /// What readers of a projection see of it: all rows of all tables, by table and key, and
        /// how far they have followed the logs. Nil while nothing is published.
        package func published(
            _ projection: String
        ) -> (tables: [String: [ViewKey: ViewRow]], cursors: [LogName: ViewCursor])? {
            state.withLock { state in
                state.generations.first { $0.key.projection == projection && $0.value.isPublished }
                    .map { ($0.value.tables, $0.value.cursors) }
            }
        }
    }

    fileprivate struct State: Sendable {
        var generations: [ViewGeneration: Stored] = [:]
        var lastNumber = 0
    }

    fileprivate struct Stored: Sendable {
        let schema: ViewSchema
        var isPublished = false
        var cursors: [LogName: ViewCursor] = [:]
        var tables: [String: [ViewKey: ViewRow]]
    }

    private let disk: Disk

    package init(_ disk: Disk = Disk()) { self.disk = disk }

    package func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        disk.state.withLock { state in
            if isErasing { state.generations = [:] }
            return state.generations.map { generation, stored in
                StoredGeneration(
                    generation, version: stored.schema.version, shape: stored.schema.shape,
                    isPublished: stored.isPublished, cursors: stored.cursors)
            }
        }
    }

    package func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        disk.state.withLock { state in
            state.generations = state.generations.filter { generation, stored in
                generation.projection != schema.name || stored.isPublished
            }
            state.lastNumber += 1
            let generation = ViewGeneration(schema.name, state.lastNumber)
            state.generations[generation] = Stored(
                schema: schema,
                tables: Dictionary(uniqueKeysWithValues: schema.tables.map { ($0.name, [:]) }))
            return generation
        }
    }

    package func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        disk.state.withLock { $0.generations[generation]?.tables[table.name]?[key] }
    }

    package func commit(_ batch: ViewBatch) throws(ViewFailure) {
        let failure: ViewFailure? = disk.state.withLock { state in
            guard let index = state.generations.index(forKey: batch.generation) else {
                return .unavailable
            }
            // All of it is checked before anything is changed: to change a copy would copy tables.
            guard state.generations.values[index].takes(batch.changes) else { return .constraint }
            state.generations.values[index].apply(batch)
            guard batch.isPublishing else { return nil }
            state.generations = state.generations.filter {
                $0.key == batch.generation || $0.key.projection != batch.generation.projection
            }
            return nil
        }
        if let failure { throw failure }
    }

    package func remove(_ generation: ViewGeneration) throws(ViewFailure) {
        disk.state.withLock { $0.generations[generation] = nil }
    }

    package func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        for question in questions { try question.check(against: schema) }
        let published = disk.state.withLock { state in
            state.generations.first { generation, stored in
                generation.projection == schema.name && stored.isPublished
                    && stored.schema.shape == schema.shape
            }?.value
        }
        guard let published else { throw .notReady }
        return ViewAnswer(
            cursors: published.cursors, results: questions.map { published.rows(for: $0) })
    }
}

extension MemoryViews.Stored {
    /// True when every changed row is there or not, as its change says.
    fileprivate func takes(_ changes: [ViewTableChanges]) -> Bool {
        var begun: Set<ViewKey> = []
        return changes.allSatisfy { changes in
            guard let rows = tables[changes.table.name] else { return false }
            begun.removeAll(keepingCapacity: true)
            return changes.rows.allSatisfy { change in
                guard let key = (change.new ?? change.old).map(changes.table.key) else {
                    return true
                }
                // A row is changed once in a batch.
                let isFirst = begun.insert(key).inserted
                return isFirst && (rows[key] == nil) == (change.old == nil)
            }
        }
    }

    fileprivate mutating func apply(_ batch: ViewBatch) {
        for changes in batch.changes {
            for change in changes.rows {
                guard let key = (change.new ?? change.old).map(changes.table.key) else { continue }
                tables[changes.table.name]?[key] = change.new
            }
        }
        for cursor in batch.cursors { cursors[cursor.log] = cursor }
        if batch.isPublishing { isPublished = true }
    }

    fileprivate func rows(for question: ViewQuestion) -> [ViewRow] {
        switch question {
        case .count(let table, let filters, let most):
            let count = rows(of: table, passing: filters).count
            return [[.int(Int64(min(count, most)))]]
        case .rows(let query):
            let sorted = rows(of: query.table, passing: query.filters)
                .map { (position: query.keysetPosition(of: $0), row: $0) }
                .filter { position, _ in
                    guard let after = query.after else { return true }
                    return query.isDescending ? position.precedes(after) : after.precedes(position)
                }
                .sorted { one, other in
                    query.isDescending
                        ? other.position.precedes(one.position)
                        : one.position.precedes(other.position)
                }
            return sorted.prefix(query.limit).map(\.row)
        }
    }

    private func rows(of table: ViewTable, passing filters: [ViewFilter]) -> [ViewRow] {
        let tests = filters.map(test)
        return (tables[table.name] ?? [:]).values.filter { row in tests.allSatisfy { $0(row) } }
    }

    private func test(_ filter: ViewFilter) -> (ViewRow) -> Bool {
        let index = filter.column.index
        switch filter {
        case .equals(_, let value): return { $0[index] == value }
        case .isOneOf(_, let values): return { values.contains($0[index]) }
        case .range(_, let from, let to):
            return { row in
                !row[index].isNull && (from.map { row[index] >= $0 } ?? true)
                    && (to.map { row[index] < $0 } ?? true)
            }
        case .hasPrefix(_, let prefix):
            return { $0[index].text?.utf8.starts(with: prefix.utf8) ?? false }
        case .isPresent: return { !$0[index].isNull }
        case .isFound(_, let table, let found, let filters):
            let values = Set(rows(of: table, passing: filters).map { $0[found.index] })
            return { !$0[index].isNull && values.contains($0[index]) }
        }
    }
}
