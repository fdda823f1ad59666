// SPDX-License-Identifier: Apache-2.0
/// Carries calls to one outside service: in batches, with a time limit, a circuit breaker and a
/// retry budget. What happens to a call is always answered: done, refused, or not known.

public import DequeModule
public import Kernel
public import NodeEngine
public import Ports
public import Synchronization

/// The worker of one service's effects. `run` returns when its task is canceled.
public final class Lane<Call: Sendable, Answer: Sendable & Equatable>: Sendable {
    public struct Settings: Sendable {
        public var timeout = Duration.seconds(10)
        public var batchMax = 256
        /// Batches under way at once.
        public var batchesMax = 8
        /// Calls that may wait; what does not fit is answered as unavailable.
        public var waitingMax = 100_000
        public var breaker = Breaker.Settings()

        @inlinable
        public init() {}
    }

    /// What the lane must know of its answers.
    public struct Answering: Sendable {
        /// For calls whose time was up: they may have been carried out.
        public let lost: Answer
        /// For calls that were not made at all.
        public let notMade: Answer
        /// True for answers that speak against the service's health.
        public let isFailure: @Sendable (Answer) -> Bool

        @inlinable
        public init(
            lost: Answer, notMade: Answer, isFailure: @escaping @Sendable (Answer) -> Bool
        ) {
            self.lost = lost
            self.notMade = notMade
            self.isFailure = isFailure
        }
    }

    public typealias Perform =
        @Sendable (_ calls: [Call], _ answers: @escaping Answers<Answer>) async -> Void

    @usableFromInline let settings: Settings
    @usableFromInline let clock: any Ports.Clock
    @usableFromInline let answering: Answering
    @usableFromInline let perform: Perform
    @usableFromInline let deliver: @Sendable ([(Call, Answer)]) -> Void
    @usableFromInline let state: Mutex<State>
    @usableFromInline let signals: AsyncStream<Void>
    @usableFromInline let signal: AsyncStream<Void>.Continuation

    @usableFromInline
    struct State: Sendable {
        @usableFromInline var waiting: Deque<(isRetry: Bool, call: Call)> = []
        @usableFromInline var gate: LaneGate

        @inlinable
        init(_ settings: Breaker.Settings) { gate = LaneGate(settings) }
    }

    @inlinable
    public init(
        settings: Settings = Settings(), clock: any Ports.Clock, answering: Answering,
        perform: @escaping Perform, deliver: @escaping @Sendable ([(Call, Answer)]) -> Void
    ) {
        self.settings = settings
        self.clock = clock
        self.answering = answering
        self.perform = perform
        self.deliver = deliver
        state = Mutex(State(settings.breaker))
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes effects of a turn; returns at once.
    @inlinable
    public func start(_ effects: [StartedEffect]) {
        let calls = effects.compactMap { effect in
            (effect.effect as? Call).map { (isRetry: effect.isRetry, call: $0) }
        }
        let rejected = state.withLock { state -> [Call] in
            let room = settings.waitingMax - state.waiting.count
            state.waiting.append(contentsOf: calls.prefix(room))
            return calls.dropFirst(room).map(\.call)
        }
        if !rejected.isEmpty { deliver(rejected.map { ($0, answering.notMade) }) }
        signal.yield()
    }

    @inlinable
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await _ in signals {
                while !Task.isCancelled, let batch = next() {
                    if running >= settings.batchesMax {
                        await group.next()
                        running -= 1
                    }
                    running += 1
                    group.addTask { await self.run(batch) }
                }
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }

    /// The next calls to make, after the breaker and the budget have had their say.
    @inlinable
    func next() -> [Call]? {
        var turnedAway: [Call] = []
        let calls = state.withLock { state -> [Call]? in
            guard !state.waiting.isEmpty else { return nil }
            let taken = Array(state.waiting.prefix(settings.batchMax))
            state.waiting.removeFirst(taken.count)
            let now = clock.now()
            var calls: [Call] = []
            for (isRetry, call) in taken {
                if state.gate.admits(isRetry: isRetry, at: now) {
                    calls.append(call)
                } else {
                    turnedAway.append(call)
                }
            }
            return calls
        }
        if !turnedAway.isEmpty { deliver(turnedAway.map { ($0, answering.notMade) }) }
        return calls
    }

    @inlinable
    func run(_ calls: [Call]) async {
        guard !calls.isEmpty else { return }
        let open = Mutex(OpenCalls(count: calls.count))
        let take: Answers<Answer> = { [self] answers in
            accept(answers, calls, open.withLock { $0.close(answers.map(\.0)) })
        }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { [perform] in
                await perform(calls, take)
                return true
            }
            group.addTask { [settings] in
                try? await Task.sleep(for: settings.timeout)
                return false
            }
            _ = await group.next()
            group.cancelAll()
        }
        let lost = open.withLock { $0.closeRest() }
        if !lost.isEmpty {
            let isFirst = Array(repeating: true, count: lost.count)
            accept(lost.map { ($0, answering.lost) }, calls, isFirst)
        }
    }

    /// Hands on the first answer to each call, and later ones, too: what the outside says late is
    /// still true. Only the first counts for the breaker.
    @inlinable
    func accept(_ answers: [(Int, Answer)], _ calls: [Call], _ isFirst: [Bool]) {
        var succeeded = 0
        var failed = 0
        for (answer, isFirst) in zip(answers, isFirst) where isFirst {
            if answering.isFailure(answer.1) { failed += 1 } else { succeeded += 1 }
        }
        let now = clock.now()
        state.withLock { $0.gate.breaker.note(succeeded: succeeded, failed: failed, at: now) }
        deliver(answers.filter { calls.indices.contains($0.0) }.map { (calls[$0.0], $0.1) })
    }
}

/// Which calls of a batch are not answered yet.
@usableFromInline
struct OpenCalls: Sendable {
    @usableFromInline var isOpen: [Bool]

    @inlinable
    init(count: Int) { isOpen = Array(repeating: true, count: count) }

    /// For each index whether this is its first answer.
    @inlinable
    mutating func close(_ indices: [Int]) -> [Bool] {
        indices.map { index in
            guard isOpen.indices.contains(index), isOpen[index] else { return false }
            isOpen[index] = false
            return true
        }
    }

    @inlinable
    mutating func closeRest() -> [Int] {
        let rest = isOpen.indices.filter { isOpen[$0] }
        for index in rest { isOpen[index] = false }
        return rest
    }
}
