// SPDX-License-Identifier: Apache-2.0
/// Where wrapped keys are kept: one row a person, in a database of its own, because erasing must
/// really remove and the logs of the house never do.

import Crypto
import Foundation
import GRDB
import Kernel
import SQLiteFiles

/// Every access is exclusive, and the cache changes within it: so a key that was just erased can't
/// come back into the cache by a slower reader.
final class PersonStore: Sendable {
    let database: DatabaseQueue
    private let master: MasterKey
    private let cache: PersonCache
    private let random: RandomPool

    private static let version = 1
    /// Persons' ids are random, so nearly each new one changes a page of its own: a larger cache
    /// and rarer checkpoints (of about 32 MiB, less on small volumes) take a third off the price.
    /// To be set once the file is open: GRDB puts `synchronous` to NORMAL when it has turned the
    /// write-ahead log on.
    private static func pragmas(_ logPages: Int) -> String {
        """
        PRAGMA synchronous = FULL;
        PRAGMA secure_delete = ON;
        PRAGMA cache_size = -16384;
        PRAGMA wal_autocheckpoint = \(logPages);
        PRAGMA journal_size_limit = \(4 * 4_096 * logPages);
        """
    }

    /// The length of the write-ahead log, in pages of 4 KiB, at which it is copied back: 32 MiB, on
    /// small volumes no more than a sixty-fourth of them.
    private static func logPages(at path: String) -> Int {
        let most = 8_000
        guard let volume = Volume.bytes(at: path) else { return most }
        return min(most, max(32, volume / 64 / 4_096))
    }

    /// What is stored of a person.
    private enum Entry {
        case key(PersonKey)
        /// The number of keys that the person has had.
        case erased(UInt32)
    }

    init(path: String, master: MasterKey, cache: PersonCache, random: RandomPool) throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        database = try DatabaseQueue(path: path, configuration: configuration)
        self.master = master
        self.cache = cache
        self.random = random
        let pragmas = Self.pragmas(Self.logPages(at: path))
        try database.writeWithoutTransaction { db in try db.execute(sql: pragmas) }
        guard SharedIndex.reserve(of: path) else { throw VaultOpenFailure.full }
        try database.write { db in try Self.found(db, check: master.check) }
    }

    /// Whether an operation failed because no room is left.
    static func isOutOfRoom(_ error: any Error) -> Bool {
        (error as? DatabaseError)?.resultCode == .SQLITE_FULL
    }

    /// The keys of `persons`, in their order, new ones made where there is none: all in one
    /// transaction, which is durable when this returns.
    func keys(of persons: [UUIDv7]) throws -> [PersonKey] {
        do { return try storedKeys(of: persons) } catch where Self.isOutOfRoom(error) {
            // The log may be what fills the disk: it is cut off, as far as its pages find room.
            try database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            return try storedKeys(of: persons)
        }
    }

    private func storedKeys(of persons: [UUIDv7]) throws -> [PersonKey] {
        try database.writeWithoutTransaction { db in
            var keys: [PersonKey] = []
            try db.inTransaction(.immediate) {
                keys = try persons.map { person in
                    switch try entry(person, db) {
                    case .key(let key): key
                    case .erased(let generation):
                        try insert(person, generation: generation + 1, db)
                    case nil: try insert(person, generation: 1, db)
                    }
                }
                return .commit
            }
            for (person, key) in zip(persons, keys) { cache.insert(key, of: person) }
            return keys
        }
    }

    /// Nil when the person was erased or never known.
    func key(of person: UUIDv7) throws -> PersonKey? {
        try database.read { db in
            guard case .key(let key) = try entry(person, db) else { return nil }
            cache.insert(key, of: person)
            return key
        }
    }

    /// Leaves nothing of the key in the database, in its free pages, or in its log.
    func erase(_ person: UUIDv7) throws {
        try database.writeWithoutTransaction { db in
            cache.remove(person)
            try db.inTransaction(.immediate) {
                let sql = "UPDATE person SET wrapped = x'' WHERE id = ?"
                try db.cachedStatement(sql: sql).execute(arguments: [Data(person.bytes)])
                return .commit
            }
            try db.checkpoint(.truncate)
        }
    }

    private static func found(_ db: Database, check: [UInt8]) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS about (version INTEGER NOT NULL, keyCheck BLOB NOT NULL);
                CREATE TABLE IF NOT EXISTS person (
                    id BLOB PRIMARY KEY, generation INTEGER NOT NULL, wrapped BLOB NOT NULL
                ) WITHOUT ROWID;
                """)
        guard let about = try Row.fetchOne(db, sql: "SELECT version, keyCheck FROM about") else {
            let sql = "INSERT INTO about (version, keyCheck) VALUES (?, ?)"
            return try db.execute(sql: sql, arguments: [version, Data(check)])
        }
        guard about["version"] == version else { throw VaultOpenFailure.incompatible }
        guard about["keyCheck"] == Data(check) else { throw VaultOpenFailure.wrongKey }
    }

    private func entry(_ person: UUIDv7, _ db: Database) throws -> Entry? {
        let sql = "SELECT generation, wrapped FROM person WHERE id = ?"
        let statement = try db.cachedStatement(sql: sql)
        let id = Data(person.bytes)
        guard let row = try Row.fetchOne(statement, arguments: [id]) else { return nil }
        let generation: UInt32 = row["generation"]
        let wrapped: Data = row["wrapped"]
        guard !wrapped.isEmpty else { return .erased(generation) }
        let key = try AES.GCM.open(
            AES.GCM.SealedBox(combined: wrapped), using: master.wrapping, authenticating: id)
        return .key(PersonKey(generation: generation, key: SymmetricKey(data: key)))
    }

    private func insert(
        _ person: UUIDv7, generation: UInt32, _ db: Database
    ) throws -> PersonKey {
        guard let bytes = random.next(MasterKey.byteCount),
            let nonce = random.next(PersonKey.nonceCount)
        else { throw VaultOpenFailure.unavailable }
        let id = Data(person.bytes)
        let wrapped = try AES.GCM.seal(
            bytes, using: master.wrapping, nonce: AES.GCM.Nonce(data: nonce), authenticating: id
        ).combined
        let sql = "INSERT OR REPLACE INTO person (id, generation, wrapped) VALUES (?, ?, ?)"
        try db.cachedStatement(sql: sql).execute(arguments: [id, generation, wrapped])
        return PersonKey(generation: generation, key: SymmetricKey(data: bytes))
    }
}
