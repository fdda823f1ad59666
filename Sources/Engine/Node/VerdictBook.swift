// SPDX-License-Identifier: Apache-2.0
/// Who waits for the verdict on an entity. Where several nodes decide one request, its first commit
/// keeps the key as pending, and the commit that decides stores the answer: the same one, wherever
/// the services run.

public import DequeModule
public import Kernel

@usableFromInline struct VerdictBook<Key: EntityKey> {
    /// A caller, who is told that the answer was given before when the request is a repeated one.
    @usableFromInline struct Caller {
        @usableFromInline let ticket: Ticket
        @usableFromInline let isRepeat: Bool

        @inlinable init(_ ticket: Ticket, isRepeat: Bool) {
            self.ticket = ticket
            self.isRepeat = isRepeat
        }
    }

    /// The request that began an undecided entity, and those of its callers who still wait.
    @usableFromInline struct Awaited {
        /// Nil when it came without a key, whose answer is not kept, or when only the store knows.
        @usableFromInline let pending: PendingKey?
        @usableFromInline var callers: [Caller]

        @inlinable init(_ pending: PendingKey?, _ callers: [Caller] = []) {
            self.pending = pending
            self.callers = callers
        }
    }

    /// How long a caller waits.
    @usableFromInline struct Patience {
        @usableFromInline var until: Timestamp
        @usableFromInline let key: Key
        @usableFromInline let ticket: Ticket

        @inlinable init(until: Timestamp, _ key: Key, _ ticket: Ticket) {
            self.until = until
            self.key = key
            self.ticket = ticket
        }
    }

    /// By entity, as committed. What nobody waits for stands in the store only.
    @usableFromInline var awaited: [Key: Awaited] = [:]
    /// In the order in which it ends.
    @usableFromInline var patience: Deque<Patience> = []

    // The batch.
    /// What the store says of entities that nobody waited for; nil when it says nothing.
    @usableFromInline var known: [Key: PendingKey?] = [:]
    /// Entities that the batch left undecided.
    @usableFromInline var begun: [(key: Key, awaited: Awaited)] = []
    /// Repeated requests whose answer was pending when the batch began.
    @usableFromInline var joined: [Key: [Caller]] = [:]
    /// Their entities, in the order in which they were first asked about: everything that a node
    /// does follows from its inputs, and the order of a dictionary does not.
    @usableFromInline var joinedKeys: [Key] = []
    /// Entities that the batch decided on.
    @usableFromInline var decided: Set<Key> = []
    /// Those of them whose key was pending.
    @usableFromInline var answered: [Key] = []
    /// Callers who wait no longer.
    @usableFromInline var expired: [Patience] = []

    @inlinable init() {}

    /// When the first caller's patience ends.
    @inlinable var nextDue: Timestamp? { patience.first?.until }

    /// Callers whose patience has ended by `now` are answered in this batch.
    @usableFromInline mutating func expire(at now: Timestamp) {
        while let first = patience.first, first.until <= now {
            patience.removeFirst()
            // What is decided is never awaited again; patience ends in the order of the callers.
            if awaited[first.key] != nil { expired.append(first) }
        }
    }

    /// The batch is committed.
    @usableFromInline mutating func settle(at now: Timestamp, patience span: Span) {
        let until = now.advanced(by: span)
        for entry in begun {
            wait(entry.awaited.callers, for: entry.key, entry.awaited.pending, until: until)
        }
        for key in joinedKeys where !decided.contains(key) {
            wait(joined[key] ?? [], for: key, known[key] ?? nil, until: until)
        }
        for key in decided { awaited[key] = nil }
        dropExpired()
        // Nobody is left who waited for them: they shall wake nothing.
        while let first = patience.first, awaited[first.key] == nil { patience.removeFirst() }
        endBatch()
    }

    private mutating func wait(
        _ callers: [Caller], for key: Key, _ pending: PendingKey?, until: Timestamp
    ) {
        guard !callers.isEmpty else { return }
        awaited[key, default: Awaited(pending)].callers.append(contentsOf: callers)
        for caller in callers { patience.append(Patience(until: until, key, caller.ticket)) }
    }

    /// The batch did not happen. Gives those who came with it, and those who wait no longer: they
    /// are to be told. The others go on waiting.
    @usableFromInline
    mutating func forget() -> (joined: [Ticket], expired: [Patience]) {
        let tickets = joined.values.joined().map(\.ticket).sorted()
        let ended = expired
        dropExpired()
        endBatch()
        return (tickets, ended)
    }

    private mutating func dropExpired() {
        guard !expired.isEmpty else { return }
        var ended: [Key: Set<Ticket>] = [:]
        for entry in expired { ended[entry.key, default: []].insert(entry.ticket) }
        for (key, tickets) in ended {
            awaited[key]?.callers.removeAll { tickets.contains($0.ticket) }
            if awaited[key]?.callers.isEmpty == true { awaited[key] = nil }
        }
    }

    private mutating func endBatch() {
        if !known.isEmpty { known.removeAll() }
        if !begun.isEmpty { begun.removeAll(keepingCapacity: true) }
        if !joined.isEmpty {
            joined.removeAll()
            joinedKeys.removeAll(keepingCapacity: true)
        }
        if !decided.isEmpty { decided.removeAll() }
        if !answered.isEmpty { answered.removeAll(keepingCapacity: true) }
        if !expired.isEmpty { expired.removeAll(keepingCapacity: true) }
    }

    /// The node's time was changed: callers wait as long as before.
    @usableFromInline mutating func retime(_ change: (Timestamp) -> Timestamp) {
        for index in patience.indices { patience[index].until = change(patience[index].until) }
    }
}
