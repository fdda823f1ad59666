// SPDX-License-Identifier: Apache-2.0
/// The answers that were given, so that a repeated request meets its first one. They stand in a
/// log of their own, written in the commit of the events that they tell of; an index leads from a
/// request to its answer.

public import Kernel
public import Ports

@usableFromInline struct ReplyBook {
    @usableFromInline let log: LogName
    @usableFromInline var head: Int64 = 0
    @usableFromInline var committedHead: Int64 = 0
    @usableFromInline var chainHead: [UInt8] = []
    @usableFromInline var stagedChainHead: [UInt8] = []

    /// Committed answers whose index row is not written yet.
    @usableFromInline var index = ReplyIndex()
    /// Answers up to here have an index row; `stagedCheckpoint` once the batch that writes more
    /// commits.
    @usableFromInline var markedThrough: Int64 = 0
    @usableFromInline var stagedCheckpoint: Int64?
    /// Which answers are kept, as of this batch; and as the store has it.
    @usableFromInline var generations = ReplyGenerations()
    @usableFromInline var committedGenerations = ReplyGenerations()
    /// Answers up to here are no longer in the log; `stagedDrop` once the batch commits.
    @usableFromInline var droppedThrough: Int64 = 0
    @usableFromInline var stagedDrop: Int64?
    /// No row is left in the table that is being emptied; `stagedEmpty` once the batch commits.
    @usableFromInline var isEmptied = false
    @usableFromInline var stagedEmpty = false
    /// So many answers that are given up may be removed by now; none once the batch commits that
    /// removes them.
    @usableFromInline var removable = 0
    @usableFromInline var isRemoving = false
    /// Answers that were looked up in this batch.
    @usableFromInline var found: [InputID: StoredReply] = [:]
    /// Requests that this batch answers, and the twins that wait for the same answer.
    @usableFromInline var promised: [InputID: [Ticket]] = [:]
    @usableFromInline var promisedIdentities: [InputID: UInt64] = [:]
    /// Answers that do not depend on the batch's states.
    @usableFromInline var refused: [(Ticket, Reply)] = []
    /// Callers with a key that this batch promised to another request.
    @usableFromInline var reused: [Ticket] = []
    /// Callers whose expectation of a state was not met: it rests on states of this batch.
    @usableFromInline var unmet: [Ticket] = []
    /// Answers made in this batch, in order.
    @usableFromInline var fresh: [StoredReply] = []
    /// What has been rendered for those who wait.
    @usableFromInline var rendered: [(Ticket, Reply)] = []

    @usableFromInline init(log: LogName) { self.log = log }

    /// True when nothing has to be looked up for `identity`.
    @usableFromInline func knows(_ identity: InputID) -> Bool {
        found[identity] != nil || promisedIdentities[identity] != nil
    }

    @usableFromInline mutating func promise(_ request: Request) {
        promised[request.identity] = []
        promisedIdentities[request.identity] = request.fingerprint
    }

    /// What is known of a request.
    @usableFromInline enum Known {
        case nothing
        /// It needs no decision: it was answered before, or is just being answered.
        case answered
        case pending(StoredReply)
    }

    @usableFromInline mutating func answer(_ submission: Submission, _ request: Request) -> Known {
        if let stored = found[request.identity] {
            guard stored.request.fingerprint == request.fingerprint else {
                if let ticket = submission.ticket {
                    refused.append((ticket, EngineProblem.keyReused.reply()))
                }
                return .answered
            }
            guard case .given(let reply) = stored.answer else { return .pending(stored) }
            if let ticket = submission.ticket { refused.append((ticket, reply.replayed())) }
            return .answered
        }
        guard let fingerprint = promisedIdentities[request.identity] else { return .nothing }
        guard let ticket = submission.ticket else { return .answered }
        if fingerprint == request.fingerprint {
            promised[request.identity]?.append(ticket)
        } else {
            reused.append(ticket)
        }
        return .answered
    }

    /// Begins a batch at `now`: a generation may have ended since the last one.
    @usableFromInline mutating func begin(at now: Timestamp, generation: Span) {
        generations = committedGenerations.rolled(
            to: now, every: generation, next: committedHead + 1)
    }

    /// True when this batch changes which answers are kept, and there are any.
    @usableFromInline var hasTurned: Bool {
        generations != committedGenerations && (committedHead > 0 || !fresh.isEmpty)
    }

    /// Where the answer to `identity` stands, if memory knows it and it is kept.
    @usableFromInline func recent(_ identity: InputID) -> Int64? {
        index.position(of: identity).flatMap { generations.slot(of: $0) == nil ? nil : $0 }
    }

    /// Reads the answer that an index row points to. A row of an answer that is given up says
    /// nothing, and it may lie in the way until its table is emptied.
    @usableFromInline mutating func adopt(_ row: Row, from store: any Store) throws {
        var reader = WireReader(binary: row.value)
        let position = try reader.varint()
        guard generations.slot(of: position) != nil else { return }
        try adopt(position: position, from: store)
    }

    @usableFromInline mutating func adopt(position: Int64, from store: any Store) throws {
        let frames = try store.frames(of: log, after: position - 1, limit: 1)
        guard let frame = frames.first, frame.first <= position, position <= frame.last else {
            throw StoreFailure.corrupt
        }
        let stored = try StoredReply.all(in: frame)[Int(position - frame.first)]
        // What is kept in the older generation was pending then, and was answered since.
        if found[stored.identity] == nil { found[stored.identity] = stored }
    }

    /// Keeps the answer, and tells the twins.
    @usableFromInline mutating func add(_ reply: Reply, for request: Request) {
        add(StoredReply(PendingRequest(request), reply))
        for twin in promised[request.identity] ?? [] {
            rendered.append((twin, reply.replayed()))
        }
    }

    @usableFromInline mutating func add(_ reply: StoredReply) {
        head += 1
        fresh.append(reply)
    }

    /// The batch is committed.
    @usableFromInline mutating func settle() {
        index.settle(isDone: stagedCheckpoint != nil)
        for (offset, reply) in fresh.enumerated() {
            index.insert(reply.identity, at: committedHead + Int64(offset) + 1)
        }
        markedThrough = stagedCheckpoint ?? markedThrough
        droppedThrough = stagedDrop ?? droppedThrough
        // The next table to be emptied is full.
        isEmptied = stagedEmpty && generations.slot == committedGenerations.slot
        if isRemoving { removable = 0 }
        committedGenerations = hasTurned ? generations : committedGenerations
        committedHead = head
        chainHead = stagedChainHead
    }

    /// The batch did not happen.
    @usableFromInline mutating func forget() {
        index.forget()
        generations = committedGenerations
        head = committedHead
    }

    @usableFromInline mutating func endBatch() {
        // To empty a table costs as much as the most that it ever held.
        if !found.isEmpty { found.removeAll(keepingCapacity: true) }
        if !promised.isEmpty { promised.removeAll(keepingCapacity: true) }
        if !promisedIdentities.isEmpty { promisedIdentities.removeAll(keepingCapacity: true) }
        if !refused.isEmpty { refused.removeAll(keepingCapacity: true) }
        if !reused.isEmpty { reused.removeAll(keepingCapacity: true) }
        if !unmet.isEmpty { unmet.removeAll(keepingCapacity: true) }
        if !fresh.isEmpty { fresh.removeAll(keepingCapacity: true) }
        if !rendered.isEmpty { rendered.removeAll(keepingCapacity: true) }
    }
}
