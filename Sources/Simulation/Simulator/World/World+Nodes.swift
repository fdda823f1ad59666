// SPDX-License-Identifier: Apache-2.0
/// Nodes at work: turns, what follows from them, deaths and starts. The synchronous counterpart of
/// a node's thread.

import Contracts
import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceModel

extension World {
    // MARK: Giving them work

    func post(_ node: SimulatedNode, _ input: Input) {
        guard node.isUp else {
            if case .submission(let submission) = input, let ticket = submission.ticket {
                hangUp([ticket])
            }
            return
        }
        guard let input = overrides.input(input) else { return }
        if case .submission(let submission) = input, let ticket = submission.ticket {
            if let problem = node.mailbox.offer(submission) {
                marks.hit(.turnedAway)
                sendReplies([(ticket, problem.reply())])
            }
            measureCallers(of: node)
        } else {
            node.mailbox.post([input])
        }
        planTurn(node)
    }

    func post(_ role: Int, _ command: any Sendable, ticket: Ticket? = nil, request: Request? = nil)
    {
        let place = placement.places[role]
        post(
            nodes[place.node],
            .submission(
                Submission(
                    runner: place.runner, command: command, principal: .house, request: request,
                    ticket: ticket)))
    }

    func measureCallers(of node: SimulatedNode) {
        checker.measured(
            QueueGauge(
                name: "callers that wait", count: node.mailbox.callers,
                bound: setting.mailboxMax), at: now)
    }

    func planTurn(_ node: SimulatedNode) {
        guard node.isUp, !node.isTurnPlanned else { return }
        node.isTurnPlanned = true
        queue.add(
            .turn,
            at: max(
                now + Instant(setting.wakeMicroseconds) * .microsecond, node.busyUntil,
                node.pausedUntil), subject: node.index, turn: node.incarnation)
    }

    private func planWake(_ node: SimulatedNode, at instant: Instant) {
        guard instant < node.wakePlannedAt else { return }
        node.wakePlannedAt = instant
        queue.add(.wake, at: instant, subject: node.index, turn: node.incarnation)
    }

    /// A wake-up that comes too early plans the next one; one that was overtaken by a sooner one
    /// must not, or there would be ever more of them.
    func wake(_ node: SimulatedNode, _ incarnation: Int) {
        guard node.incarnation == incarnation, node.isUp, node.wakePlannedAt == now else { return }
        node.wakePlannedAt = .max
        guard !node.isTurnPlanned else { return }
        let moment = look(node)
        let isIdle = node.idleAt.map { $0 <= now } ?? false
        if isIdle || (node.nextDue.map { $0 <= moment } ?? false) {
            planTurn(node)
        } else {
            planNext(node)
        }
    }

    private func planNext(_ node: SimulatedNode) {
        if !node.mailbox.isEmpty { return planTurn(node) }
        var next = node.idleAt ?? .max
        if let due = node.nextDue {
            // While its time catches up with the clock, it looks again.
            next = min(next, node.clock.instant(after: due.since(node.moment), from: now))
        }
        if next != .max { planWake(node, at: max(next, node.busyUntil, node.pausedUntil)) }
    }

    // MARK: Turns

    /// Each of a few deaths may go uncounted: the next one came too early.
    private static let deathsByOneInput = 20

    func turnIfMeant(_ node: SimulatedNode, _ incarnation: Int) {
        guard node.incarnation == incarnation, node.isUp else { return }
        node.isTurnPlanned = false
        guard node.pausedUntil <= now else { return planTurn(node) }
        turn(node)
    }

    private func turn(_ node: SimulatedNode) {
        guard let engine = node.engine, let store = node.store else { return }
        let inputs = node.mailbox.take(limit: setting.batchMax)
        node.turns += 1
        node.idleAt = nil
        let death = faults.decide(.death, node.index, isSpared: diedByChance >= deathsMax)
        let commit = faults.decide(.commit, node.index)
        prepare(store, node, death, commit)
        if death.kind != nil || commit.kind != nil { node.tap.forgotten = [] }
        node.note.beginTurn()
        node.note.poisonSeed = plan.seed
        node.note.poisonPerMillion = isHealed ? 0 : setting.poisonPerMillion
        let moment = look(node)
        let seed = SplitMix.mix(
            (plan.noise ?? 0) ^ UInt64(node.index + 1) << 48 ^ UInt64(node.turns))
        for case .submission(let submission) in inputs {
            if let ticket = submission.ticket { node.callers.append(ticket) }
        }
        var turn = engine.turn(inputs, at: moment, seed: seed)
        store.failingReads = 0
        node.busyUntil = now + delay(setting.commitMicroseconds, microseconds: death.noise)
        if commit.kind == .commitSlow { node.busyUntil += Instant(commit.amount) }
        events += turn.events
        digest.note(
            UInt64(turn.events) << 32 ^ UInt64(turn.replies.count) << 8 ^ code(turn.outcome))
        takeCommitted(of: node, in: store, death.kind == nil ? commit.kind : nil)
        if let kind = death.kind ?? commit.kind { traceForgotten(of: node, kind) }
        makeEarlyCalls(of: node)
        note("node \(node.index) turn \(node.turns): \(text(turn, death.kind, commit.kind))")
        if let input = node.note.swallowed {
            node.killers[input, default: 0] += 1
            if node.killers[input] == Self.deathsByOneInput {
                breach("E9", "node \(node.index) dies over the same input again and again")
            }
            return die(node, .diesDeciding, 0, &turn)
        }
        if let kind = death.kind {
            diedByChance += 1
            return die(node, kind, death.amount, &turn)
        }
        finish(node, &turn)
    }

