// SPDX-License-Identifier: Apache-2.0
/// What a runner hands to a commit, and what it does when the commit has ended.

public import DequeModule
public import Kernel
public import Ports

extension ServiceRunner {
    /// Renders the answers of the batch. Each tells of its entity as it is at the end of the batch,
    /// with what followed from the command, or as it was before a later command changed it.
    @inlinable func render() {
        for place in waiting.indices {
            let waiter = waiting[place]
            waiter.entity?.lastCaller = 0
            if S.postponesAnswers, let entity = waiter.entity, S.isUndecided(entity.state),
                S.awaitsVerdict(waiter.command)
            {
                postpone(waiter.submission, entity)
                continue
            }
            var reply = S.reply(to: waiter.command, outcome(of: waiter, at: place))
            // A refusal is not kept: the same request may be right the next time.
            let request = waiter.rejection == nil ? waiter.submission.request : nil
            if let request, request.isBrief { reply = reply.brief() }
            if let ticket = waiter.submission.ticket { replies.rendered.append((ticket, reply)) }
            if let request { replies.add(reply, for: request) }
        }
        if S.postponesAnswers { renderVerdicts() }
        replies.rendered.append(contentsOf: replies.refused)
        for ticket in replies.reused {
            replies.rendered.append((ticket, EngineProblem.keyReused.reply()))
        }
        for ticket in replies.unmet {
            replies.rendered.append((ticket, EngineProblem.preconditionFailed.reply()))
        }
    }

    @inlinable func outcome(
        of waiter: Waiting, at place: Int
    ) -> Result<Entity<State>, S.Rules.Rejection> {
        if let rejection = waiter.rejection { return .failure(rejection) }
        if !superseded.isEmpty, let earlier = superseded[place], !isAwaited(waiter, earlier.state) {
            return .success(earlier)
        }
        guard let entity = waiter.entity else {
            return .success(Entity(state: S.Rules.initial, version: 0))
        }
        return .success(Entity(state: entity.state, version: version(of: entity)))
    }

    /// Then the later command is what decided, as it would be in a batch of its own.
    @inlinable func isAwaited(_ waiter: Waiting, _ earlier: State) -> Bool {
        S.postponesAnswers && S.isUndecided(earlier) && S.awaitsVerdict(waiter.command)
    }

    @inlinable func collect(
        into batch: inout Batch, at now: Timestamp, chain: any Chain, isIdle: Bool
    ) {
        replies.stagedCheckpoint = nil
        collectFrames(into: &batch, at: now, chain: chain)
        collectReplies(into: &batch, at: now, chain: chain)
        collectRows(into: &batch, isIdle: isIdle)
        if S.postponesAnswers { collectPending(into: &batch) }
        batch.rows.append(contentsOf: parking.changes)
    }

    @inlinable func collectFrames(
        into batch: inout Batch, at now: Timestamp, chain: any Chain
    ) {
        var link = chainHead
        var index = 0
        var start = 0
        while index < recordEnds.count {
            let end = frameEnd(from: index, at: start)
            var framed = WireBytes(capacity: recordEnds[end - 1] - start + 3 * (end - index))
            let first = committedHead + Int64(index) + 1
            for record in index..<end {
                let stop = recordEnds[record]
                framed.appendVarint(unsigned: UInt64(stop - start))
                framed.append(start..<stop, of: records.binary)
                start = stop
            }
            let bytes = framed.array
            link = chain.link(link, bytes)
            batch.frames.append(
                Frame(
                    log: log, first: first, count: end - index, epoch: epoch, at: now,
                    bytes: bytes, chain: link))
            index = end
        }
        stagedChainHead = link
    }

    /// The first record that does not fit into the frame that begins with the record at `index`.
    @inlinable func frameEnd(from index: Int, at start: Int) -> Int {
        let last = min(index + limits.frameRecords, recordEnds.count)
        var end = index + 1
        while end < last, recordEnds[end] - start + 3 * (end - index + 1) <= limits.frameBytes {
            end += 1
        }
        return end
    }

    @inlinable func collectReplies(
        into batch: inout Batch, at now: Timestamp, chain: any Chain
    ) {
        replies.stagedChainHead = replies.chainHead
        guard !replies.fresh.isEmpty else { return }
        var framed = WireBytes(capacity: limits.frameBytes + 1_024)
        var scratch = WireBytes(capacity: 1_024)
        var link = replies.chainHead
        var first = replies.committedHead + 1
        var next = first
        for reply in replies.fresh {
            reply.write(to: &framed, by: &scratch)
            next += 1
            // Whoever looks up an answer reads its whole frame.
            let isFull =
                framed.count >= limits.frameBytes - 1_024
                || next - first >= Int64(limits.frameRecords)
            guard isFull || next > replies.head else { continue }
            let bytes = framed.array
            link = chain.link(link, bytes)
            batch.frames.append(
                Frame(
                    log: replies.log, first: first, count: Int(next - first), epoch: epoch,
                    at: now, bytes: bytes, chain: link))
            first = next
            framed.removeAll()
        }
        replies.stagedChainHead = link
    }

