// SPDX-License-Identifier: Apache-2.0
/// The loop of one node: it takes what waits, runs its services to quiescence, commits once, and
/// only then answers, publishes and starts effects. Synchronous and single-threaded; it awaits
/// nothing, sleeps nowhere, reads no clock and draws no random number of its own.

import DequeModule
package import Kernel
package import Ports

package final class Node {
    package let desks: [any AnyDesk]
    let store: any Store
    let chain: any Chain
    let note: any PoisonNote
    let recent: (any RecentRows)?
    package let limits: NodeLimits

    /// Facts on their way from one desk of the node to another.
    var links: [Link] = []
    /// What was heard of services in other nodes.
    var channels: [Channel] = []
    var now = Timestamp(milliseconds: 0)
    package private(set) var epoch: Int64 = 0
    /// Rows that belong to the next commit: cursors, courier marks.
    var rows: [RowChange] = []

    package init(
        desks: [any AnyDesk], store: any Store, chain: any Chain, note: any PoisonNote,
        recent: (any RecentRows)? = nil, remote: [RemoteLog] = [],
        limits: NodeLimits = NodeLimits()
    ) {
        precondition(!desks.isEmpty, "a node hosts at least one service")
        self.desks = desks
        self.store = store
        self.chain = chain
        self.note = note
        self.recent = recent
        self.limits = limits
        for (target, desk) in desks.enumerated() {
            for (source, other) in desks.enumerated() where desk.hears.contains(other.log.service) {
                links.append(Link(source: source, target: target, from: other.log, to: desk.log))
            }
            for log in remote where desk.hears.contains(log.name.service) {
                channels.append(Channel(remote: log, target: target, to: desk.log))
            }
        }
    }

    /// Takes possession of the store and brings every desk to where its log ends.
    package func open() throws {
        let contents = try store.open()
        epoch = contents.epoch
        try countDeath()
        for desk in desks {
            try desk.open(contents, store: store)
            now = max(now, try lastMoment(of: desk.log, contents))
        }
        try openCursors()
    }

    /// Runs one batch: `inputs` are taken in their order, after the facts of open sagas.
    /// `wall` is the clock's time, `seed` 64 fresh random bits.
    package func turn(_ inputs: [Input], at wall: Timestamp, seed: UInt64) -> Turn {
        now = max(now, wall)
        do {
            return try run(inputs, seed: seed)
        } catch {
            return alone(inputs, seed: seed)
        }
    }

    /// True when a turn without inputs would still do something.
    package var hasBacklog: Bool {
        links.contains { $0.hasWaiting(upTo: desks[$0.source].head) }
    }

    /// True when some rows do not reflect their log yet: a turn without inputs would write them.
    package var hasUnstored: Bool { desks.contains(where: \.hasUnstored) }

    private func run(_ inputs: [Input], seed: UInt64) throws -> Turn {
        var turn = Turn()
        var moments = Moments(at: now, seed: seed)
        turn.inputs = inputs.count
        take(inputs, &turn)
        var events = Int64(0)
        let before = heads()
        while true {
            try deliverFacts(isFull: events >= limits.eventsMax)
            guard desks.contains(where: \.hasWork) else { break }
            for desk in desks where desk.hasWork {
                try desk.load(from: store)
                desk.decide(&moments, note: note)
            }
            events = heads() - before
        }
        turn.events = Int(events)
        commit(&turn, isIdle: inputs.isEmpty && events == 0)
        return turn
    }

    private func heads() -> Int64 { desks.reduce(0) { $0 + $1.head } }

    /// A batch that failed without a trap is run again, one input at a time; what fails alone is
    /// refused, so that the others go on.
    private func alone(_ inputs: [Input], seed: UInt64) -> Turn {
        var total = Turn()
        forget(&total, problem: EngineProblem.storageUnavailable)
        total.replies.removeAll()
        total.again.removeAll()
        for (index, input) in inputs.enumerated() {
            do {
                var one = try run([input], seed: seed &+ UInt64(index) &+ 1)
                total.absorb(&one)
            } catch {
                forget(&total, problem: EngineProblem.storageUnavailable)
                if case .submission(let submission) = input, let ticket = submission.ticket,
                    !total.replies.contains(where: { $0.0 == ticket })
                {
                    total.replies.append((ticket, EngineProblem.storageUnavailable.reply()))
                }
            }
        }
        return total
    }

    private func take(_ inputs: [Input], _ turn: inout Turn) {
        for desk in desks { _ = desk.takeDue(by: now, limit: limits.dueMax) }
        for input in inputs {
            switch input {
            case .submission(let submission): desks[submission.desk].take(submission)
            case .message(let message): hear(message, &turn)
            case .published(let log, let mark): rows.append(mark.row(for: log))
            }
        }
    }

    private func commit(_ turn: inout Turn, isIdle: Bool) {
        var batch = Batch(epoch: epoch)
        for desk in desks {
            desk.render()
            desk.collect(into: &batch, at: now, chain: chain, isIdle: isIdle)
        }
        collectCursors(into: &batch)
        batch.rows.append(contentsOf: rows)
        if isIdle { expireReplies(into: &batch) }
        if !batch.isEmpty {
            turn.outcome = store.commit(batch)
            if turn.outcome == .unknown { resolve(&turn) }
        }
        switch turn.outcome {
        case .committed: settle(&turn)
        case .refused(let refusal):
            forget(
                &turn,
                problem: refusal == .full
                    ? EngineProblem.storageFull : EngineProblem.storageUnavailable)
        case .fenced: forget(&turn, problem: EngineProblem.stopping)
        case .unknown: forget(&turn, problem: EngineProblem.outcomeUnknown)
        }
        turn.nextDue = desks.compactMap(\.nextDue).min()
        turn.hasMore =
            turn.outcome == .committed && (hasBacklog || (turn.nextDue.map { $0 <= now } ?? false))
    }

    private func settle(_ turn: inout Turn) {
        for (index, desk) in desks.enumerated() {
            desk.settle(&turn, desk: index, recent: recent, now: now)
        }
        for index in links.indices { links[index].settle() }
        for index in channels.indices { channels[index].settle() }
        rows.removeAll(keepingCapacity: true)
    }

    private func forget(_ turn: inout Turn, problem: Problem) {
        for desk in desks { desk.forget(&turn, problem: problem, now: now) }
        for index in links.indices { links[index].forget() }
        for index in channels.indices { channels[index].forget() }
    }

    /// The reply of COMMIT was lost: what the store holds decides.
    private func resolve(_ turn: inout Turn) {
        guard let contents = try? store.open() else { return }
        let isCommitted = desks.allSatisfy { $0.isCommitted(in: contents) }
        epoch = contents.epoch
        for desk in desks { desk.begin(epoch: epoch) }
        turn.outcome = isCommitted ? .committed : .refused(.busy)
    }

    private func expireReplies(into batch: inout Batch) {
        for desk in desks {
            let horizon = now.advanced(
                by: Span.milliseconds(-limits.replyRetention.milliseconds))
            try? desk.expireReplies(before: horizon, from: store, into: &batch)
        }
    }

    private func lastMoment(of log: LogName, _ contents: StoreContents) throws -> Timestamp {
        guard let head = contents.heads[log]?.position, head > 0 else {
            return Timestamp(milliseconds: 0)
        }
        return try store.frames(of: log, after: head - 1, limit: 1).last?.at
            ?? Timestamp(milliseconds: 0)
    }
}

/// What one turn may take on.
package struct NodeLimits: Sendable, Equatable {
    /// Events of a batch, beyond which facts wait for the next one.
    package var eventsMax: Int64 = 16_384
    /// Due entities that one batch wakes, for each service.
    package var dueMax = 512
    /// How long an answer is kept for a repeated request.
    package var replyRetention = Span.days(7)

    package init() {}
}

extension Turn {
    mutating func absorb(_ other: inout Turn) {
        replies.append(contentsOf: other.replies)
        effects.append(contentsOf: other.effects)
        again.append(contentsOf: other.again)
        gaps.append(contentsOf: other.gaps)
        forks.append(contentsOf: other.forks)
        outcome = other.outcome
        hasMore = hasMore || other.hasMore
        nextDue = other.nextDue
        events += other.events
        inputs += other.inputs
    }
}
