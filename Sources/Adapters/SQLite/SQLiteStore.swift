// SPDX-License-Identifier: Apache-2.0
/// A node's store in one SQLite file: prepared statements on a raw handle (measured: 4.8 µs a
/// command against 8.0 through GRDB's statements).

package import Ports

/// WAL, `synchronous=FULL`: what `commit` acknowledges survives the loss of power.
///
/// Exactly one connection writes and checkpoints. The store belongs to one thread at a time.
package final class SQLiteStore: Store {
    package let path: String
    let configuration: Configuration
    private var file: OpenFile?
    private var connection: Connection?
    private var epoch: Int64 = 0
    private var heads: [LogName: StoreContents.Head] = [:]

    package struct Configuration: Sendable {
        /// False gives up the durability of acknowledged commits in a power cut. For measurements.
        package var isFullySynchronous = true
        package var pageSize = 16_384
        /// The write-ahead log is copied back when it has this many pages: 62.5 MiB. On a volume
        /// of which that would be more than a thirty-second, it is copied back earlier.
        package var checkpointPages = 4_000
        /// Pages that the processor's own cache still holds when they are used again: with four
        /// times as many a saga took a twentieth longer. Several times what a commit changes, or
        /// its pages would be written twice.
        package var cacheBytes = 16 << 20

        package init() {}

        /// As many pages as a volume of `volume` bytes can well spare for each of several stores.
        func checkpointPages(on volume: Int?) -> Int {
            guard let volume else { return checkpointPages }
            return min(checkpointPages, max(16, volume / 32 / pageSize))
        }
    }

    package init(path: String, configuration: Configuration = Configuration()) {
        self.path = path
        self.configuration = configuration
    }

    package func open() throws(StoreFailure) -> StoreContents {
        close()
        let file = try OpenFile(path, configuration)
        self.file = file
        do {
            let connection = try Connection(file.handle, isWriter: true)
            self.connection = connection
            let contents = try connection.contents()
            guard contents.epoch < .max else { throw StoreFailure.corrupt }
            epoch = contents.epoch + 1
            heads = contents.heads
            try connection.begin(epoch: epoch, heads: contents.heads)
            return StoreContents(epoch: epoch, heads: contents.heads)
        } catch {
            close()
            throw (error as? SQLiteError)?.failure ?? error as? StoreFailure ?? .unavailable
        }
    }

    /// The writer's handle, while it is open.
    var handle: OpaquePointer? { file?.handle }

    package func close() {
        connection = nil
        file = nil
    }

    package func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        try current().rows(keys)
    }

    package func commit(_ batch: Batch) -> CommitOutcome {
        guard let connection else { return .unknown }
        guard batch.epoch == epoch else { return .fenced }
        do {
            try connection.write(batch, epoch: epoch, heads: &heads)
            file?.noteCommit()
            return .committed
        } catch {
            let outcome = connection.outcome(of: error)
            // The log may be what fills the disk.
            if outcome == .refused(.full) { file?.makeRoom() }
            return outcome
        }
    }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try current().frames(of: log, after: position, limit: limit)
    }

    package func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try current().rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }

    private func current() throws(StoreFailure) -> Connection {
        guard let connection else { throw .unavailable }
        return connection
    }
}