    /// Rows are written after their log: those of entities at rest, some at a time and in key
    /// order; those that lag too far behind; all of them when there is nothing else to do.
    @inlinable func collectRows(into batch: inout Batch, isIdle: Bool) {
        flushed.removeAll(keepingCapacity: true)
        for entity in touched where entity.state.isAtRest { resting.append(entity) }
        if isIdle || resting.count >= limits.restingRows {
            flushed.append(contentsOf: resting)
            resting.removeAll(keepingCapacity: true)
        }
        let horizon = isIdle ? Int64.max : head - limits.lagEvents
        while let oldest = unstored.first {
            let isStale = oldest.entity.isGone || oldest.entity.firstDirty != oldest.position
            guard isStale || oldest.position <= horizon else { break }
            unstored.removeFirst()
            if !isStale { flushed.append(oldest.entity) }
        }
        var written: [Entry] = []
        var keys: [[UInt8]] = []
        var order: [SortKey] = []
        for entity in flushed where entity.firstDirty != 0 && !entity.isGone {
            // Marked clean at once, so that an entity that is listed twice is written once.
            cleaned.append((entity, entity.firstDirty))
            entity.firstDirty = 0
            let key = entity.key.bytes
            order.append(SortKey(entity.key.table, key, written.count))
            written.append(entity)
            keys.append(key)
        }
        flushed = written
        order.sort { left, right in
            left.rank == right.rank
                ? keys[left.index].lexicographicallyPrecedes(keys[right.index])
                : left.rank < right.rank
        }
        var rows: [RowChange] = []
        rows.reserveCapacity(order.count)
        for key in order {
            let entity = written[key.index]
            rows.append(
                RowChange(
                    table: tables[key.table], key: keys[key.index],
                    value: StateRow.Stored(entity).value, due: entity.state.due))
        }
        batch.rows.append(contentsOf: rows)
        collectReplyIndex(into: &batch, isIdle: isIdle)
        if !rows.isEmpty || replies.stagedCheckpoint != nil || replies.hasTurned {
            collectCheckpoint(of: rows, into: &batch)
        }
    }

    @inlinable func collectReplyIndex(into batch: inout Batch, isIdle: Bool) {
        let staged = replies.index.stage(
            added: replies.fresh.count, limit: limits.replyIndex, isIdle: isIdle,
            head: replies.committedHead)
        for entry in staged.entries {
            guard let slot = replies.generations.slot(of: entry.position) else { continue }
            var value: [UInt8] = []
            value.appendVarint(entry.position)
            batch.rows.append(
                RowChange(table: repliesTables[slot], key: entry.identity.bytes, value: value))
        }
        replies.stagedCheckpoint = staged.through
    }

    /// The checkpoint says from where a restart must replay; and which keys surely have no row.
    /// `rows` are in key order.
    @inlinable func collectCheckpoint(of rows: [RowChange], into batch: inout Batch) {
        for (index, table) in tables.enumerated() {
            guard let last = rows.last(where: { $0.table == table })?.key else { continue }
            if greatest[index].lexicographicallyPrecedes(last) { greatest[index] = last }
        }
        while let oldest = unstored.first,
            oldest.entity.isGone || oldest.entity.firstDirty != oldest.position
        {
            unstored.removeFirst()
        }
        var checkpoint = Checkpoint(
            through: unstored.first.map { $0.position - 1 } ?? head,
            repliesThrough: replies.stagedCheckpoint ?? replies.markedThrough, greatest: greatest)
        checkpoint.generations = replies.generations
        batch.rows.append(
            RowChange(table: Checkpoint.table, key: logBytes, value: checkpoint.value))
    }

