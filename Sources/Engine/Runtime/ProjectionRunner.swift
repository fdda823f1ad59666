// SPDX-License-Identifier: Apache-2.0
/// Gives the projector its thread: wakes it when there is something to project, keeps it from
/// taking the processor from those who write, and lets readers wait for a position.

import Foundation
package import Kernel
import Logging
package import Ports
package import Projections
import Synchronization

/// The read models of a house, running. `run` returns when it has stopped.
package final class ProjectionRunner: Sendable {
    package struct Settings: Sendable {
        /// The shortest time from one batch to the next when all is projected. What is committed
        /// meanwhile comes together.
        package var interval = Span.milliseconds(20)
        /// How often the logs are looked at without being told of a commit.
        package var idleInterval = Span.milliseconds(1_000)
        /// How much of a processor catching up may take, in percent: otherwise it sleeps.
        package var catchUpPercent = 50
        /// How much the thread gives way to others (`nice`); 0 not at all.
        package var niceness = 5
        /// After a failure of the store of the read models.
        package var retryInterval = Span.milliseconds(1_000)

        package init() {}
    }

    private struct Request: Sendable {
        enum Kind: Sendable { case rebuild, resume }

        let kind: Kind
        let projection: String
        let whenDone: @Sendable () -> Void
    }

    /// Somebody who wants to read what was committed at some positions.
    private struct Waiter: Sendable {
        let projection: String
        let positions: [LogName: Int64]
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State: Sendable {
        var statuses: [ProjectionStatus] = []
        var requests: [Request] = []
        var waiters: [Int: Waiter] = [:]
        var lastWaiter = 0
        /// Whose time was over before they began to wait.
        var expired: Set<Int> = []
        var isStopping = false
        var isStopped = false

        /// What who waits for `positions` is to be told; nil while that is not known.
        func answer(_ projection: String, _ positions: [LogName: Int64]) -> Bool? {
            let status = statuses.first { $0.name == projection }
            if let status, status.hasReached(positions) { return true }
            let isHopeless = status?.state == .failed || isStopped
            return isHopeless || waiters.count > Self.waitersMax ? false : nil
        }

        /// One more is not kept waiting.
        private static let waitersMax = 10_000
    }

    private let settings: Settings
    private let clock: any Ports.Clock
    private let makeProjector: @Sendable () -> Projector
    private let state = Mutex(State())
    private let condition = TimedCondition()
    private let hasNews = Atomic(true)
    /// True while `wake` must end the thread's sleep.
    private let isAsleep = Atomic(false)

    package init(
        settings: Settings = Settings(), clock: any Ports.Clock,
        makeProjector: @escaping @Sendable () -> Projector
    ) {
        self.settings = settings
        self.clock = clock
        self.makeProjector = makeProjector
    }

    /// How the projections stand; empty before the first look at the store.
    package var statuses: [ProjectionStatus] { state.withLock { $0.statuses } }

    /// Something was committed. Costs a write to memory, and a signal when nothing was committed
    /// for a while.
    package func wake() {
        hasNews.store(true, ordering: .sequentiallyConsistent)
        guard isAsleep.load(ordering: .sequentiallyConsistent) else { return }
        isAsleep.store(false, ordering: .relaxed)
        signal()
    }

    private func signal() { condition.withLock { condition.signal() } }

    /// Begins a new generation; false when there is no projection of that name. `whenDone` is
    /// called when the store holds its beginning: only then may the request be forgotten. One that
    /// waits already is not taken twice.
    package func rebuild(
        _ name: String, whenDone: @escaping @Sendable () -> Void = {}
    ) -> Bool {
        ask(Request(kind: .rebuild, projection: name, whenDone: whenDone))
    }

    /// Lets a projection that stopped try again; false when there is none of that name.
    package func resume(
        _ name: String, whenDone: @escaping @Sendable () -> Void = {}
    ) -> Bool {
        ask(Request(kind: .resume, projection: name, whenDone: whenDone))
    }

    private func ask(_ request: Request) -> Bool {
        let isKnown = state.withLock { state in
            let name = request.projection
            guard state.statuses.contains(where: { $0.name == name }) else { return false }
            let isWaiting = state.requests.contains {
                $0.kind == request.kind && $0.projection == name
            }
            if !isWaiting { state.requests.append(request) }
            return true
        }
        if isKnown { wake() }
        return isKnown
    }

    package func stop() {
        state.withLock { $0.isStopping = true }
        signal()
    }

    /// Waits until the rows of a projection stand for `positions`, as far as it follows their logs;
    /// false when that takes longer than `patience`, whatever the thread is at, or will not happen,
    /// or the caller's task is canceled.
    package func wait(
        for projection: String, at positions: [LogName: Int64], atMost patience: Span
    ) async -> Bool {
        let (answer, number) = state.withLock { state in
            state.lastWaiter += 1
            return (state.answer(projection, positions), state.lastWaiter)
        }
        if let answer { return answer }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                try? await Task.sleep(for: .milliseconds(patience.milliseconds))
                expire(number)
            }
            let answer = await withCheckedContinuation { continuation in
                let waiter = Waiter(
                    projection: projection, positions: positions, continuation: continuation)
                begin(waiter, number)
            }
            group.cancelAll()
            await group.waitForAll()
            state.withLock { _ = $0.expired.remove(number) }
            return answer
        }
    }

    private func begin(_ waiter: Waiter, _ number: Int) {
        let answer: Bool? = state.withLock { state in
            if let answer = state.answer(waiter.projection, waiter.positions) { return answer }
            guard !state.expired.contains(number) else { return false }
            state.waiters[number] = waiter
            return nil
        }
        if let answer { waiter.continuation.resume(returning: answer) } else { wake() }
    }

    private func expire(_ number: Int) {
        let waiter = state.withLock { state in
            state.expired.insert(number)
            return state.waiters.removeValue(forKey: number)
        }
        waiter?.continuation.resume(returning: false)
    }

    /// Runs on a thread of its own until `stop`.
    package func run() async throws {
        let logger = Logger.current
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let thread = Thread { [self] in
                loop(logger)
                continuation.resume()
            }
            thread.name = "projections"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private func loop(_ logger: Logger) {
        Niceness.set(settings.niceness)
        let projector = makeProjector()
        var isOpen = false
        var isBroken = false
        while !state.withLock({ $0.isStopping }) {
            hasNews.store(false, ordering: .relaxed)
            let begun = ContinuousClock.now
            var pause = settings.interval
            var isDone = false
            do throws(ViewFailure) {
                if !isOpen { try projector.open() }
                isOpen = true
                try takeRequests(projector)
                isDone = try !projector.step(at: clock.now())
                if !isDone { pause = rest(after: ContinuousClock.now - begun) }
                if isBroken { logger.notice("projection store usable again") }
                isBroken = false
            } catch {
                isOpen = false
                pause = settings.retryInterval
                if !isBroken {
                    logger.error(
                        "projection store not usable, will be retried",
                        metadata: ["failure": "\(error)"])
                }
                isBroken = true
            }
            projector.checkLag(at: clock.now())
            show(projector, logger)
            wait(pause, endsWithNews: false)
            // What somebody waits for is looked for at every interval.
            if isDone && state.withLock({ $0.waiters.isEmpty }) {
                wait(settings.idleInterval, endsWithNews: true)
            }
        }
        end()
    }

    private func takeRequests(_ projector: Projector) throws(ViewFailure) {
        // A request that failed is made again once the store can be used.
        while let request = state.withLock({ $0.requests.first }) {
            switch request.kind {
            case .rebuild: _ = try projector.rebuild(request.projection)
            case .resume: _ = projector.resume(request.projection)
            }
            request.whenDone()
            state.withLock { _ = $0.requests.removeFirst() }
        }
    }

    /// How long to sleep after so much work, while more is waiting.
    private func rest(after worked: Duration) -> Span {
        let percent = max(1, min(settings.catchUpPercent, 100))
        let share = Double(100 - percent) / Double(percent)
        return .milliseconds(Int64(Self.seconds(worked) * 1_000 * share))
    }

    private func show(_ projector: Projector, _ logger: Logger) {
        let statuses = projector.statuses
        let answered = state.withLock { state in
            state.statuses = statuses
            var answered: [(CheckedContinuation<Bool, Never>, Bool)] = []
            for (number, waiter) in state.waiters {
                guard let answer = state.answer(waiter.projection, waiter.positions) else {
                    continue
                }
                state.waiters[number] = nil
                answered.append((waiter.continuation, answer))
            }
            return answered
        }
        for (continuation, answer) in answered { continuation.resume(returning: answer) }
        for notice in projector.takeNotices() { Self.log(notice, logger) }
    }

    private static func log(_ notice: ProjectionNotice, _ logger: Logger) {
        let metadata = notice.details.mapValues { Logger.MetadataValue.string($0) }
        let level: Logger.Level = notice.level == .error ? .error : .notice
        logger.log(level: level, "\(notice.message)", metadata: metadata)
    }

    /// Sleeps for `span`; a stop ends it, and news do if they are to.
    private func wait(_ span: Span, endsWithNews: Bool) {
        let end = ContinuousClock.now + .milliseconds(span.milliseconds)
        var isOver = false
        while !isOver {
            let left = Self.seconds(end - ContinuousClock.now)
            // Whoever wakes the thread takes the lock first: nothing comes between look and wait.
            condition.withLock {
                if endsWithNews { isAsleep.store(true, ordering: .sequentiallyConsistent) }
                let hasReason = endsWithNews && hasNews.load(ordering: .sequentiallyConsistent)
                isOver = left <= 0 || hasReason || state.withLock { $0.isStopping }
                if !isOver { condition.wait(atMost: left) }
            }
        }
        isAsleep.store(false, ordering: .relaxed)
    }

    private static func seconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    private func end() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiting { waiter.continuation.resume(returning: false) }
    }
}
