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
            guard verdicts.awaited[key] == nil, verdicts.known[key] == nil else { continue }
            wanted.append(pendingRow(key))
            keys.append(key)
        }
        guard !wanted.isEmpty else { return }
        for (key, row) in zip(keys, try store.load(wanted)) {
            verdicts.known[key] = .some(try row.map { try PendingRequest(value: $0.value) })
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
        verdicts.joined[key, default: .init(pending.request)].callers.append(
            .init(ticket, isRepeat: true))
    }

    /// The answer waits: the entity is undecided as the batch ends.
    @inlinable func postpone(_ submission: Submission, _ entity: Entry) {
        entity.isUndecided = true
        var callers: [VerdictBook<Key>.Caller] = []
        if let ticket = submission.ticket { callers.append(.init(ticket, isRepeat: false)) }
        if let request = submission.request {
            for twin in replies.promised[request.identity] ?? [] {
                callers.append(.init(twin, isRepeat: true))
            }
            let key = entity.key
            replies.add(StoredReply(.init(request), pendingOn: key.bytes, in: key.table))
        }
        verdicts.begun.append(
            (entity.key, .init(submission.request.map(PendingRequest.init), callers)))
    }

    /// Answers everybody who waited for an entity that the batch decided on, and keeps the answer
    /// for whoever repeats the request.
    @inlinable func renderVerdicts() {
        for entity in touched where entity.isUndecided && !S.isUndecided(entity.state) {
            let key = entity.key
            let awaited =
                verdicts.awaited[key] ?? .init(verdicts.known[key].flatMap { $0 })
            var reply = S.verdict(on: whole(entity), at: key)
            if awaited.request?.isBrief == true { reply = reply.brief() }
            for caller in awaited.callers {
                replies.rendered.append(
                    (caller.ticket, caller.isRepeat ? reply.replayed() : reply))
            }
            for caller in verdicts.joined[key]?.callers ?? [] {
                replies.rendered.append((caller.ticket, reply.replayed()))
            }
            verdicts.decided.insert(key)
            guard let request = awaited.request else { continue }
            replies.add(StoredReply(request, reply))
            verdicts.answered.append(key)
        }
        for expired in verdicts.expired where !verdicts.decided.contains(expired.key) {
            replies.rendered.append((expired.ticket, undecided(expired.key)))
        }
    }

    @inlinable func settleVerdicts(at now: Timestamp) {
        for key in verdicts.decided { entities[key]?.isUndecided = false }
        verdicts.settle(at: now, patience: limits.verdictPatience)
    }

    /// What a caller is told who waits no longer: where the entity is to be looked for.
    @inlinable func undecided(_ key: Key) -> Reply {
        guard let entity = try? changed(key) else {
            return EngineProblem.storageUnavailable.reply()
        }
        return S.verdict(on: whole(entity), at: key)
    }

    @inlinable func whole(_ entity: Entry) -> Entity<State> {
        Entity(state: entity.state, version: version(of: entity))
    }

    /// Keys that became pending, and keys that are so no longer.
    @inlinable func collectPending(into batch: inout Batch) {
        for entry in verdicts.begun {
            guard let request = entry.awaited.request else { continue }
            let row = pendingRow(entry.key)
            batch.rows.append(RowChange(table: row.table, key: row.key, value: request.value))
        }
        for key in verdicts.answered {
            let row = pendingRow(key)
            batch.rows.append(RowChange(table: row.table, key: row.key, value: nil))
        }
    }
}