    @inlinable func settle(
        _ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        publishRows(to: recent)
        for entity in touched where !entity.isGone {
            schedule(entity, at: now)
            if let owed = S.effect(owedBy: entity.state, at: entity.key),
                owed.attempt > entity.started
            {
                entity.started = owed.attempt
                slots[owed.operation].start(isRetry: owed.isRetry)
                turn.effects.append(
                    StartedEffect(
                        runner: runner, operation: owed.operation, isRetry: owed.isRetry,
                        effect: owed.effect))
            }
        }
        for entry in woken { rewake(entry.key, elapsed: entry.elapsed, now: now) }
        for entity in flushed {
            entity.isStored = true
            if entity.state.isAtRest { drop(entity) }
        }
        turn.replies.append(contentsOf: replies.rendered)
        if !alarms.isEmpty { turn.alarms.append(contentsOf: alarms) }
        if !parking.causes.isEmpty { turn.alarms.append(contentsOf: parking.causes.map(\.alarm)) }
        replies.settle()
        if S.postponesAnswers { settleVerdicts(at: now) }
        committedHead = head
        chainHead = stagedChainHead
        parking.settle()
        endBatch()
        evict()
    }

    @inlinable func publishRows(to recent: (any RecentRows)?) {
        guard let recent, isQueried.contains(true) else { return }
        for entity in touched { publish(entity, to: recent) }
        for entity in flushed where entity.batch != batch { publish(entity, to: recent) }
    }

    @inlinable func publish(_ entity: Entry, to recent: any RecentRows) {
        guard entity.firstDirty != 0 else {
            if entity.slot != nil {
                recent.forget(RowKey(tables[entity.key.table], entity.key.bytes))
            }
            entity.slot = nil
            return
        }
        guard entity.slot != nil || isQueried[entity.key.table] else {
            return
        }
        let stored = StateRow.Stored(entity)
        let row = RecentRow { [key = entity.key] in
            Row(key: key.bytes, value: stored.value, due: stored.state.due)
        }
        if let slot = entity.slot { return slot.show(row) }
        entity.slot = recent.slot(for: RowKey(tables[entity.key.table], entity.key.bytes), row)
    }

    /// Puts the entity's timer where its state wants it; a call that is due already waits for
    /// credit instead, behind those that came before it.
    @inlinable func schedule(_ entity: Entry, at now: Timestamp) {
        if !toResumeLater.isEmpty { toResumeLater.remove(entity.key) }
        if makesCalls, let call = S.call(of: entity.state), !call.attempts.isInFlight,
            call.attempts.isDue(at: now)
        {
            return waitForCredit(entity, call)
        }
        guard let due = entity.state.due else {
            if let timer = entity.timer { timers.remove(timer) }
            return
        }
        let timer = entity.timer ?? Timer(entity.key, due: due)
        entity.timer = timer
        if makesCalls { timer.call = S.call(of: entity.state).map(TimedCall.init) }
        timer.want(due)
        if timer.isScheduled { return timers.move(timer, to: timer.deadline) }
        timer.due = timer.deadline
        timers.insert(timer)
    }

    /// A woken entity that did not move is woken again, but not at once.
    @inlinable func rewake(_ key: Key, elapsed: Timestamp? = nil, now: Timestamp) {
        let soon = now.advanced(by: .seconds(1))
        if let entity = entities[key] {
            guard let due = entity.state.due, entity.timer?.isScheduled != true,
                entity.waitsFor == nil
            else { return }
            let timer = entity.timer ?? Timer(key, due: due)
            if makesCalls { timer.call = S.call(of: entity.state).map(TimedCall.init) }
            entity.timer = timer
            timer.want(due)
            if due == elapsed { timer.deadline = min(timer.deadline, now) }
            timer.due = max(timer.deadline, soon)
            timers.insert(timer)
        } else if let stub = stubs[key] {
            guard !stub.isScheduled else { return }
            stub.due = max(stub.deadline, soon)
            timers.insert(stub)
        } else {
            // It waited for credit, left memory, and could not be loaded.
            let stub = Timer(key, due: elapsed ?? soon)
            stub.deadline = min(stub.deadline, soon)
            stub.due = soon
            stubs[key] = stub
            timers.insert(stub)
        }
    }

    /// What a restart left open, and this turn could not wake.
    @inlinable func resumeLater(_ key: Key, now: Timestamp) {
        let soon = now.advanced(by: .seconds(1))
        rewake(key, now: now)
        guard let timer = entities[key]?.timer ?? stubs[key], timer.isScheduled else { return }
        if timer.due > soon { timers.move(timer, to: soon) }
        toResumeLater.insert(key)
    }

    @inlinable func drop(_ entity: Entry) {
        entity.isGone = true
        if let timer = entity.timer { timers.remove(timer) }
        entities.removeValue(forKey: entity.key)
    }

