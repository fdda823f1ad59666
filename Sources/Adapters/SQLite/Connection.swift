// SPDX-License-Identifier: Apache-2.0
/// Reads and writes of the store's tables on one SQLite handle.

import CSQLite
import Kernel
import Ports

/// The prepared statements of one handle. Belongs to one thread at a time.
final class Connection {
    private let database: OpaquePointer
    private let isWriter: Bool
    private var statements: [String: Statement] = [:]
    private var selections: [String: Statement] = [:]
    private var upsertions: [String: Statement] = [:]
    private var manyUpsertions: [String: Statement] = [:]
    /// Where the bytes of the rows lie that are being written.
    private let arena = Arena()
    private var logIDs: [LogName: Int64] = [:]
    private var tables: Set<String> = []
    /// False after a failure to read `tables`: what is not in it may exist.
    private var areNamesKnown = false

    init(_ database: OpaquePointer, isWriter: Bool) throws {
        self.database = database
        self.isWriter = isWriter
        sqlite3_extended_result_codes(database, 1)
        try readNames()
    }

    private func readNames() throws(SQLiteError) {
        let logs = try prepared("SELECT id, service, shard FROM log")
        while try logs.step() {
            logIDs[LogName(logs.text(1), Int(logs.int(2)))] = logs.int(0)
        }
        let names = try prepared(
            "SELECT name FROM sqlite_master WHERE name LIKE 't!_%' ESCAPE '!'")
        while try names.step() { tables.insert(String(names.text(0).dropFirst(2))) }
        areNamesKnown = true
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] { return statement }
        let statement = try Statement(sql, on: database)
        statements[sql] = statement
        return statement
    }

    // MARK: Reading

    func contents() throws -> StoreContents {
        try readNames()
        var heads: [LogName: StoreContents.Head] = [:]
        for (log, id) in logIDs {
            let last = try prepared(
                """
                SELECT first + count - 1, chain FROM frame
                WHERE log = ? ORDER BY first DESC LIMIT 1
                """)
            last.bind(1, id)
            if try last.step() {
                guard (1...Self.positionMax).contains(last.int(0)) else {
                    throw StoreFailure.corrupt
                }
                heads[log] = StoreContents.Head(position: last.int(0), chain: last.bytes(1))
            }
            last.reset()
        }
        let epochs = try prepared("SELECT coalesce(max(epoch), 0) FROM epoch")
        let epoch = try epochs.step() ? epochs.int(0) : 0
        epochs.reset()
        return StoreContents(epoch: epoch, heads: heads)
    }

    /// One transaction for all: beginning one costs more than finding a row.
    func rows(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        guard keys.count > 1 else { return try keys.map(row) }
        do throws(SQLiteError) { try prepared("BEGIN").run() } catch { throw error.failure }
        defer { sqlite3_exec(database, "COMMIT", nil, nil, nil) }
        return try keys.map(row)
    }

    func row(_ key: RowKey) throws(StoreFailure) -> Row? {
        do throws(SQLiteError) {
            guard try knows(key.table) else { return nil }
            let select = try selection(key.table)
            select.bind(1, key.key)
            defer { select.reset() }
            guard try select.step() else { return nil }
            return Row(
                key: key.key, value: select.bytes(0),
                due: select.optionalInt(1).map { Timestamp(milliseconds: $0) })
        } catch {
            throw error.failure
        }
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        do throws(SQLiteError) {
            guard try knows(table) else { return [] }
            // Without a key to begin after, an empty key is the first.
            let select = try prepared(
                """
                SELECT key, value, due FROM \(Self.name(table))
                WHERE key \(after == nil ? ">=" : ">") ? \(isDueOnly ? "AND due IS NOT NULL" : "")
                ORDER BY key LIMIT ?
                """)
            select.bind(1, after ?? [])
            select.bind(2, Int64(limit))
            defer { select.reset() }
            var rows: [Row] = []
            while try select.step() {
                rows.append(
                    Row(
                        key: select.bytes(0), value: select.bytes(1),
                        due: select.optionalInt(2).map { Timestamp(milliseconds: $0) }))
            }
            return rows
        } catch {
            throw error.failure
        }
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        do throws(SQLiteError) {
            guard let id = try knownLog(log) else { return [] }
            let start = try prepared(
                "SELECT coalesce(max(first), 0) FROM frame WHERE log = ? AND first <= ?")
            start.bind(1, id)
            start.bind(2, max(position, position &+ 1))
            let first = try start.step() ? start.int(0) : 0
            start.reset()
            let select = try prepared(
                """
                SELECT first, count, epoch, at, bytes, chain FROM frame
                WHERE log = ? AND first >= ? ORDER BY first
                """)
            select.bind(1, id)
            select.bind(2, first)
            defer { select.reset() }
            var frames: [Frame] = []
            var events = 0
            while events < limit, try select.step() {
                let frame = try Self.frame(of: log, in: select)
                guard frame.last > position else { continue }
                guard frames.last.map({ $0.last + 1 == frame.first }) ?? true else {
                    throw SQLiteError(code: SQLITE_CORRUPT)
                }
                events += frame.count
                frames.append(frame)
            }
            return frames
        } catch {
            throw error.failure
        }
    }

    /// No position that a house could reach is greater.
    private static let positionMax: Int64 = 1 << 52

    private static func frame(
        of log: LogName, in select: Statement
    ) throws(SQLiteError) -> Frame {
        let first = select.int(0)
        let count = select.int(1)
        guard (1...positionMax).contains(first), (1...positionMax).contains(count) else {
            throw SQLiteError(code: SQLITE_CORRUPT)
        }
        return Frame(
            log: log, first: first, count: Int(count), epoch: select.int(2),
            at: Timestamp(milliseconds: select.int(3)), bytes: select.bytes(4),
            chain: select.bytes(5))
    }

    // MARK: Writing

    /// Records that `epoch` begins at `heads`.
    func begin(epoch: Int64, heads: [LogName: StoreContents.Head]) throws {
        try prepared("BEGIN IMMEDIATE").run()
        do {
            let insert = try prepared("INSERT INTO epoch (epoch, log, base) VALUES (?, ?, ?)")
            insert.bind(1, epoch)
            insert.bind(2, 0)
            insert.bind(3, 0)
            try insert.run()
            for (log, head) in heads {
                insert.bind(1, epoch)
                insert.bind(2, logIDs[log] ?? 0)
                insert.bind(3, head.position)
                try insert.run()
            }
            try prepared("COMMIT").run()
        } catch {
            rollBack()
            throw error
        }
    }

    func write(
        _ batch: Batch, epoch: Int64, heads: inout [LogName: StoreContents.Head]
    ) throws {
        var next = heads
        try prepared("BEGIN IMMEDIATE").run()
        do {
            try checkEpoch(epoch)
            for frame in batch.frames {
                let head = next[frame.log]?.position ?? 0
                guard frame.first == head + 1, frame.count > 0 else { throw WriteRefusal.conflict }
                try insert(frame)
                next[frame.log] = StoreContents.Head(position: frame.last, chain: frame.chain)
            }
            try write(batch.rows)
            for (log, position) in batch.dropped { try drop(log, through: position) }
            try prepared("COMMIT").run()
        } catch {
            rollBack()
            throw error
        }
        heads = next
    }

    private func checkEpoch(_ epoch: Int64) throws {
        let current = try prepared("SELECT max(epoch) FROM epoch")
        defer { current.reset() }
        guard try current.step(), current.int(0) == epoch else { throw WriteRefusal.fenced }
    }

    private func insert(_ frame: Frame) throws(SQLiteError) {
        let id = try createdLog(frame.log)
        let insert = try prepared(
            """
            INSERT INTO frame (log, first, count, epoch, at, bytes, chain)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
        insert.bind(1, id)
        insert.bind(2, frame.first)
        insert.bind(3, Int64(frame.count))
        insert.bind(4, frame.epoch)
        insert.bind(5, frame.at.milliseconds)
        insert.bind(7, frame.chain)
        try insert.run(binding: frame.bytes, to: 6)
    }

    /// The statements of each table, found without building their text.
    private func selection(_ table: String) throws(SQLiteError) -> Statement {
        if let known = selections[table] { return known }
        let statement = try prepared(
            "SELECT value, due FROM \(Self.name(table)) WHERE key = ?")
        selections[table] = statement
        return statement
    }

    /// Rows of one table that are written by one statement. They come in key order, so that SQLite
    /// goes on where the row before ended: measured 1.6 times as fast as a statement a row.
    ///
    /// Such a statement must not be one that could fail and leave the transaction open: SQLite
    /// would copy every page that it touches to a journal of the statement's own, twice as many
    /// bytes as the transaction itself writes. Hence `OR ROLLBACK`, and no `NOT NULL` on values.
    private static let rowsAtOnce = 32

    private func write(_ rows: [RowChange]) throws(SQLiteError) {
        var start = 0
        while start < rows.count {
            let table = rows[start].table
            var end = start
            while end < rows.count, end - start < Self.rowsAtOnce, rows[end].value != nil,
                rows[end].table == table
            {
                end += 1
            }
            try create(table)
            if end == start {
                try remove(rows[start])
                start += 1
            } else if end - start == Self.rowsAtOnce {
                try upsert(rows[start..<end], into: table)
                start = end
            } else {
                for index in start..<end { try upsert(rows[index...index], into: table) }
                start = end
            }
        }
    }

    private func remove(_ row: RowChange) throws(SQLiteError) {
        let delete = try prepared("DELETE FROM \(Self.name(row.table)) WHERE key = ?")
        delete.bind(1, row.key)
        try delete.run()
    }

    /// `rows` are one, or `rowsAtOnce`, all of `table`.
    private func upsert(
        _ rows: ArraySlice<RowChange>, into table: String
    ) throws(SQLiteError) {
        let statement = try upsertion(of: rows.count, into: table)
        arena.removeAll()
        for row in rows {
            arena.append(row.key)
            arena.append(row.value ?? [])
        }
        var place: Int32 = 1
        var offset = 0
        for row in rows {
            statement.bind(place, arena, offset, row.key.count)
            offset += row.key.count
            statement.bind(place + 1, arena, offset, row.value?.count ?? 0)
            offset += row.value?.count ?? 0
            statement.bind(place + 2, row.due?.milliseconds)
            place += 3
        }
        try statement.run()
    }

    private func upsertion(of count: Int, into table: String) throws(SQLiteError) -> Statement {
        let isMany = count > 1
        if let known = isMany ? manyUpsertions[table] : upsertions[table] { return known }
        let statement = try prepared(
            """
            INSERT OR ROLLBACK INTO \(Self.name(table)) (key, value, due)
            VALUES \(Array(repeating: "(?, ?, ?)", count: count).joined(separator: ", "))
            ON CONFLICT (key) DO UPDATE SET value = excluded.value, due = excluded.due
            """)
        if isMany { manyUpsertions[table] = statement } else { upsertions[table] = statement }
        return statement
    }

    /// The bound on `first` says where the log need not be read any more.
    private func drop(_ log: LogName, through position: Int64) throws(SQLiteError) {
        guard let id = logIDs[log] else { return }
        let delete = try prepared(
            """
            DELETE FROM frame WHERE log = ?1 AND first <= ?2 AND first + count - 1 <= ?2
            AND first < (SELECT max(first) FROM frame WHERE log = ?1)
            """)
        delete.bind(1, id)
        delete.bind(2, position)
        try delete.run()
    }

    /// SQLite itself may have rolled back already, as it does when the disk is full: the names that
    /// the transaction made are gone in either case.
    private func rollBack() {
        if sqlite3_get_autocommit(database) == 0 {
            sqlite3_exec(database, "ROLLBACK", nil, nil, nil)
        }
        logIDs.removeAll()
        tables.removeAll()
        areNamesKnown = false
        try? readNames()
    }

    /// What a failed write means for the batch. Only a failure that surely left nothing is a
    /// refusal; after an I/O error nobody knows what reached the disk.
    func outcome(of error: any Error) -> CommitOutcome {
        switch error {
        case WriteRefusal.conflict: .refused(.conflict)
        case WriteRefusal.fenced: .fenced
        case let error as SQLiteError:
            switch error.primary {
            case SQLITE_FULL: .refused(.full)
            case SQLITE_BUSY, SQLITE_LOCKED: .refused(.busy)
            default: .unknown
            }
        default: .unknown
        }
    }

    private enum WriteRefusal: Error { case conflict, fenced }

    // MARK: Names

    /// Tables are named by services, never by input: letters, digits and `_` only.
    private static func name(_ table: String) -> String { "t_\(table)" }

    /// The one that writes makes every table itself; a reader looks for what others made.
    private func knows(_ table: String) throws(SQLiteError) -> Bool {
        if tables.contains(table) { return true }
        if isWriter && areNamesKnown { return false }
        let find = try prepared("SELECT 1 FROM sqlite_master WHERE name = ?")
        find.bind(1, Self.name(table))
        defer { find.reset() }
        guard try find.step() else { return false }
        tables.insert(table)
        return true
    }

    private func create(_ table: String) throws(SQLiteError) {
        guard !tables.contains(table) else { return }
        let name = Self.name(table)
        precondition(
            table.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_")
            }, "a table's name is letters, digits and _")
        try Statement(
            """
            CREATE TABLE IF NOT EXISTS \(name) (
                key BLOB NOT NULL PRIMARY KEY, value BLOB, due INTEGER) WITHOUT ROWID
            """, on: database
        ).run()
        try Statement(
            "CREATE INDEX IF NOT EXISTS due_\(name) ON \(name) (key) WHERE due IS NOT NULL",
            on: database
        ).run()
        tables.insert(table)
    }

    private func knownLog(_ log: LogName) throws(SQLiteError) -> Int64? {
        if let id = logIDs[log] { return id }
        let find = try prepared("SELECT id FROM log WHERE service = ? AND shard = ?")
        find.bind(1, log.service)
        find.bind(2, Int64(log.shard))
        defer { find.reset() }
        guard try find.step() else { return nil }
        logIDs[log] = find.int(0)
        return logIDs[log]
    }

    private func createdLog(_ log: LogName) throws(SQLiteError) -> Int64 {
        if let id = try knownLog(log) { return id }
        let insert = try prepared("INSERT INTO log (service, shard) VALUES (?, ?)")
        insert.bind(1, log.service)
        insert.bind(2, Int64(log.shard))
        try insert.run()
        let id = sqlite3_last_insert_rowid(database)
        logIDs[log] = id
        return id
    }
}
