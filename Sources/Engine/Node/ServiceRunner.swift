// SPDX-License-Identifier: Apache-2.0
/// A service at work in a node: its entities in memory, its log's end, and the commands of the
/// wave that is being decided. Everything here is synchronous and belongs to the node's thread.

public import DequeModule
public import Kernel
public import Ports

@usableFromInline final class ServiceRunner<S: Service>: AnyServiceRunner {
    @usableFromInline typealias Key = S.Rules.Key
    @usableFromInline typealias State = S.Rules.State
    @usableFromInline typealias Entry = CachedEntity<Key, State>

    @usableFromInline let log: LogName
    /// The log's name, byte by byte.
    @usableFromInline let logBytes: [UInt8]
    @usableFromInline let codec: LogCodec
    @usableFromInline let limits: ServiceRunnerLimits
    @usableFromInline let tables: [String]
    /// One for each generation of answers, and one that is being emptied.
    @usableFromInline let repliesTables: [String]
    /// Keys whose answer is pending, by entity.
    @usableFromInline let pendingTable: String
    /// By table: whether readers look for what its rows do not reflect yet.
    @usableFromInline let isQueried: [Bool]
    @usableFromInline let ownsBucket: @Sendable (UInt16) -> Bool

    @usableFromInline var entities: [Key: Entry] = [:]
    /// Cached entities in the order in which they came, for eviction.
    @usableFromInline var arrivals: Deque<Entry> = []
    /// Cached entities in the order in which they came to differ from their row.
    @usableFromInline var unstored: Deque<(position: Int64, entity: Entry)> = []
    /// Cached entities at rest that wait for their row.
    @usableFromInline var resting: [Entry] = []
    @usableFromInline var timers = TimerHeap<Key>()
    /// Timers of entities that are not in memory.
    @usableFromInline var stubs: [Key: Timer<Key>] = [:]
    /// Entities that a restart left open, still to be woken.
    @usableFromInline var toResume: Deque<Key> = []
    /// Those of them whose turn failed: they are woken by their timers, but as after a restart.
    @usableFromInline var toResumeLater: Set<Key> = []
    /// The greatest stored key of each table: a greater one has no row.
    @usableFromInline var greatest: [[UInt8]]

    // The log's end.
    @usableFromInline var head: Int64 = 0
    @usableFromInline var committedHead: Int64 = 0
    @usableFromInline var chainHead: [UInt8] = []
    @usableFromInline var epoch: Int64 = 0
    /// The batch's records, and where each ends.
    @usableFromInline var records = WireWriter(binary: 65_536)
    @usableFromInline var recordEnds: [Int] = []

    // The wave and the batch.
    @usableFromInline var pending: [Pending] = []
    /// The wave that is being decided; kept for its capacity.
    @usableFromInline var deciding: [Pending] = []
    /// The entities of the wave's commands, in their order, once they are loaded.
    @usableFromInline var named: [Entry] = []
    /// Where entities come from that an event changes without its command having named them.
    @usableFromInline var store: (any Store)?
    @usableFromInline var batch: UInt64 = 1
    /// The time of the batch.
    @usableFromInline var batchTime = Timestamp(milliseconds: 0)
    @usableFromInline var undoEntries: [UndoEntry<Key, State>] = []
    /// The entities that the batch changed.
    @usableFromInline var touched: [Entry] = []
    /// Those whose row it writes, and since when the row lagged.
    @usableFromInline var cleaned: [(entity: Entry, since: Int64)] = []
    @usableFromInline var fresh: [Entry] = []
    @usableFromInline var waiting: [Waiting] = []
    /// By place in `waiting`: what callers are told of an entity that a later command changed.
    @usableFromInline var superseded: [Int: Entity<State>] = [:]
    @usableFromInline var woken: [Woken<Key>] = []
    @usableFromInline var flushed: [Entry] = []
    /// Commands of the batch that nobody waits for: nobody else would repeat them.
    @usableFromInline var unasked: [Submission] = []
    /// Facts that this batch added and that were not handed on yet.
    @usableFromInline var newFacts: [LoggedFact] = []
    /// The logs that are followed.
    @usableFromInline var sources: [Source] = []
    /// A key's bytes, while they are looked at; kept for its capacity.
    @usableFromInline var scratch: [UInt8] = []
    @usableFromInline var parking = Parking()
    /// The slots of each operation, and who waits for one: first attempts, and retries.
    @usableFromInline var slots: [CallSlots]
    @usableFromInline var firsts: [Deque<CreditWaiter<Key>>]
    @usableFromInline var retries: [Deque<CreditWaiter<Key>>]
    /// True when the service calls the outside.
    @usableFromInline let makesCalls: Bool
    /// What operators must be told of this batch.
    @usableFromInline var alarms: [Alarm] = []
    @usableFromInline var replies: ReplyBook
    @usableFromInline var verdicts = VerdictBook<Key>()
    /// The chain's value after the frames that are being committed.
    @usableFromInline var stagedChainHead: [UInt8] = []

