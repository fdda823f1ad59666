// SPDX-License-Identifier: Apache-2.0
/// A service at work in a node: its entities in memory, its log's end, and the commands of the
/// wave that is being decided. Everything here is synchronous and belongs to the node's thread.

import DequeModule
package import Kernel
package import Ports

package final class Desk<S: Service>: AnyDesk {
    typealias Key = S.Rules.Key
    typealias State = S.Rules.State
    typealias Entry = Cell<Key, State>

    package let log: LogName
    package let codec: LogCodec
    package let limits: DeskLimits
    let tables: [String]
    let repliesTable: String
    let ownsBucket: @Sendable (UInt16) -> Bool

    var cells: [Key: Entry] = [:]
    /// Cells in the order in which they came, for eviction.
    var arrivals: Deque<Entry> = []
    /// Cells in the order in which they came to differ from their row.
    var unstored: Deque<(position: Int64, cell: Entry)> = []
    /// Cells at rest that wait for their row.
    var resting: [Entry] = []
    var timers = TimerHeap<Key>()
    /// Timers of entities that are not in memory.
    var stubs: [Key: Timer<Key>] = [:]
    /// Entities that a restart left open, still to be woken.
    var toResume: Deque<Key> = []
    /// The greatest stored key of each table: a greater one has no row.
    var greatest: [[UInt8]]

    // The log's end.
    package var head: Int64 = 0
    var committedHead: Int64 = 0
    var chainHead: [UInt8] = []
    var epoch: Int64 = 0
    /// The batch's records, and where each ends.
    var records = WireWriter(binary: 65_536)
    var recordEnds: [Int] = []

    // The wave and the batch.
    var pending: [Pending] = []
    var batch: UInt64 = 1
    var memories: [Memory<Key, State>] = []
    var fresh: [Entry] = []
    var waiting: [Waiting] = []
    var woken: [(key: Key, isRestart: Bool)] = []
    var flushed: [Entry] = []
    package var news: [News] = []
    package var parking = Parking()
    var replies: ReplyBook
    /// The chain's value after the frames that are being committed.
    var stagedChainHead: [UInt8] = []

    /// A command of the wave.
    struct Pending {
        let command: S.Rules.Command
        let cause: Cause
        let input: InputID?
        let principal: Principal
        let trace: String?
        let submission: Submission?
    }

    /// A caller whose answer is made at the end of the batch.
    struct Waiting {
        let submission: Submission
        let command: S.Rules.Command
        let key: Key?
        let rejection: S.Rules.Rejection?
        let hasEvents: Bool
    }

    /// A desk for shard `log.shard` of the service; it acts on facts whose bucket it owns.
    package init(
        _ service: S.Type, shard: Int = 0, limits: DeskLimits = DeskLimits(),
        keyText: @escaping @Sendable (S.Rules.Key) -> String,
        ownsBucket: @escaping @Sendable (UInt16) -> Bool = { _ in true }
    ) {
        log = LogName(S.name, shard)
        self.limits = limits
        self.ownsBucket = ownsBucket
        codec = LogCodec(
            service: S.name, event: S.Rules.Event.self, key: S.Rules.Key.self, keyText: keyText)
        tables = S.Rules.Key.tables.map { "\($0)_\(shard)" }
        repliesTable = "replies_\(S.name)_\(shard)"
        greatest = tables.map { _ in [] }
        replies = ReplyBook(log: LogName("\(S.name).replies", shard))
        parking.attemptsMax = limits.poisonAttempts
    }

    package var hears: [String] { S.hears }
    package var hasWork: Bool { !pending.isEmpty }
    package var nextDue: Timestamp? {
        toResume.isEmpty ? timers.first?.due : Timestamp(milliseconds: 0)
    }
    package var hasUnstored: Bool { !unstored.isEmpty || !replies.unstored.isEmpty }

    // MARK: Taking

    package func take(_ submission: Submission) {
        guard let command = submission.command as? S.Rules.Command else {
            preconditionFailure("a submission carries a command of the desk it names")
        }
        pending.append(
            Pending(
                command: command,
                cause: .command(submission.request?.identity ?? InputID(high: 0, low: 0)),
                input: submission.request?.identity, principal: submission.principal,
                trace: submission.trace, submission: submission))
    }

    package func take(
        _ fact: any Fact, from source: LogName, at position: Int64, trace: String?
    ) {
        guard let command = S.command(for: fact) else { return }
        let keys = S.Rules.keys(command)
        guard let key = keys.first, ownsBucket(key.bucket) else { return }
        let input = InputID(
            high: Murmur3.hash128(Array("\(log)<\(source)".utf8), seed: 0).0,
            low: UInt64(bitPattern: position))
        if !parking.isEmpty {
            let entity = RowKey(tables[key.table], key.bytes)
            let isBehind = parking.keys.contains(entity)
            if isBehind || parking.isPoison(input) {
                parking.park(
                    ParkedItem(
                        consumer: log, source: source, position: position,
                        name: fact.wireName.text, payload: LogCodec.json(of: fact),
                        reason: isBehind ? "behind-parked" : "poison", entity: entity))
                return
            }
        }
        pending.append(
            Pending(
                command: command, cause: .fact(source, position), input: input,
                principal: .house, trace: trace, submission: nil))
    }

    package func takeDue(by now: Timestamp, limit: Int) -> Int {
        var taken = 0
        while taken < limit, let key = toResume.popFirst() {
            wake(key, isRestart: true)
            taken += 1
        }
        while taken < limit, let timer = timers.first, timer.due <= now {
            timers.remove(timer)
            wake(timer.key, isRestart: false)
            taken += 1
        }
        return taken
    }

    private func wake(_ key: Key, isRestart: Bool) {
        woken.append((key, isRestart))
        let hash = Murmur3.hash128(key.bytes + Array(log.description.utf8), seed: 1)
        let input = InputID(high: hash.0, low: hash.1)
        if !parking.isEmpty && parking.isPoison(input) { return }
        pending.append(
            Pending(
                command: S.wake(key, isRestart: isRestart), cause: .time, input: input,
                principal: .house, trace: nil, submission: nil))
    }
}
