// SPDX-License-Identifier: Apache-2.0
/// Makes the calls to one outside service that nodes owe: only those for which it gave credit, each
/// with a time limit of its own, behind a circuit breaker for each operation.

import Kernel
import Logging
public import NodeEngine
public import Ports
import Synchronization

/// The worker of one service's effects. Every call is answered: done, refused or unknown; only a
/// call that a stop interrupts is not. `run` returns when its task is canceled.
public final class EffectWorker<Call: Sendable, Answer: Sendable & Equatable>: Sendable {
    /// What the worker must know of its answers.
    public struct Answering: Sendable {
        /// For calls whose time was up: they may have been carried out.
        public let lost: Answer
        /// True for answers that speak against the service's health.
        public let isFailure: @Sendable (Answer) -> Bool

        @inlinable
        public init(lost: Answer, isFailure: @escaping @Sendable (Answer) -> Bool) {
            self.lost = lost
            self.isFailure = isFailure
        }
    }

    public typealias Perform =
        @Sendable (_ calls: [Call], _ answers: @escaping Answers<Answer>) async -> Void
    /// Hands a node what its calls were answered, and how its slots stand.
    public typealias Deliver =
        @Sendable (_ answers: [(Call, Answer)], _ reports: [SlotReport]) -> Void

    private let name: String
    private let timeout: Duration
    private let clock: any Ports.Clock
    private let answering: Answering
    private let perform: Perform
    private let state: Mutex<State>
    /// Held from a change of the slots until it is reported to the nodes, so that reports arrive in
    /// the order of the changes, and an old limit never after a new one.
    private let delivery = Mutex(())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    private struct State: Sendable {
        var slots: EffectSlots<Call>
        var outlets: [Outlet] = []
        /// When the loop looks after the breakers again.
        var wakeAt: Timestamp?
        /// By batch: what ends its calls when their time is up.
        var limits: [Int: TimeLimit] = [:]
        /// True while somebody looks after the time limits.
        var isWatched = false

        /// True when nobody did so far.
        mutating func beginWatch() -> Bool {
            defer { isWatched = true }
            return !isWatched
        }
    }

    /// The time limit of a batch's calls: a wait that ends when the limit has passed, or with its
    /// task.
    private final class TimeLimit: Sendable {
        private let state = Mutex<(isOver: Bool, waiter: CheckedContinuation<Void, Never>?)>(
            (false, nil))

