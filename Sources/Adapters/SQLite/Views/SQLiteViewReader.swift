// SPDX-License-Identifier: Apache-2.0
/// Reads read models beside their writer: connections of their own, opened read-only, each answer
/// in one short transaction.

import CSQLite
package import Ports
import Synchronization

/// A small pool of connections to one file of read models.
package final class SQLiteViewReader: ViewReader {
    private let path: String
    private let idle = Mutex<[ViewConnection]>([])
    private static let idleMax = 4

    package init(path: String) { self.path = path }

    package func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        for question in questions { try question.check(against: schema) }
        // Whoever replaces the file leaves those who have it open the old one.
        let waiting = idle.withLock { $0.popLast() }
        let connection: ViewConnection
        if let waiting, !waiting.isOfReplacedFile {
            connection = waiting
        } else {
            connection = try ViewConnection(path)
        }
        // A connection that failed is not used again.
        let answer = try connection.answer(questions, of: schema)
        idle.withLock { if $0.count < Self.idleMax { $0.append(connection) } }
        return answer
    }

    /// The number and the cursors of what is published; nil when nothing is.
    package func published(
        _ projection: String
    ) throws(ViewFailure) -> (number: Int, cursors: [LogName: ViewCursor])? {
        try ViewConnection(path).published(projection)
    }
}

/// A connection with its statements.
// SAFETY: a connection is taken out of the pool by one thread at a time, and SQLite's handle is
// opened without a mutex for exactly that use.
private final class ViewConnection: @unchecked Sendable {
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]
    private static let statementsMax = 100

    init(_ path: String) throws(ViewFailure) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            sqlite3_close_v2(opened)
            throw .unavailable
        }
        sqlite3_extended_result_codes(opened, 1)
        sqlite3_busy_timeout(opened, OpenFile.busyMilliseconds)
        handle = opened
        do throws(SQLiteError) {
            guard try ViewFile.isOurs(opened) else { throw SQLiteError(code: SQLITE_NOTADB) }
        } catch {
            throw ViewFailure(error)
        }
    }

    deinit {
        statements.removeAll()
        sqlite3_close_v2(handle)
    }

    /// True when the path names another file by now, or none.
    var isOfReplacedFile: Bool {
        var hasMoved: Int32 = 0
        let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved)
        return code != SQLITE_OK || hasMoved != 0
    }

    func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        do throws(SQLiteError) {
            try Migrations.execute("BEGIN", on: handle)
            defer { sqlite3_exec(handle, "COMMIT", nil, nil, nil) }
            guard let number = try generation(of: schema) else { return try unready() }
            let cursors = try ViewCursor.all(of: number, on: handle)
            let results = try questions.map { question throws(SQLiteError) in
                try rows(question, of: number)
            }
            return ViewAnswer(cursors: cursors, results: results)
        } catch {
            throw error.code == Self.notReady ? .notReady : ViewFailure(error)
        }
    }

    func published(
        _ projection: String
    ) throws(ViewFailure) -> (number: Int, cursors: [LogName: ViewCursor])? {
        do throws(SQLiteError) {
            let select = try Statement(
                """
                SELECT number FROM projection_generation WHERE projection = ? AND is_published
                """, on: handle)
            select.bind(1, projection)
            guard try select.step() else { return nil }
            let number = Int(select.int(0))
            return (number, try ViewCursor.all(of: number, on: handle))
        } catch {
            throw ViewFailure(error)
        }
    }

    /// No code of SQLite.
    private static let notReady: Int32 = -1

    private func unready() throws(SQLiteError) -> ViewAnswer {
        throw SQLiteError(code: Self.notReady)
    }

    private func generation(of schema: ViewSchema) throws(SQLiteError) -> Int? {
        let select = try prepared(
            """
            SELECT number FROM projection_generation
            WHERE projection = ? AND is_published AND shape = ?
            """)
        select.bind(1, schema.name)
        select.bind(2, schema.shape)
        defer { select.reset() }
        return try select.step() ? Int(select.int(0)) : nil
    }

    private func rows(
        _ question: ViewQuestion, of generation: Int
    ) throws(SQLiteError) -> [ViewRow] {
        var sql = ViewSQL(question, of: generation)
        let select: Statement
        do throws(SQLiteError) {
            select = try prepared(sql.text)
        } catch where error.primary == SQLITE_ERROR {
            // The index that the question names serves no such question.
            sql = ViewSQL(question, of: generation, isHinted: false)
            select = try prepared(sql.text)
        }
        for (index, value) in sql.values.enumerated() {
            select.bind(Int32(index + 1), value: value)
        }
        defer { select.reset() }
        var columns = 1
        if case .rows(let query) = question { columns = query.table.columns.count }
        var rows: [ViewRow] = []
        while try select.step() { rows.append(select.row(columns)) }
        return rows
    }

    private func prepared(_ sql: String) throws(SQLiteError) -> Statement {
        if let statement = statements[sql] { return statement }
        if statements.count >= Self.statementsMax { statements.removeAll() }
        let statement = try Statement(sql, on: handle)
        statements[sql] = statement
        return statement
    }
}
