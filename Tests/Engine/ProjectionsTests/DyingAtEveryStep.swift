// SPDX-License-Identifier: Apache-2.0
/// A process that dies between any two steps leaves rows and cursors that belong together: in the
/// end its rows are those of a rebuild from nothing. Stores and sources with planted bugs show that
/// the comparison would tell.

import Kernel
import MemoryAdapter
import Ports
import SQLiteAdapter
import TemporaryFolders
import Testing

@testable import NodeEngine
@testable import Projections

/// Dies at one of its calls, before or after it was carried out. What it holds is on the disk.
private final class DyingViews: Views {
    private let views: any Views
    private var callsLeft: Int
    private let isCarriedOut: Bool
    private let bug: PlantedBug?

    enum PlantedBug { case cursorsFirst, rowsFirst }

    init(_ views: any Views, after calls: Int, isCarriedOut: Bool, bug: PlantedBug? = nil) {
        self.views = views
        callsLeft = calls
        self.isCarriedOut = isCarriedOut
        self.bug = bug
    }

    private func call<Answer>(
        _ body: () throws(ViewFailure) -> Answer
    ) throws(ViewFailure) -> Answer {
        callsLeft -= 1
        guard callsLeft >= 0 else {
            if callsLeft == -1 && isCarriedOut { _ = try body() }
            throw .unavailable
        }
        return try body()
    }

    func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        try call { () throws(ViewFailure) in try views.open(isErasing: isErasing) }
    }

    func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        try call { () throws(ViewFailure) in try views.create(schema) }
    }

    func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        try call { () throws(ViewFailure) in try views.row(key, in: table, of: generation) }
    }

    func commit(_ batch: ViewBatch) throws(ViewFailure) {
        guard let bug, !batch.isPublishing else {
            return try call { () throws(ViewFailure) in try views.commit(batch) }
        }
        var rows = batch
        rows.cursors = []
        var cursors = batch
        cursors.changes = []
        let parts = bug == .cursorsFirst ? [cursors, rows] : [rows, cursors]
        for part in parts { try call { () throws(ViewFailure) in try views.commit(part) } }
    }

    func remove(_ generation: ViewGeneration) throws(ViewFailure) {
        try call { () throws(ViewFailure) in try views.remove(generation) }
    }
}

@Suite struct `A projector that dies` {
    private static let projections: [any Projection] = [Sums(), Journal()]
    private let logs = ScriptedLogs()

    init() {
        history(logs, count: 24)
    }

    private func projector(_ views: any Views) -> Projector {
        var settings = Projector.Settings()
        settings.batchMax = 9
        settings.fetchMax = 6
        return Projector(
            Self.projections, views: views, source: logs, codecs: LogCodec.all,
            settings: settings)
    }

    /// What outlives a process, and the ways to it.
    private struct Disk {
        let views: () -> any Views
        let reader: any ViewReader

        static func memory() -> Disk {
            let disk = MemoryViews.Disk()
            return Disk(views: { MemoryViews(disk) }, reader: MemoryViews(disk))
        }

        /// What a killed process has not written is not in its file.
        static func file(_ path: String) -> Disk {
            Disk(views: { SQLiteViews(path: path) }, reader: SQLiteViewReader(path: path))
        }
    }

    /// Dies at the `calls`-th call, perhaps while it rebuilds; the next process lives. The rows
    /// then, and whether it died at all.
    private func rows(
        on disk: Disk = .memory(), dyingAfter calls: Int, isCarriedOut: Bool,
        bug: DyingViews.PlantedBug? = nil
    ) throws -> (rows: [[[ViewRow]]], hasDied: Bool) {
        var hasDied = false
        do {
            let views = DyingViews(
                disk.views(), after: calls, isCarriedOut: isCarriedOut, bug: bug)
            let projector = projector(views)
            try projector.open()
            try projector.rest()
            _ = try projector.rebuild("sums")
            try projector.rest()
        } catch {
            hasDied = true
        }
        let next = projector(disk.views())
        try next.open()
        try next.rest()
        return (try Self.projections.map { try disk.reader.rows(of: $0) }, hasDied)
    }

    private var fresh: [[[ViewRow]]] {
        get throws { try Self.projections.map { try filled($0, logs) } }
    }

    @Test(arguments: [false, true])
    func `between any two steps leaves the rows of a rebuild`(isCarriedOut: Bool) throws {
        let fresh = try fresh
        var deaths = 0
        while true {
            let (rows, hasDied) = try rows(dyingAfter: deaths, isCarriedOut: isCarriedOut)
            #expect(rows == fresh, "after \(deaths) calls")
            guard hasDied else { break }
            deaths += 1
        }
        #expect(deaths > 50)
    }

    @Test(arguments: [false, true])
    func `leaves the same on a disk`(isCarriedOut: Bool) async throws {
        try await TestFolder.with { folder in
            let fresh = try fresh
            var deaths = 0
            while true {
                let (rows, hasDied) = try rows(
                    on: .file(folder.path("\(deaths).sqlite")), dyingAfter: deaths,
                    isCarriedOut: isCarriedOut)
                #expect(rows == fresh, "after \(deaths) calls")
                guard hasDied else { break }
                deaths += 1
            }
            #expect(deaths > 50)
        }
    }

    @Test(arguments: [DyingViews.PlantedBug.cursorsFirst, .rowsFirst])
    fileprivate func `and writes cursors and rows apart is found out`(
        bug: DyingViews.PlantedBug
    ) throws {
        let fresh = try fresh
        var failures = 0
        for calls in 0..<200 {
            // Rows that are written twice may also stop the projection.
            guard let (rows, hasDied) = try? rows(dyingAfter: calls, isCarriedOut: false, bug: bug)
            else {
                failures += 1
                continue
            }
            if rows != fresh { failures += 1 }
            guard hasDied else { break }
        }
        #expect(failures > 3)
    }

    @Test func `without ever ending keeps on`() throws {
        let disk = MemoryViews.Disk()
        // Each life is a little longer than opening takes, and dies in its work.
        for life in 0..<80 {
            let views = DyingViews(
                MemoryViews(disk), after: 4 + life, isCarriedOut: life % 2 == 0)
            let projector = projector(views)
            try? projector.open()
            try? projector.rest()
        }
        let last = projector(MemoryViews(disk))
        try last.open()
        try last.rest()
        let reader = MemoryViews(disk)
        #expect(try Self.projections.map { try reader.rows(of: $0) } == fresh)
    }
}