    /// A command of the wave.
    @usableFromInline struct Pending {
        @usableFromInline let command: S.Rules.Command
        @usableFromInline let keys: Keys<Key>
        @usableFromInline let origin: Origin
        @usableFromInline let input: InputID?

        @inlinable
        init(
            command: S.Rules.Command, keys: Keys<Key>, origin: Origin, input: InputID?
        ) {
            self.command = command
            self.keys = keys
            self.origin = origin
            self.input = input
        }

        @inlinable var submission: Submission? {
            if case .submission(let submission) = origin { submission } else { nil }
        }
    }

    /// A caller whose answer is made at the end of the batch.
    @usableFromInline struct Waiting {
        @usableFromInline let submission: Submission
        @usableFromInline let command: S.Rules.Command
        /// What the answer tells of; nil when the command names no entity, or was rejected.
        @usableFromInline let entity: Entry?
        /// The caller before this one who is told of the same entity, as `Entry.lastCaller`.
        @usableFromInline let previous: Int
        @usableFromInline let rejection: S.Rules.Rejection?

        @inlinable
        init(
            _ submission: Submission, _ command: S.Rules.Command, _ entity: Entry?,
            _ rejection: S.Rules.Rejection?
        ) {
            self.submission = submission
            self.command = command
            self.entity = entity
            previous = entity?.lastCaller ?? 0
            self.rejection = rejection
        }
    }

    /// A runner for shard `shard` of the service; it acts on facts whose bucket it owns. `codec`
    /// reads the service's log.
    @inlinable init(
        _ service: S.Type, shard: Int = 0, limits: ServiceRunnerLimits = ServiceRunnerLimits(),
        codec: LogCodec,
        ownsBucket: @escaping @Sendable (UInt16) -> Bool = { _ in true }
    ) {
        precondition(codec.service == S.name, "a runner reads the log of its own service")
        log = LogName(S.name, shard)
        logBytes = Array(log.description.utf8)
        self.limits = limits
        self.codec = codec
        self.ownsBucket = ownsBucket
        tables = S.Rules.Key.tables.map { "\($0)_\(shard)" }
        isQueried = S.Rules.Key.tables.map { S.queriedTables.contains($0) }
        repliesTables = ["a", "b", "c"].map { "replies_\(S.name)_\(shard)_\($0)" }
        pendingTable = "pending_\(S.name)_\(shard)"
        greatest = tables.map { _ in [] }
        replies = ReplyBook(log: LogName("\(S.name).replies", shard))
        let operations = S.operations.count
        precondition(operations <= 64, "a service has at most 64 operations")
        makesCalls = operations > 0
        slots = Array(repeating: CallSlots(limit: limits.callsMax), count: operations)
        firsts = Array(repeating: [], count: operations)
        retries = Array(repeating: [], count: operations)
        parking.attemptsMax = limits.poisonAttempts
    }

    @inlinable var subscribesTo: [String] { S.subscribesTo }
    @inlinable var hasWork: Bool { !pending.isEmpty }
    @inlinable var nextDue: Timestamp? {
        guard toResume.isEmpty && !hasCreditForWaiters else { return Timestamp(milliseconds: 0) }
        guard let patience = verdicts.nextDue else { return timers.first?.due }
        return min(patience, timers.first?.due ?? patience)
    }
    @inlinable var hasUnstored: Bool { !unstored.isEmpty || !replies.index.isEmpty }

    @inlinable func exchangeNewFacts(_ empty: inout [LoggedFact]) { swap(&newFacts, &empty) }

    // MARK: Taking

    @inlinable func take(_ submission: Submission) {
        guard let command = same(submission.command, as: S.Rules.Command.self) else {
            preconditionFailure("a submission carries a command of the runner it names")
        }
        pending.append(
            Pending(
                command: command, keys: S.Rules.keys(command), origin: .submission(submission),
                input: submission.request?.identity))
    }

    /// Takes facts of the log `name`, in their order.
    @inlinable func take(_ facts: [LoggedFact], from name: LogName) {
        // All facts of a log are of one type. Most of them nothing follows from.
        guard let event = facts.first?.fact.eventType, let codes = S.reactions.codes(of: event)
        else { return }
        let reactions = S.reactions
        let source = index(of: name)
        let hash = sources[source].hash
        for index in facts.indices where reactions.isListed(facts[index].fact.code, in: codes) {
            guard let command = S.command(for: facts[index], of: name) else { continue }
            let keys = S.Rules.keys(command)
            guard let key = keys.first, ownsBucket(key.bucket) else { continue }
            let position = facts[index].position
            let input = InputID(high: hash, low: UInt64(bitPattern: position))
            if !parking.isEmpty && park(facts[index], from: name, for: key, input) { continue }
            pending.append(
                Pending(
                    command: command, keys: keys,
                    origin: .fact(source: source, position, trace: facts[index].provenance.trace),
                    input: input))
        }
    }

