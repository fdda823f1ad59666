// SPDX-License-Identifier: Apache-2.0
/// The loop of one node: it takes what waits, runs its services to quiescence, commits once, and
/// only then answers, publishes and starts effects. Synchronous and single-threaded; it awaits
/// nothing, sleeps nowhere, reads no clock and draws no random number of its own.

import DequeModule
package import Kernel
package import Ports

package final class Node {
    package let runners: [any AnyServiceRunner]
    let store: any Store
    let chain: any Chain
    let note: any PoisonNote
    let recent: (any RecentRows)?
    let limits: NodeLimits

    /// Facts on their way from one runner of the node to another.
    var localSubscriptions: [LocalSubscription] = []
    /// Subscriptions to the logs of other nodes.
    var remoteSubscriptions: [RemoteSubscription] = []
    var now = Timestamp(milliseconds: 0)
    package private(set) var epoch: Int64 = 0
    /// Due entities that the next batch wakes: few after a failure, which one of them may have
    /// caused, then more and more.
    private var dueMax: Int
    /// Parked facts that an operator released and that are still to be taken, in their order.
    var released: Deque<RowKey> = []
    /// Facts on their way from a runner to its local subscriptions; kept for its capacity.
    var newFacts: [LoggedFact] = []
    /// Rows that belong to the next commit: cursors, publisher checkpoints.
    var rows: [RowChange] = []
    /// How old answers are.
    var retention = Retention()

    package init(
        runners: [any AnyServiceRunner], store: any Store, chain: any Chain, note: any PoisonNote,
        recent: (any RecentRows)? = nil, remote: [RemoteLog] = [],
        limits: NodeLimits = NodeLimits()
    ) {
        precondition(!runners.isEmpty, "a node hosts at least one service")
        self.runners = runners
        self.store = store
        self.chain = chain
        self.note = note
        self.recent = recent
        self.limits = limits
        dueMax = limits.dueMax
        for (target, runner) in runners.enumerated() {
            for (source, other) in runners.enumerated()
            where runner.subscribesTo.contains(other.log.service) {
                localSubscriptions.append(
                    LocalSubscription(
                        source: source, target: target, from: other.log, to: runner.log))
            }
            for log in remote where runner.subscribesTo.contains(log.name.service) {
                remoteSubscriptions.append(
                    RemoteSubscription(remote: log, target: target, to: runner.log))
            }
        }
    }

    /// Opens the store under a new epoch and brings every runner to the end of its log.
    package func open() throws {
        let contents = try store.open()
        epoch = contents.epoch
        try openParking()
        for runner in runners {
            try runner.open(contents, store: store)
            now = max(now, try lastMoment(of: runner.log, contents))
        }
        try openCursors()
        retention = try Retention(from: store)
        if let recent { for runner in runners { runner.publishUnstored(to: recent) } }
    }

    /// Runs one batch: `inputs` are taken in their order, after the facts of open sagas.
    /// `moment` is the time, which does not go back but by `setTime`, `seed` 64 fresh random bits.
    package func turn(_ inputs: [Input], at moment: Timestamp, seed: UInt64) -> Turn {
        now = max(now, moment)
        // First, and once whatever becomes of the batch: what is due can use the free slots.
        for case .slots(let report) in inputs { runners[report.runner].take(report) }
        do {
            return try run(inputs, seed: seed, dueMax: dueMax)
        } catch {
            var turn = alone(inputs, seed: seed)
            turn.failure = error
            return turn
        }
    }

    /// True when a turn without inputs would still do something.
    package var hasBacklog: Bool {
        !released.isEmpty
            || localSubscriptions.contains { $0.hasWaiting(upTo: runners[$0.source].head) }
    }

    /// True when some rows do not reflect their log yet: a turn without inputs would write them.
    package var hasUnstored: Bool { runners.contains(where: \.hasUnstored) }

    private func run(_ inputs: [Input], seed: UInt64, dueMax: Int) throws -> Turn {
        var turn = Turn()
        var moments = Moments(at: now, seed: seed)
        turn.inputs = inputs.count
        let woken = try takeReleased(limit: dueMax) + take(inputs, &turn, dueMax: dueMax)
        var events = Int64(0)
        let before = heads()
        while true {
            try deliverFacts(isFull: events >= limits.eventsMax)
            guard runners.contains(where: \.hasWork) else { break }
            for runner in runners where runner.hasWork {
                try runner.load(from: store)
                try runner.decide(&moments, note: note)
            }
            events = heads() - before
        }
        turn.events = Int(events)
        commit(&turn, isIdle: inputs.isEmpty && events == 0)
        if woken > 0 { self.dueMax = min(dueMax * 2, limits.dueMax) }
        return turn
    }

    private func heads() -> Int64 { runners.reduce(0) { $0 + $1.head } }

    /// A batch that failed without a trap is run again, one input at a time; what fails alone is
    /// refused, so that the others go on.
    private func alone(_ inputs: [Input], seed: UInt64) -> Turn {
        var total = Turn()
        forget(&total, problem: EngineProblem.storageUnavailable)
        let tickets = Set(inputs.compactMap(Self.ticket(of:)))
        total.replies.removeAll { tickets.contains($0.0) }
        total.again.removeAll()
        dueMax = 1
        for (index, input) in inputs.enumerated() {
            if total.outcome == .fenced || total.outcome == .unknown {
                refuse(input, EngineProblem.stopping, &total)
                continue
            }
            do {
                var one = try run([input], seed: seed &+ UInt64(index) &+ 1, dueMax: 0)
                total.absorb(&one)
            } catch {
                var failed = Turn()
                forget(&failed, problem: EngineProblem.storageUnavailable)
                let ticket = Self.ticket(of: input)
                total.replies += failed.replies.filter { $0.0 != ticket }
                refuse(input, EngineProblem.storageUnavailable, &total)
            }
        }
        notice(&total)
        return total
    }

    /// Who waits for the input's answer. Others may be answered in the same turn: those whose
    /// patience ends.
    private static func ticket(of input: Input) -> Ticket? {
        if case .submission(let submission) = input { submission.ticket } else { nil }
    }

    /// Tells the caller, if there is one; what nobody would repeat comes again.
    private func refuse(_ input: Input, _ problem: Problem, _ turn: inout Turn) {
        guard case .submission(let submission) = input else { return }
        if let ticket = submission.ticket {
            turn.replies.append((ticket, problem.reply()))
        } else {
            turn.again.append(submission)
        }
    }

    /// Returns how many entities were woken.
    private func take(_ inputs: [Input], _ turn: inout Turn, dueMax: Int) -> Int {
        let age = retention.age(at: now)
        for runner in runners { runner.beginReplies(at: age) }
        let woken = runners.reduce(0) { $0 + $1.takeDue(by: now, limit: dueMax) }
        for input in inputs {
            switch input {
            case .slots: break
            case .submission(let submission): runners[submission.runner].take(submission)
            case .message(let message): receive(message, &turn)
            case .published(let log, let checkpoint): rows.append(checkpoint.row(for: log))
            }
        }
        return woken
    }

    private func commit(_ turn: inout Turn, isIdle: Bool) {
        var batch = Batch(epoch: epoch)
        for runner in runners {
            runner.render()
            runner.collect(into: &batch, at: now, chain: chain, isIdle: isIdle)
        }
        collectCursors(into: &batch)
        if !batch.isEmpty, retention.see(now) { storeRetention() }
        batch.rows.append(contentsOf: rows)
        expireReplies(into: &batch)
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
        notice(&turn)
    }

    /// What there is to do next, and when.
    private func notice(_ turn: inout Turn) {
        turn.nextDue = nextDue
        turn.hasMore =
            turn.outcome == .committed && (hasBacklog || (turn.nextDue.map { $0 <= now } ?? false))
    }

    private func settle(_ turn: inout Turn) {
        for (index, runner) in runners.enumerated() {
            runner.settle(&turn, runner: index, recent: recent, now: now)
        }
        for index in localSubscriptions.indices { localSubscriptions[index].settle() }
        for index in remoteSubscriptions.indices { remoteSubscriptions[index].settle() }
        rows.removeAll(keepingCapacity: true)
    }

    private func forget(_ turn: inout Turn, problem: Problem) {
        note.end()
        for runner in runners { runner.forget(&turn, problem: problem, now: now) }
        for index in localSubscriptions.indices { localSubscriptions[index].forget() }
        for index in remoteSubscriptions.indices { remoteSubscriptions[index].forget() }
    }

    /// The reply of COMMIT was lost: what the store holds decides.
    private func resolve(_ turn: inout Turn) {
        guard let contents = try? store.open() else { return }
        // A batch without events leaves no trace in the heads. To take it for refused is safe: its
        // rows will be written again.
        let verdicts = runners.compactMap { $0.isCommitted(in: contents) }
        let isCommitted = !verdicts.isEmpty && verdicts.allSatisfy { $0 }
        epoch = contents.epoch
        for runner in runners { runner.begin(epoch: epoch) }
        turn.outcome = isCommitted ? .committed : .refused(.busy)
    }

    private func expireReplies(into batch: inout Batch) {
        for runner in runners { try? runner.expireReplies(from: store, into: &batch) }
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

    package init() {}
}
