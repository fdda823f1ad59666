// SPDX-License-Identifier: Apache-2.0
/// The rows of one table that are in memory: those that changed, and those that were used lately.

import Ports

/// A row as it is stored, and as it is now.
final class RowImage {
    var stored: ViewRow?
    var current: ViewRow?
    var isTouched = false

    init(_ stored: ViewRow?) {
        self.stored = stored
        current = stored
    }
}

final class TableRows {
    let table: ViewTable
    /// Those that were used since the last change of generations, and those before them.
    private var fresh: [ViewKey: RowImage] = [:]
    private var older: [ViewKey: RowImage] = [:]
    private(set) var touched: [RowImage] = []
    /// Rows of a table of which none was ever asked for by its key: they are only written.
    private(set) var inserted: [ViewRow] = []
    private var isInsertedOnly = true

    init(_ table: ViewTable) { self.table = table }

    /// Takes a row that was not there. False when there is one of its key in memory; that of rows
    /// that are only written is found out by the store.
    func insert(_ row: ViewRow) -> Bool {
        if isInsertedOnly {
            inserted.append(row)
            return true
        }
        let key = table.key(of: row)
        let image = known(key) ?? add(RowImage(nil), at: key)
        guard image.current == nil else { return false }
        image.current = row
        touch(image)
        return true
    }

    /// From the first question on, rows are kept by their keys. False when two have the same.
    func allowQuestions() -> Bool {
        guard isInsertedOnly else { return true }
        isInsertedOnly = false
        defer { inserted = [] }
        return inserted.allSatisfy(insert)
    }

    /// Nil when it is not in memory.
    func known(_ key: ViewKey) -> RowImage? {
        if let image = fresh[key] { return image }
        guard !older.isEmpty, let image = older.removeValue(forKey: key) else { return nil }
        fresh[key] = image
        return image
    }

    func add(_ image: RowImage, at key: ViewKey) -> RowImage {
        fresh[key] = image
        return image
    }

    func touch(_ image: RowImage) {
        guard !image.isTouched else { return }
        image.isTouched = true
        touched.append(image)
    }

    func settle(keeping limit: Int) {
        for image in touched {
            image.stored = image.current
            image.isTouched = false
        }
        touched.removeAll(keepingCapacity: true)
        inserted.removeAll(keepingCapacity: true)
        guard fresh.count > limit else { return }
        older = fresh
        fresh = [:]
    }

    func forget() {
        fresh = [:]
        older = [:]
        touched = []
        inserted = []
    }
}
