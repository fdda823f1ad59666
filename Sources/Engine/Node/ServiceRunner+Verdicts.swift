// SPDX-License-Identifier: Apache-2.0
/// Answers that wait for a verdict: an entity that a request began, and that other services are
/// still to decide on.

public import Kernel
public import Ports

extension ServiceRunner {
    /// Reads which requests wait for those of `entities` that were left undecided by an earlier
    /// process, or whose callers all have their answer.
    @inlinable func loadPending(on entities: [Entry], from store: any Store) throws {
        var wanted: [RowKey] = []
        var keys: [Key] = []
        for entity in entities where entity.isUndecided {
            let key = entity.key
            guard verdicts.awaited[key]?.pending == nil, verdicts.known[key] == nil else {
                continue
            }
            wanted.append(pendingRow(key))
            keys.append(key)
        }
        guard !wanted.isEmpty else { return }
        for (key, row) in zip(keys, try store.load(wanted)) {
            verdicts.known[key] = .some(try row.map { try PendingKey(value: $0.value) })
        }
    }

    /// The entity may just have been decided on by an event of another's stream.
    @inlinable func recallPending(on entity: Entry) throws {
        guard let store, !S.isUndecided(entity.state) else { return }
        try loadPending(on: [entity], from: store)
    }

    /// Where the request stands that waits for the entity at `key`.
    @inlinable func pendingRow(_ key: Key) -> RowKey {
        RowKey(pendingTable, [UInt8(key.table)] + key.bytes)
    }

    /// The caller of a repeated request whose answer is pending waits, too.
    @inlinable func join(_ pending: StoredReply, _ submission: Submission) throws {
        guard case .pending(let table, let bytes) = pending.answer,
            let ticket = submission.ticket
        else { return }
        guard let key = Key(table: table, bytes: bytes) else { throw StoreFailure.corrupt }
        if verdicts.joined[key] == nil { verdicts.joinedKeys.append(key) }
        verdicts.joined[key, default: []].append(.init(ticket, isRepeat: true))
    }

    /// The answer waits: the entity is undecided as the batch ends.
    @inlinable func postpone(_ submission: Submission, _ entity: Entry) {
        entity.isUndecided = true
        var callers: [VerdictBook<Key>.Caller] = []
        if let ticket = submission.ticket { callers.append(.init(ticket, isRepeat: false)) }
        let key = entity.key
        var pending: PendingKey?
        if let request = submission.request {
            for twin in replies.promised[request.identity] ?? [] {
                callers.append(.init(twin, isRepeat: true))
            }
            let kept = PendingRequest(request)
            replies.add(StoredReply(kept, pendingOn: key.bytes, in: key.table))
            pending = PendingKey(kept, at: replies.head)
        }
        verdicts.begun.append((key, .init(pending, callers)))
    }

    /// Answers everybody who waited for an entity that the batch decided on, and keeps the answer
    /// for whoever repeats the request.
    @inlinable func renderVerdicts() {
        for entity in touched where entity.isUndecided && !S.isUndecided(entity.state) {
            let key = entity.key
            let awaited = verdicts.awaited[key]
            let pending = awaited?.pending ?? verdicts.known[key] ?? nil
            var reply = S.verdict(on: whole(entity), at: key)
            if pending?.request.isBrief == true { reply = reply.brief() }
            for caller in awaited?.callers ?? [] {
                replies.rendered.append(
                    (caller.ticket, caller.isRepeat ? reply.replayed() : reply))
            }
            for caller in verdicts.joined[key] ?? [] {
                replies.rendered.append((caller.ticket, reply.replayed()))
            }
            verdicts.decided.insert(key)
            guard let pending else { continue }
            verdicts.answered.append(key)
            // A key that was given up may stand for another request by now.
            guard replies.generations.slot(of: pending.position) != nil else { continue }
            replies.add(StoredReply(pending.request, reply))
        }
        let expired = verdicts.expired.filter { !verdicts.decided.contains($0.key) }
        tell(expired) { replies.rendered.append(($0, $1)) }
    }

    /// Answers callers who wait no longer; those of one entity alike.
    @inlinable func tell(
        _ expired: [VerdictBook<Key>.Patience], _ answer: (Ticket, Reply) -> Void
    ) {
        var told: [Key: Reply] = [:]
        for caller in expired {
            let reply = told[caller.key] ?? undecided(caller.key)
            told[caller.key] = reply
            answer(caller.ticket, reply)
        }
    }

    @inlinable func settleVerdicts(at now: Timestamp) {
        for key in verdicts.decided { entities[key]?.isUndecided = false }
        verdicts.settle(at: now, patience: limits.verdictPatience)
    }

    /// What a caller is told who waits no longer: where the entity is to be looked for. It was
    /// begun, whether it can be read now or not, and it stays as it is.
    @inlinable func undecided(_ key: Key) -> Reply {
        guard let entity = entities[key] ?? (try? stored(key)) else {
            return EngineProblem.outcomeUnknown.reply()
        }
        return S.verdict(on: whole(entity), at: key)
    }

    @inlinable func whole(_ entity: Entry) -> Entity<State> {
        Entity(state: entity.state, version: version(of: entity))
    }

    /// Keys that became pending, and keys that are so no longer.
    @inlinable func collectPending(into batch: inout Batch) {
        for entry in verdicts.begun {
            guard let pending = entry.awaited.pending else { continue }
            let row = pendingRow(entry.key)
            batch.rows.append(RowChange(table: row.table, key: row.key, value: pending.value))
        }
        for key in verdicts.answered {
            let row = pendingRow(key)
            batch.rows.append(RowChange(table: row.table, key: row.key, value: nil))
        }
    }
}
