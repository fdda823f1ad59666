// SPDX-License-Identifier: Apache-2.0
/// Gives a node its thread: feeds it from the mailbox, and carries out what each turn ends with.

import Foundation
package import Kernel
import Logging
package import NodeEngine
package import Ports
import Synchronization

/// One node, running. `run` returns when the node has stopped.
package final class NodeHost: Sendable {
    package let name: String
    private let settings: Settings
    private let clock: TrustedClock
    private let entropy: any Entropy
    private let mailbox: Mailbox
    private let callers = Mutex<Callers>(Callers())
    private let status = Mutex<Status>(Status())
    private let makeNode: @Sendable () throws -> Node
    private let outlets = Mutex<Outlets>(Outlets())

    package struct Settings: Sendable {
        /// Callers that may wait; one more is told to come back later.
        package var mailboxCapacity = 20_000
        /// Inputs of one batch; beside them up to sixteen times as many beacons, which change
        /// nothing as a rule.
        package var batchMax = 2_048
        /// After so long without anything to do, rows catch up with their log.
        package var idleAfter = Span.milliseconds(40)
        /// How long a few answers and facts, for which no caller waits, are left to share a commit
        /// with what comes next. At light load each would cost one of its own.
        package var linger = Span.milliseconds(3)

        package init() {}
    }

    /// What the house shows of a node.
    package struct Status: Sendable {
        package var isOpen = false
        package var failure: String?
        package var epoch: Int64 = 0
        package var turns: Int64 = 0
        package var inputs: Int64 = 0
        package var events: Int64 = 0
        package var heads: [LogName: Int64] = [:]
        package var parked = 0
        package var refused: Int64 = 0
        /// What each service owes to the outside, by operation.
        package var owed: [(service: String, calls: OwedCalls)] = []
    }

    /// Where a turn's results go.
    package struct Outlets: Sendable {
        /// By runner.
        package var workers: [Int: EffectOutlet] = [:]
        /// The node is open, and nobody has been answered yet.
        package var opened: (@Sendable (Node) -> Void)?
        package var committed: (@Sendable () -> Void)?
        package var gaps: (@Sendable ([Gap]) -> Void)?

        package init() {}
    }

    /// Starts calls to the outside. An object: a closure that is kept in a generic container is
    /// wrapped anew at every access.
    package final class EffectOutlet: Sendable {
        let start: @Sendable ([StartedEffect]) -> Void

        package init(_ start: @escaping @Sendable ([StartedEffect]) -> Void) {
            self.start = start
        }
    }

    private struct Callers: Sendable {
        var next: Ticket = 1
        var waiting: [Ticket: CheckedContinuation<Reply, Never>] = [:]
    }

    package init(
        name: String, clock: TrustedClock, entropy: any Entropy, settings: Settings = Settings(),
        makeNode: @escaping @Sendable () throws -> Node
    ) {
        self.name = name
        self.clock = clock
        self.entropy = entropy
        self.settings = settings
        self.makeNode = makeNode
        mailbox = Mailbox(capacity: settings.mailboxCapacity)
    }

    package func connect(_ change: (inout Outlets) -> Void) { outlets.withLock { change(&$0) } }

    package var snapshot: Status { status.withLock { $0 } }

    /// Hands a command to the node and waits for its answer, which comes after the commit.
    package func submit(
        _ command: any Sendable, runner: Int, principal: Principal, request: Request?,
        trace: String?
    ) async -> Reply {
        await withCheckedContinuation { continuation in
            let ticket = callers.withLock { callers in
                let ticket = callers.next
                callers.next += 1
                callers.waiting[ticket] = continuation
                return ticket
            }
            let submission = Submission(
                runner: runner, command: command, principal: principal, request: request,
                trace: trace, ticket: ticket)
            if let problem = mailbox.offer(submission) { answer([(ticket, problem.reply())]) }
        }
    }

    /// Takes what belongs to work that is under way; nobody waits for an answer.
    @discardableResult
    package func post(_ inputs: [Input]) -> Int64 { mailbox.post(inputs) }

    /// True once the node has taken the first `count` inputs that were posted.
    package func hasTaken(_ count: Int64) -> Bool { mailbox.hasTaken(count) }

    /// Refuses new callers from now on; what was accepted is finished.
    package func stop() { mailbox.stop() }

    /// Runs the node on a thread of its own until `stop`.
    package func run() async throws {
        let logger = Logger.current
        let failure: (any Error)? = await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                do {
                    try loop(logger)
                    continuation.resume(returning: nil)
                } catch {
                    status.withLock { status in
                        status.failure = "\(error)"
                        status.isOpen = false
                    }
                    refuseEverybody()
                    continuation.resume(returning: error)
                }
            }
            thread.name = "node \(name)"
            thread.stackSize = 8 << 20
            thread.start()
        }
        if let failure { throw failure }
    }

    private func loop(_ logger: Logger) throws {
        let node = try makeNode()
        try node.open()
        let start = clock.start(after: node.moment)
        node.start(at: start.at)
        steps = start.steps
        outlets.withLock { $0.opened }?(node)
        note(node, Turn())
        status.withLock { $0.isOpen = true }
        logger.info("node open", metadata: ["node": "\(name)", "epoch": "\(node.epoch)"])
        var wait = 0.0
        var isIdle = false
        while true {
            let taken = mailbox.take(
                limit: settings.batchMax, waitingAtMost: wait,
                lingering: wait > 0 ? seconds(settings.linger) : 0)
            let now = look(node)
            if taken.inputs.isEmpty && taken.isStopping && isIdle { break }
            noteOwed(node, now)
            if taken.inputs.isEmpty && isIdle && !isDue(node, now) {
                wait = pause(now)
                continue
            }
            hasTurned = true
            var turn = node.turn(taken.inputs, at: now, seed: entropy.next())
            let isOver = deliver(&turn, logger)
            note(node, turn)
            if isOver { throw NodeStopped(outcome: turn.outcome) }
            // A store that refuses every commit must not delay the stop.
            if taken.isStopping && (turn.outcome != .committed || !turn.again.isEmpty) { break }
            repeatLater(turn)
            isIdle = taken.inputs.isEmpty && !turn.hasMore && !node.hasUnstored
            nextDue = turn.nextDue
            wait = turn.hasMore ? 0 : (isIdle ? pause(now) : seconds(settings.idleAfter))
        }
        refuseEverybody()
        status.withLock { $0.isOpen = false }
        logger.info("node closed", metadata: ["node": "\(name)"])
    }

    // SAFETY: only the node's thread touches it.
    nonisolated(unsafe) private var nextDue: Timestamp?
    /// The jumps of the clock that the node knows of.
    // SAFETY: as above.
    nonisolated(unsafe) private var steps = Span.milliseconds(0)

    // SAFETY: only the node's thread touches it.
    nonisolated(unsafe) private var owedAt = Timestamp(milliseconds: 0)
    // SAFETY: only the node's thread touches it.
    nonisolated(unsafe) private var hasTurned = true

    /// What is owed is counted at most once a second: everything that is open is gone through.
    private func noteOwed(_ node: Node, _ now: Timestamp) {
        guard hasTurned, abs(now.since(owedAt).milliseconds) >= 1_000 else { return }
        hasTurned = false
        owedAt = now
        let owed = node.runners.flatMap { runner in
            runner.owedCalls(at: now).map { (runner.log.service, $0) }
        }
        status.withLock { $0.owed = owed }
    }

    /// The time. The node is told when the clock was set.
    private func look(_ node: Node) -> Timestamp {
        let (now, sum) = clock.look()
        if sum != steps {
            node.setTime(by: .milliseconds(sum.milliseconds - steps.milliseconds), to: now)
            steps = sum
            nextDue = node.nextDue
        }
        return now
    }

    private func isDue(_ node: Node, _ now: Timestamp) -> Bool {
        node.hasBacklog || (nextDue.map { $0 <= now } ?? false)
    }

    /// How long the thread may sleep: until something falls due, a second at most.
    private func pause(_ now: Timestamp) -> Double {
        guard let nextDue else { return 1 }
        return max(0.001, min(seconds(nextDue.since(now)), 1))
    }

    private func seconds(_ span: Span) -> Double { Double(span.milliseconds) / 1_000 }

    /// Carries out what the turn ended with; true when the node must stop.
    private func deliver(_ turn: inout Turn, _ logger: Logger) -> Bool {
        answer(turn.replies)
        let outlets = outlets.withLock { $0 }
        if !turn.effects.isEmpty {
            var byRunner: [Int: [StartedEffect]] = [:]
            for effect in turn.effects { byRunner[effect.runner, default: []].append(effect) }
            for (runner, effects) in byRunner { outlets.workers[runner]?.start(effects) }
        }
        if !turn.gaps.isEmpty { outlets.gaps?(turn.gaps) }
        if turn.events > 0 { outlets.committed?() }
        for fork in turn.forks {
            logger.critical(
                "log fork detected, node stops",
                metadata: ["node": "\(name)", "log": "\(fork.log)", "after": "\(fork.after)"])
        }
        for alarm in turn.alarms {
            logger.error(
                "\(alarm.message)",
                metadata: alarm.details.reduce(into: ["node": "\(name)"]) { details, detail in
                    details[detail.key] = "\(detail.value)"
                })
        }
        if let failure = turn.failure {
            logger.error(
                "batch failed, inputs retried one by one",
                metadata: ["node": "\(name)", "failure": "\(failure)"])
        }
        switch turn.outcome {
        case .committed: return !turn.forks.isEmpty
        case .refused(let refusal):
            status.withLock { $0.refused += 1 }
            logger.warning(
                "commit refused", metadata: ["node": "\(name)", "refusal": "\(refusal)"])
            return false
        case .fenced:
            logger.critical(
                "node fenced by another owner of its store, stops", metadata: ["node": "\(name)"])
            return true
        case .unknown:
            logger.critical("commit outcome unknown, node stops", metadata: ["node": "\(name)"])
            return true
        }
    }

    /// Inputs that nobody else would repeat wait for a moment and come again.
    private func repeatLater(_ turn: Turn) {
        guard turn.outcome != .committed || !turn.again.isEmpty else { return }
        Thread.sleep(forTimeInterval: 0.05)
        mailbox.post(turn.again.map { .submission($0) })
    }

    private func answer(_ replies: [(Ticket, Reply)]) {
        guard !replies.isEmpty else { return }
        var ready: [(CheckedContinuation<Reply, Never>, Reply)] = []
        ready.reserveCapacity(replies.count)
        callers.withLock { callers in
            for (ticket, reply) in replies {
                if let caller = callers.waiting.removeValue(forKey: ticket) {
                    ready.append((caller, reply))
                }
            }
        }
        for (caller, reply) in ready { caller.resume(returning: reply) }
    }

    private func refuseEverybody() {
        mailbox.stop()
        let waiting = callers.withLock { callers in
            defer { callers.waiting.removeAll() }
            return Array(callers.waiting.values)
        }
        for caller in waiting { caller.resume(returning: EngineProblem.stopping.reply()) }
    }

    private func note(_ node: Node, _ turn: Turn) {
        status.withLock { status in
            status.epoch = node.epoch
            status.turns += 1
            status.inputs += Int64(turn.inputs)
            status.events += Int64(turn.events)
            status.parked = node.runners.reduce(0) { $0 + $1.parking.count }
            for runner in node.runners { status.heads[runner.log] = runner.head }
        }
    }
}

/// The node stopped after a commit that was fenced or whose outcome is unknown, or at a fork.
package struct NodeStopped: Error {
    package let outcome: CommitOutcome
}