        func passed() async {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isOver = state.withLock { state in
                        if !state.isOver { state.waiter = continuation }
                        return state.isOver
                    }
                    if isOver { continuation.resume() }
                }
            } onCancel: {
                pass()
            }
        }

        func pass() {
            let waiter = state.withLock { state in
                defer { state = (true, nil) }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// In an object: a closure that is kept in a generic container is wrapped at every access.
    private final class Outlet: Sendable {
        let deliver: Deliver

        init(_ deliver: @escaping Deliver) { self.deliver = deliver }
    }

    public init(
        _ name: String, operations: [String],
        settings: EffectSlots<Call>.Settings = EffectSlots<Call>.Settings(),
        clock: any Ports.Clock, answering: Answering, perform: @escaping Perform
    ) {
        self.name = name
        self.clock = clock
        self.answering = answering
        self.perform = perform
        timeout = .milliseconds(settings.timeout.milliseconds)
        state = Mutex(State(slots: EffectSlots(operations: operations, settings: settings)))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Couples the worker with a node whose `runner` owes such calls. All nodes are connected
    /// before the first one starts; `start` then tells the nodes their credit.
    public func connect(runner: Int, _ deliver: @escaping Deliver) -> Int {
        state.withLock { state in
            state.outlets.append(Outlet(deliver))
            return state.slots.connect(runner: runner)
        }
    }

    /// Tells the nodes how many calls they may have under way.
    public func open() { tell() }

    /// Takes effects of a turn of `source`'s node; returns at once.
    public func start(_ effects: [StartedEffect], from source: Int) {
        state.withLock { $0.slots.take(effects, from: source, at: now) }
        signal.yield()
    }

    public var status: [EffectSlots<Call>.Status] { state.withLock { $0.slots.status } }

    public func run() async {
        await withDiscardingTaskGroup { group in
            for await _ in signals {
                while !Task.isCancelled, let (batch, limit) = next() {
                    group.addTask { await self.run(batch, limit) }
                    if state.withLock({ $0.beginWatch() }) {
                        group.addTask { await self.watch() }
                    }
                }
                if let pause = pause() {
                    group.addTask {
                        try? await Task.sleep(for: pause)
                        // Whoever looks next waits anew for what is left of it.
                        self.state.withLock { $0.wakeAt = nil }
                        self.tell()
                        self.signal.yield()
                    }
                }
                if Task.isCancelled { break }
            }
            // Nobody makes calls any more: nodes that go on record no attempts.
            tell { slots, _ in
                slots.close()
                return []
            }
            group.cancelAll()
        }
    }

    /// How long until a breaker's pause ends, unless somebody waits for that already.
    private func pause() -> Duration? {
        state.withLock { state in
            let next = state.slots.wakeAt
            defer { state.wakeAt = next }
            guard let next, next != state.wakeAt else { return nil }
            return .milliseconds(max(1, next.since(now).milliseconds))
        }
    }

    /// What has elapsed since the process began, as a moment: a clock that is set changes neither
    /// time limits nor pauses.
    private var now: Timestamp { Timestamp(milliseconds: clock.elapsed().milliseconds) }

    private func next() -> (EffectBatch<Call>, TimeLimit)? {
        state.withLock { state in
            guard let batch = state.slots.nextBatch(at: now) else { return nil }
            let limit = TimeLimit()
            state.limits[batch.number] = limit
            return (batch, limit)
        }
    }

    private func run(_ batch: EffectBatch<Call>, _ limit: TimeLimit) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [perform] in
                await perform(batch.calls) { self.accept($0, to: batch) }
            }
            group.addTask { await limit.passed() }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.limits[batch.number] = nil }
        // A call that a stop interrupts is not answered: the next start asks for its outcome.
        guard !Task.isCancelled else { return }
        tell(of: batch) { slots, now in slots.finish(batch.number, at: now) }
        signal.yield()
    }

    /// Ends calls whose time is up: one timer for all of them, since a timer for each call would
    /// cost more than the call to an outside that answers at once.
    private func watch() async {
        let tick = max(.milliseconds(5), min(.milliseconds(500), timeout / 20))
        while true {
            try? await Task.sleep(for: tick)
            let overdue = state.withLock { state -> [TimeLimit]? in
                let overdue = state.slots.overdue(at: now).compactMap { state.limits[$0] }
                guard overdue.isEmpty, state.slots.firstDeadline == nil || Task.isCancelled
                else { return overdue }
                state.isWatched = false
                return nil
            }
            guard let overdue else { return }
            for limit in overdue { limit.pass() }
        }
    }

    /// Hands on every answer, also one that comes after the time limit.
    private func accept(_ answers: [(Int, Answer)], to batch: EffectBatch<Call>) {
        let known = answers.filter { batch.calls.indices.contains($0.0) }
        let notes = known.map { (index: $0.0, isFailure: answering.isFailure($0.1)) }
        tell(known, of: batch) { slots, now in
            slots.note(notes, to: batch.number, at: now)
            return []
        }
    }

    /// Tells the nodes what their calls were answered and how their slots stand, after `change`.
    /// Answers come before the credit that they free: whoever takes it knows them. Calls that
    /// `change` returns the indices of, too, are lost.
    private func tell(
        _ answers: [(Int, Answer)] = [], of batch: EffectBatch<Call>? = nil,
        _ change: (inout EffectSlots<Call>, Timestamp) -> [Int] = { _, _ in [] }
    ) {
        let breakers = delivery.withLock { _ in
            let (lost, reports, breakers, outlets) = state.withLock { state in
                let now = now
                return (
                    change(&state.slots, now), state.slots.reports(at: now),
                    state.slots.takeChanges(), state.outlets
                )
            }
            let all = answers + lost.map { ($0, answering.lost) }
            for (source, outlet) in outlets.enumerated() {
                let mine = all.compactMap { index, answer in
                    batch.flatMap { $0.sources[index] == source ? ($0.calls[index], answer) : nil }
                }
                let news = reports.filter { $0.source == source }.map(\.report)
                if !mine.isEmpty || !news.isEmpty { outlet.deliver(mine, news) }
            }
            return breakers
        }
        for change in breakers { log(change.operation, change.phase) }
    }

    private func log(_ operation: String, _ phase: Breaker.Phase) {
        let details: Logger.Metadata = [
            "worker": "\(name)", "operation": "\(operation)", "breaker": "\(phase.name)",
        ]
        switch phase {
        case .open: Logger.current.warning("breaker opened", metadata: details)
        case .halfOpen: Logger.current.notice("breaker half-open", metadata: details)
        case .closed: Logger.current.notice("breaker closed", metadata: details)
        }
        if case .open = phase { signal.yield() }
    }
}