    @inlinable func endBatch() {
        for entity in fresh where entity.seen == 0 && !entity.isStored { drop(entity) }
        empty(&fresh)
        empty(&undoEntries)
        empty(&touched)
        empty(&cleaned)
        empty(&waiting)
        if !superseded.isEmpty { superseded.removeAll() }
        empty(&woken)
        empty(&flushed)
        empty(&unasked)
        empty(&newFacts)
        empty(&alarms)
        for index in slots.indices { slots[index].endBatch() }
        records.binary.removeAll()
        empty(&recordEnds)
        replies.endBatch()
        batch += 1
    }

    /// To empty what is empty costs as much as to empty what is not: most lists mostly are.
    @inlinable @inline(__always) func empty<Element>(_ list: inout [Element]) {
        if !list.isEmpty { list.removeAll(keepingCapacity: true) }
    }

    /// Keeps the cache within its bound; what is not stored yet always stays.
    @inlinable func evict() {
        if arrivals.count > 2 * entities.count + 4_096 { arrivals.removeAll { $0.isGone } }
        var attempts = max(0, entities.count - limits.cachedEntities)
        while attempts > 0, let entity = arrivals.popFirst() {
            attempts -= 1
            if entity.isGone { continue }
            if entity.firstDirty != 0 {
                arrivals.append(entity)
                continue
            }
            entity.isGone = true
            entities.removeValue(forKey: entity.key)
            if let timer = entity.timer, timer.isScheduled { stubs[entity.key] = timer }
        }
    }

    /// The batch did not happen: everything is as it was before, and the callers are told.
    @inlinable func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        for waiter in waiting {
            waiter.entity?.lastCaller = 0
            if let ticket = waiter.submission.ticket {
                turn.replies.append((ticket, problem.reply()))
            }
        }
        turn.again.append(contentsOf: unasked)
        for item in pending {
            guard let submission = item.submission else { continue }
            if let ticket = submission.ticket {
                turn.replies.append((ticket, problem.reply()))
            } else {
                turn.again.append(submission)
            }
        }
        for ticket in replies.promised.values.joined().sorted() {
            turn.replies.append((ticket, problem.reply()))
        }
        turn.replies.append(contentsOf: replies.refused)
        let (joined, expired) = verdicts.forget()
        for ticket in replies.reused + replies.unmet {
            turn.replies.append((ticket, problem.reply()))
        }
        // What they asked for was begun by an earlier batch, and goes on.
        for ticket in joined { turn.replies.append((ticket, EngineProblem.outcomeUnknown.reply())) }
        pending.removeAll(keepingCapacity: true)
        for (entity, since) in cleaned { entity.firstDirty = since }
        for entry in undoEntries { entry.restore() }
        for entity in flushed where entity.firstDirty != 0 {
            unstored.append((entity.firstDirty, entity))
            if entity.state.isAtRest { resting.append(entity) }
        }
        // Positions will be used again: entries that are stale now must not match them then.
        let valid = unstored.filter { !$0.entity.isGone && $0.entity.firstDirty == $0.position }
        unstored = Deque(valid.sorted { $0.position < $1.position })
        for entity in fresh where entity.seen == 0 && !entity.isStored {
            if let timer = entity.timer { stubs[entity.key] = timer }
            entity.timer = nil
            drop(entity)
        }
        fresh.removeAll(keepingCapacity: true)
        for entry in woken {
            if entry.isRestart {
                resumeLater(entry.key, now: now)
            } else {
                rewake(entry.key, elapsed: entry.elapsed, now: now)
            }
        }
        parking.forget()
        head = committedHead
        replies.forget()
        endBatch()
        // What they are told was committed before, whatever becomes of this batch.
        tell(expired) { turn.replies.append(($0, $1)) }
    }
}

/// A row's place among those that are written together: by table, then by key.
@usableFromInline struct SortKey {
    @usableFromInline let table: Int
    /// The first sixteen bytes as two numbers: with the table they decide as a rule.
    @usableFromInline let high: UInt64
    @usableFromInline let low: UInt64
    /// Which of those that are written it is.
    @usableFromInline let index: Int

    @inlinable init(_ table: Int, _ bytes: [UInt8], _ index: Int) {
        self.table = table
        self.index = index
        high = Self.word(bytes, 0)
        low = Self.word(bytes, 8)
    }

    @inlinable var rank: (Int, UInt64, UInt64) { (table, high, low) }

    @inlinable static func word(_ bytes: [UInt8], _ start: Int) -> UInt64 {
        var word: UInt64 = 0
        for place in start..<start + 8 {
            word = word << 8 | (place < bytes.count ? UInt64(bytes[place]) : 0)
        }
        return word
    }
}
