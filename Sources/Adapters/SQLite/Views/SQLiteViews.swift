// SPDX-License-Identifier: Apache-2.0
/// Read models in one SQLite file, as real tables that `sqlite3` and other tools read beside the
/// house, by SQL views of the declared names.

import CSQLite
package import Ports

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// WAL and `synchronous=NORMAL`: a power cut may take the last commits, cursors and rows together.
/// Exactly one connection writes.
package final class SQLiteViews: Views {
    package let path: String
    private let configuration: Configuration
    private var file: ViewFile?
    private let arena = Arena()
    private var statements: [ViewGeneration: [String: ViewTableStatements]] = [:]
    /// Those that are not removed.
    private var generations: Set<Int> = []
    private var leftovers = ViewLeftovers()

    package struct Configuration: Sendable {
        package var pageSize = 8_192
        /// The write-ahead log is copied back when it has this many pages: 31 MiB.
        package var checkpointPages = 4_000
        /// Several times what a commit changes.
        package var cacheBytes = 16 << 20

        package init() {}

        /// For a rebuild while nothing else runs: what indexes touch stays in memory.
        package static var alone: Configuration {
            var configuration = Configuration()
            configuration.cacheBytes = 128 << 20
            return configuration
        }
    }

    package init(path: String, configuration: Configuration = Configuration()) {
        self.path = path
        self.configuration = configuration
    }

    package func close() {
        statements.removeAll()
        file = nil
    }

    package func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        close()
        if isErasing { try setAside() }
        let file = try ViewFile(path, configuration)
        self.file = file
        return try failing { () throws(SQLiteError) in
            try forgetRemoved(file)
            return try Self.generations(file.handle)
        }
    }

    /// Keeps what could not be used for whoever wants to look at it, until the next time.
    private func setAside() throws(ViewFailure) {
        for suffix in ["", "-wal", "-shm"] {
            let kept = "\(path).damaged\(suffix)"
            guard unlink(kept) == 0 || errno == ENOENT,
                rename(path + suffix, kept) == 0 || errno == ENOENT
            else { throw .unavailable }
        }
    }

    private static func generations(
        _ handle: OpaquePointer
    ) throws(SQLiteError) -> [StoredGeneration] {
        let select = try Statement(
            "SELECT number, projection, version, shape, is_published FROM projection_generation",
            on: handle)
        var stored: [StoredGeneration] = []
        while try select.step() {
            let number = Int(select.int(0))
            stored.append(
                StoredGeneration(
                    ViewGeneration(select.text(1), number), version: Int(select.int(2)),
                    shape: select.text(3), isPublished: select.int(4) != 0,
                    cursors: try ViewCursor.all(of: number, on: handle)))
        }
        return stored
    }

    package func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        let file = try current()
        let generation = try transaction { () throws(SQLiteError) in
            let delete = try Statement(
                "DELETE FROM projection_generation WHERE projection = ? AND NOT is_published",
                on: file.handle)
            delete.bind(1, schema.name)
            try delete.run()
            let insert = try Statement(
                """
                INSERT INTO projection_generation (projection, version, shape, is_published)
                VALUES (?, ?, ?, 0)
                """, on: file.handle)
            insert.bind(1, schema.name)
            insert.bind(2, Int64(schema.version))
            insert.bind(3, schema.shape)
            try insert.run()
            let number = Int(sqlite3_last_insert_rowid(file.handle))
            for table in schema.tables {
                for sql in ViewNames(number: number).creation(of: table) {
                    try Migrations.execute(sql, on: file.handle)
                }
            }
            return ViewGeneration(schema.name, number)
        }
        try failing { () throws(SQLiteError) in try forgetRemoved(file) }
        return generation
    }

    package func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        let statements = try self.statements(of: table, in: generation)
        return try failing { () throws(SQLiteError) in try statements.row(key) }
    }

    package func commit(_ batch: ViewBatch) throws(ViewFailure) {
        let file = try current()
        let tables = try batch.changes.map { changes throws(ViewFailure) in
            (try statements(of: changes.table, in: batch.generation), changes.rows)
        }
        try transaction { () throws(SQLiteError) in
            for (statements, rows) in tables { try statements.write(rows) }
            for cursor in batch.cursors {
                try cursor.write(to: batch.generation.number, on: file.handle)
            }
            if batch.isPublishing { try publish(batch.generation, file) }
        }
        do throws(SQLiteError) {
            if batch.isPublishing { try forgetRemoved(file) }
            try leftovers.dropSome(on: file.handle)
        } catch {
            // The batch is committed all the same; what is left is found when the file is opened.
        }
        file.log.checkpointIfLong()
    }

    private func publish(
        _ generation: ViewGeneration, _ file: ViewFile
    ) throws(SQLiteError) {
        for old in try Self.generations(file.handle).map(\.generation)
        where old.projection == generation.projection && old != generation {
            try forget(old, file)
        }
        let mark = try Statement(
            "UPDATE projection_generation SET is_published = 1 WHERE number = ?", on: file.handle)
        mark.bind(1, Int64(generation.number))
        try mark.run()
        guard sqlite3_changes(file.handle) == 1 else { throw SQLiteError(code: SQLITE_CONSTRAINT) }
        let names = ViewNames(number: generation.number)
        for (number, table) in try Self.tables(file.handle) where number == generation.number {
            try Migrations.execute(ViewNames.dropView(of: table), on: file.handle)
            try Migrations.execute(names.sqlView(of: table), on: file.handle)
        }
    }

    package func remove(_ generation: ViewGeneration) throws(ViewFailure) {
        let file = try current()
        try transaction { () throws(SQLiteError) in try forget(generation, file) }
        try failing { () throws(SQLiteError) in try forgetRemoved(file) }
    }

    /// Removes the name of a generation, and its SQL views if it has them.
    private func forget(
        _ generation: ViewGeneration, _ file: ViewFile
    ) throws(SQLiteError) {
        let number = generation.number
        let isPublished = try Migrations.number(
            """
            SELECT count(*) FROM projection_generation WHERE number = \(number) AND is_published
            """, file.handle)
        for (other, table) in try Self.tables(file.handle)
        where isPublished > 0 && other == number {
            try Migrations.execute(ViewNames.dropView(of: table), on: file.handle)
        }
        try Migrations.execute(
            "DELETE FROM projection_generation WHERE number = \(number)", on: file.handle)
    }

    /// The stored tables of all generations.
    private static func tables(
        _ handle: OpaquePointer
    ) throws(SQLiteError) -> [(number: Int, table: String)] {
        let select = try Statement(
            "SELECT name FROM sqlite_master WHERE type = 'table'", on: handle)
        var found: [(number: Int, table: String)] = []
        while try select.step() {
            if let name = ViewNames.parse(select.text(0)) { found.append(name) }
        }
        return found
    }

    /// Lets go of the cursors and the tables of generations that were removed. The tables are
    /// dropped bit by bit, since that takes as long as they are large.
    private func forgetRemoved(_ file: ViewFile) throws(SQLiteError) {
        generations = Set(try Self.generations(file.handle).map(\.generation.number))
        statements = statements.filter { generations.contains($0.key.number) }
        leftovers = ViewLeftovers(
            try Self.tables(file.handle).filter { !generations.contains($0.number) }
                .map { ViewNames(number: $0.number).table($0.table) })
        try Migrations.execute(
            """
            DELETE FROM projection_cursor
            WHERE generation NOT IN (SELECT number FROM projection_generation)
            """, on: file.handle)
    }

    private func current() throws(ViewFailure) -> ViewFile {
        guard let file else { throw .unavailable }
        return file
    }

    private func statements(
        of table: ViewTable, in generation: ViewGeneration
    ) throws(ViewFailure) -> ViewTableStatements {
        if let known = statements[generation]?[table.name] { return known }
        guard generations.contains(generation.number) else { throw .unavailable }
        let made = ViewTableStatements(
            table, named: ViewNames(number: generation.number).table(table.name),
            on: try current().handle, arena)
        statements[generation, default: [:]][table.name] = made
        return made
    }

    private func failing<Answer>(
        _ body: () throws(SQLiteError) -> Answer
    ) throws(ViewFailure) -> Answer {
        do throws(SQLiteError) { return try body() } catch { throw ViewFailure(error) }
    }

    private func transaction<Answer>(
        _ body: () throws(SQLiteError) -> Answer
    ) throws(ViewFailure) -> Answer {
        let file = try current()
        do throws(SQLiteError) {
            try Migrations.execute("BEGIN IMMEDIATE", on: file.handle)
            let answer = try body()
            try Migrations.execute("COMMIT", on: file.handle)
            return answer
        } catch {
            // SQLite itself may have rolled back already.
            if sqlite3_get_autocommit(file.handle) == 0 {
                sqlite3_exec(file.handle, "ROLLBACK", nil, nil, nil)
            }
            if error.primary == SQLITE_FULL { file.log.empty() }
            throw ViewFailure(error)
        }
    }
}

extension ViewCursor {
    fileprivate func write(
        to generation: Int, on handle: OpaquePointer
    ) throws(SQLiteError) {
        let upsert = try Statement(
            """
            INSERT OR REPLACE INTO projection_cursor
            (generation, service, shard, position, epoch, chain) VALUES (?, ?, ?, ?, ?, ?)
            """, on: handle)
        upsert.bind(1, Int64(generation))
        upsert.bind(2, log.service)
        upsert.bind(3, Int64(log.shard))
        upsert.bind(4, position)
        upsert.bind(5, epoch)
        upsert.bind(6, chain)
        try upsert.run()
    }

    static func all(
        of generation: Int, on handle: OpaquePointer
    ) throws(SQLiteError) -> [LogName: ViewCursor] {
        let select = try Statement(
            """
            SELECT service, shard, position, epoch, chain FROM projection_cursor
            WHERE generation = ?
            """, on: handle)
        select.bind(1, Int64(generation))
        var cursors: [LogName: ViewCursor] = [:]
        while try select.step() {
            let log = LogName(select.text(0), Int(select.int(1)))
            cursors[log] = ViewCursor(
                log: log, position: select.int(2), epoch: select.int(3), chain: select.bytes(4))
        }
        return cursors
    }
}