    /// True when the fact is poison, or waits behind a parked one, and was parked.
    @inlinable func park(
        _ logged: LoggedFact, from source: LogName, for key: Key, _ input: InputID
    ) -> Bool {
        let entity = RowKey(tables[key.table], key.bytes)
        let isBehind = parking.keys.contains(entity)
        guard isBehind || parking.isPoison(input) else { return false }
        parking.park(
            ParkedItem(
                consumer: log, source: source, position: logged.position,
                name: logged.fact.wireName.text, payload: logged.fact.json,
                provenance: logged.provenance,
                reason: isBehind ? ParkedItem.behind : "poison", entity: entity))
        return true
    }

    @inlinable func index(of source: LogName) -> Int {
        if let known = sources.firstIndex(where: { $0.log == source }) { return known }
        sources.append(Source(source, followedBy: log))
        return sources.count - 1
    }

    /// Answers are as old as `age` says.
    @inlinable func beginReplies(at age: Timestamp) {
        replies.begin(at: age, generation: limits.replyGeneration)
    }

    @inlinable func takeDue(by now: Timestamp, limit: Int) -> Int {
        verdicts.expire(at: now)
        var taken = makesCalls ? takeWaiters(limit: limit, now: now) : 0
        while taken < limit, let key = toResume.popFirst() {
            wake(key, isRestart: true)
            taken += 1
        }
        while taken < limit, let timer = timers.first, timer.due <= now {
            timers.remove(timer)
            let isRestart = !toResumeLater.isEmpty && toResumeLater.remove(timer.key) != nil
            let isAhead = timer.deadline <= now && timer.wanted > now
            wake(timer.key, isRestart: isRestart, elapsed: isAhead ? timer.wanted : nil)
            taken += 1
        }
        return taken
    }

    /// `elapsed` is what the state says to be due, when that lies ahead of a clock that was set
    /// back, although as much has elapsed.
    @inlinable func wake(_ key: Key, isRestart: Bool, elapsed: Timestamp? = nil) {
        let hash = Murmur3.hash128(key.bytes + logBytes, seed: 1)
        let input = InputID(high: hash.0, low: hash.1)
        // Not woken again before its state changes, or an operator releases it: that takes a start.
        if !parking.isEmpty && parking.isPoison(input) { return }
        woken.append(Woken(key: key, isRestart: isRestart, elapsed: elapsed))
        let command = S.wake(key, isRestart: isRestart)
        pending.append(
            Pending(
                command: command, keys: S.Rules.keys(command),
                origin: .time(isRestart: isRestart, elapsed: elapsed), input: input))
    }

    /// The node's time was changed: timers after `last` move by `shift`, so that as much is waited
    /// for as before. A timer that is then further away than any wait was set by a clock that was
    /// ahead, nobody knows by how much: it goes off at `now`.
    @usableFromInline func retime(by shift: Span, after last: Timestamp, at now: Timestamp) {
        let latest = now.advanced(by: S.waitMax)
        let change = { (moment: Timestamp) in
            let moved = moment > last ? moment.advanced(by: shift) : moment
            return moved > latest ? now : moved
        }
        timers.retime(change)
        verdicts.retime(change)
        // Those who wait for credit have timers that are not in the heap.
        for waiter in (firsts + retries).joined() {
            guard let timer = entities[waiter.key]?.timer, !timer.isScheduled else { continue }
            timer.retime(change)
        }
    }

    /// The greatest key of each table that the service has ever had an entity for.
    @usableFromInline var greatestKeys: [[UInt8]] {
        var all = greatest
        for key in entities.keys where all[key.table].lexicographicallyPrecedes(key.bytes) {
            all[key.table] = key.bytes
        }
        return all
    }
}

/// An entity that a batch woke.
@usableFromInline struct Woken<Key: EntityKey> {
    @usableFromInline let key: Key
    @usableFromInline let isRestart: Bool
    /// What its state says to be due, when that has come though it lies ahead of the clock.
    @usableFromInline let elapsed: Timestamp?

    @inlinable init(key: Key, isRestart: Bool, elapsed: Timestamp?) {
        self.key = key
        self.isRestart = isRestart
        self.elapsed = elapsed
    }
}

/// Where a command of the wave comes from.
@usableFromInline enum Origin {
    /// Something fell due or, after a restart, was left open; `elapsed` when what is due lies ahead
    /// of a clock that was set back.
    case time(isRestart: Bool, elapsed: Timestamp?)
    case submission(Submission)
    /// A fact of the runner's `source`-th source, at this position of its log.
    case fact(source: Int, Int64, trace: String?)
}

/// A log that a runner follows, with what does not change from fact to fact.
@usableFromInline struct Source {
    @usableFromInline let log: LogName
    /// What the identity of each of its inputs begins with.
    @usableFromInline let hash: UInt64
    /// What a record begins with whose cause is a fact of this log.
    @usableFromInline let cause: [UInt8]

    @usableFromInline
    init(_ log: LogName, followedBy follower: LogName) {
        self.log = log
        hash = Murmur3.hash128(Array("\(follower)<\(log)".utf8), seed: 0).0
        cause = RecordCoding.causeByFact(of: log)
    }
}