    /// Only a planted bug calls before it has stored why.
    private func makeEarlyCalls(of node: SimulatedNode) {
        if let early = overrides.earlyCall {
            for call in (node.tap.forgotten ?? []).compactMap(early) {
                callProvider(
                    call,
                    CallPlace(node: node.index, incarnation: -1, batch: 0, index: 0))
            }
        }
        node.tap.forgotten = overrides.earlyCall == nil ? nil : []
    }

    private func prepare(
        _ store: FaultyStore, _ node: SimulatedNode, _ death: Faults.Decision,
        _ commit: Faults.Decision
    ) {
        store.isFull = node.fullUntil > now
        switch death.kind {
        case .diesDeciding?, .diesBeforeCommit?: store.next = .dies(isKept: false, parts: nil)
        case .diesInCommit?: store.next = .dies(isKept: false, parts: Int(death.noise % 4))
        case .diesAfterCommit?, .diesAfterReplies?, .diesAfterEffects?:
            store.next = .dies(isKept: true, parts: nil)
        default:
            store.next =
                switch commit.kind {
                case .storeBusy?: .busy
                case .storeFull?: .full
                case .commitLost?: .unknown(isKept: false)
                case .commitKept?: .unknown(isKept: true)
                default: .works
                }
        }
        let load = faults.decide(.load, node.index)
        if load.kind == .loadFails { store.failingReads = 1 + Int(load.noise % 3) }
    }

    private func code(_ outcome: CommitOutcome) -> UInt64 {
        switch outcome {
        case .committed: 1
        case .refused(.full): 2
        case .refused(.busy): 3
        case .refused(.conflict): 4
        case .fenced: 5
        case .unknown: 6
        }
    }

    private func text(_ turn: Turn, _ death: FaultKind?, _ commit: FaultKind?) -> String {
        var text = "\(turn.inputs) inputs, \(turn.events) events, \(turn.outcome)"
        if !turn.replies.isEmpty { text += ", \(turn.replies.count) replies" }
        if !turn.effects.isEmpty { text += ", \(turn.effects.count) effects" }
        if !turn.gaps.isEmpty { text += ", \(turn.gaps.count) gaps" }
        for kind in [death, commit] { if let kind { text += ", \(kind.rawValue)" } }
        return text
    }

    private func answer(_ node: SimulatedNode, _ replies: [(Ticket, Reply)]) {
        let answered = Set(replies.map(\.0))
        if !answered.isEmpty { node.callers.removeAll { answered.contains($0) } }
        sendReplies(replies)
    }

    private func finish(_ node: SimulatedNode, _ turn: inout Turn) {
        answer(node, turn.replies)
        startEffects(node, turn.effects)
        planFilling(node, turn.gaps)
        if turn.events > 0 { wakePublisher(node) }
        if let fork = turn.forks.first {
            breach("E1", "node \(node.index) found another history of \(fork.log)")
        }
        if case .refused(.conflict) = turn.outcome {
            breach("E1", "node \(node.index) wanted to write where something stands")
        }
        if turn.outcome == .fenced || turn.outcome == .unknown {
            return restart(node, after: .second)
        }
        if turn.outcome != .committed || !turn.again.isEmpty {
            node.mailbox.post(turn.again.map { .submission($0) })
            // A disk that stays full for minutes is tried ever less often.
            node.busyUntil += 50 * .millisecond << UInt64(min(node.refusals, 5))
            node.refusals += 1
            return planTurn(node)
        }
        node.refusals = 0
        node.parked = node.engine?.parked ?? 0
        let isIdle = node.engine?.hasUnstored == false
        node.nextDue = turn.nextDue
        if turn.hasMore || !node.mailbox.isEmpty { return planTurn(node) }
        node.idleAt = isIdle ? nil : now + Instant(setting.idleMilliseconds) * .millisecond
        planNext(node)
    }

    // MARK: Dying

    private func die(
        _ node: SimulatedNode, _ kind: FaultKind, _ amount: Int, _ turn: inout Turn
    ) {
        if kind == .diesDeciding { node.note.die(amount) }
        if kind == .diesAfterReplies || kind == .diesAfterEffects { answer(node, turn.replies) }
        if kind == .diesAfterEffects { startEffects(node, turn.effects) }
        restart(node, after: 10 * .millisecond)
    }

    /// The process ends now and is started again after about `pause`.
    func restart(_ node: SimulatedNode, after pause: Instant) {
        deaths += 1
        node.deaths += 1
        hangUp(node.die())
        let noise = plan.noise.map { SplitMix.mix($0 ^ UInt64(node.turns) ^ 0xdead) } ?? 0
        let spread = noise == 0 ? 0 : noise % (pause * 4 + 1)
        queue.add(.opened, at: now + pause + spread, subject: node.index)
    }

    /// Callers whose connection broke hear so.
    private func hangUp(_ tickets: [Ticket]) {
        for ticket in tickets {
            guard let caller = Caller(ticket) else {
                if ticket & Caller.requestMark == 0 {
                    resendCount(ticket)
                } else {
                    resendRequest(ticket)
                }
                continue
            }
            clients[caller.client].faultTraces.add(.crash, to: caller.request)
            queue.add(
                .clientHears, at: now + delay(setting.clientMicroseconds, microseconds: 0),
                subject: caller.client, slot: replies.put((caller, nil)))
        }
    }

    // MARK: Starting

    func open(_ node: SimulatedNode) {
        guard !node.isUp else { return }
        let opening = faults.decide(.opening, node.index)
        node.incarnation += 1
        let store = FaultyStore(overrides.store(node.medium.owner()), node.medium)
        store.note = node.note
        if opening.kind == .openFails { store.failingReads = 1 + Int(opening.noise % 8) }
        let engine = makeEngine(node, store)
        do {
            try engine.open()
        } catch {
            guard opening.kind == .openFails else {
                return breach("E11", "node \(node.index) can't be opened: \(error)")
            }
            note("node \(node.index) could not be opened")
            return restart(node, after: .second)
        }
        // The answers of an opening that only failed to read its parking count as read.
        store.failingReads = 0
        note("node \(node.index) opened, epoch \(engine.epoch)")
        digest.note(UInt64(bitPattern: engine.epoch))
        if opening.kind == .diesOpening { return restart(node, after: .second) }
        if !node.isReleased && engine.parked < node.parked {
            breach("E9", "node \(node.index) set \(node.parked) facts aside, has \(engine.parked)")
        }
        if isHealed && !node.isReleased && engine.runners.contains(where: \.parking.isHolding) {
            return release(node)
        }
        node.engine = engine
        node.store = store
        startTime(of: node, engine)
        if node.index == 0 { startDoor() }
        checker.restarted(
            placement.rolesByNode[node.index].map { placement.roles[$0] },
            reader: node.medium.reader, at: now)
        checker.interrupted(at: now) { standstill(isEnd: false) }
        openWorkers(node)
        planTurn(node)
        // A publisher never rests for long: whoever was away soon hears how far all have come.
        for other in lineup { wakePublisher(other) }
    }

    private func makeEngine(_ node: SimulatedNode, _ store: FaultyStore) -> Node {
        let runners = placement.rolesByNode[node.index].map { role -> any AnyServiceRunner in
            TappedRunner(
                overrides.runner(placement.roles[role], node.limits), role: role, tap: node.tap)
        }
        node.recent = SimulatedRecent()
        return Node(
            runners: runners, store: store, chain: QuickChain(), note: node.note,
            recent: hasReaders ? node.recent : nil, remote: placement.remoteLogs(of: node.index),
            limits: setting.nodeLimits)
    }

    // MARK: What was committed

    /// Shows the checker what the node has just made durable.
    private func takeCommitted(
        of node: SimulatedNode, in store: FaultyStore, _ kind: FaultKind?
    ) {
        var facts: [(log: LogName, logged: [LoggedFact])] = []
        node.tap.drain { logged in
            facts.append((placement.roles[logged.role].log, logged.logged))
            for fact in logged.logged {
                noteID(of: fact.fact)
                let service = placement.services[logged.role]
                workloads[service]?.see(fact.fact, &marks)
                if let (client, entity) = subject(of: fact.fact, in: service) {
                    numbers.set(entity.low, client)
                    noteStep(logged.role, fact, of: client, kind)
                }
                note("  \(fact.fact.wireName.text)\(whose(fact.fact))")
                digest.note(
                    UInt64(fact.fact.wireName.code) << 56 ^ UInt64(logged.role) << 48
                        ^ UInt64(bitPattern: fact.position))
            }
        }
        let frames = store.takeKept()
        if !frames.isEmpty {
            checker.committed(Commit(frames: frames, facts: facts, at: now))
            wakeReaders()
        }
    }
}

extension World {
    /// Whose order a fact is about, for the trace.
    private func whose(_ fact: any Fact) -> String {
        story(of: fact).map { " of client \(clients[$0.client].plan.number)" } ?? ""
    }
}
