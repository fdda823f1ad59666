// SPDX-License-Identifier: Apache-2.0
/// The slots, the queue, the time limits and the breakers of an effect worker. A value: the worker
/// drives it from its tasks, the simulator from its event queue.

import DequeModule
public import Kernel
public import NodeEngine

/// Calls that are made together. Each has a slot of its own, which ends with its first answer.
public struct EffectBatch<Call: Sendable>: Sendable {
    public let number: Int
    public let calls: [Call]
    /// By index: the source whose node owes the call.
    public let sources: [Int]
    /// What is not answered by then counts as lost.
    public let deadline: Timestamp
    /// How long the call that waited longest has waited here.
    public let waited: Span
}

public struct EffectSlots<Call: Sendable>: Sendable {
    public struct Settings: Sendable {
        /// Calls of one operation that may be under way at once.
        public var callsMax = 2_048
        /// Calls that are handed over together.
        public var batchMax = 256
        /// Batches under way at once, for an outside that takes one after the other.
        public var batchesMax = Int.max
        /// How long the outside may take to answer a call.
        public var timeout = Span.seconds(10)
        public var breaker = Breaker.Settings()

        public init() {}

        /// For an outside that takes one batch after the other. A call waits for the batch that is
        /// under way and for the next one at most: for more its lease would not last.
        public mutating func takeOneBatchAtATime() {
            batchesMax = 1
            batchMax = max(1, min(batchMax, callsMax / 2))
            callsMax = min(callsMax, 2 * batchMax)
        }
    }

    /// How an operation stands, for operators.
    public struct Status: Sendable, Equatable {
        public let operation: String
        public let breaker: Breaker.Phase
        public let underWay: Int
    }

    private struct Waiting: Sendable {
        let call: Call
        let source: Int
        let operation: Int
        let isRetry: Bool
        let since: Timestamp
    }

    private struct Running: Sendable {
        let source: Int
        let operation: Int
        let isRetry: Bool
        /// How often the breaker had opened when the call began.
        let openings: Int
        var isOpen = true
    }

    /// What one node has under way of one operation.
    private struct Share: Sendable {
        var underWay = 0
        var retries = 0
        /// Those of them that began before the breaker opened.
        var stale = 0
        var ended = 0
        var endedRetries = 0
        var told: Limits?
    }

    /// How many calls a node may have under way, and how many of them retries.
    private struct Limits: Sendable, Equatable {
        let all: Int
        let retries: Int
    }

    private let operations: [String]
    private let settings: Settings
    private var breakers: [Breaker]
    /// By source: the node's runner, and its share of each operation.
    private var sources: [(runner: Int, shares: [Share])] = []
    private var waiting: Deque<Waiting> = []
    private var batches: [Int: [Running]] = [:]
    private var deadlines: Deque<(number: Int, at: Timestamp)> = []
    private var last = 0
    private var changes: [(operation: String, phase: Breaker.Phase)] = []
    private var isClosed = false

    public init(operations: [String], settings: Settings = Settings()) {
        self.operations = operations
        self.settings = settings
        var breaker = settings.breaker
        // With fewer slots than probes, as many probes as slots decide: more could not run.
        breaker.probes = max(1, min(breaker.probes, settings.callsMax))
        breakers = operations.map { _ in Breaker(breaker) }
    }

    /// A node whose `runner` owes such calls: nodes share the slots equally. Returns its number.
    public mutating func connect(runner: Int) -> Int {
        sources.append((runner, operations.map { _ in Share() }))
        return sources.count - 1
    }

    // MARK: Calls

    /// Takes effects of a turn of `source`'s node.
    public mutating func take(_ effects: [StartedEffect], from source: Int, at now: Timestamp) {
        for effect in effects {
            guard let call = effect.effect as? Call else { continue }
            waiting.append(
                Waiting(
                    call: call, source: source, operation: effect.operation,
                    isRetry: effect.isRetry, since: now))
        }
    }

    /// Calls that wait for the end of a batch.
    public var waitingCount: Int { waiting.count }

    /// The calls to make now; nil when there are none, or enough are under way.
    public mutating func nextBatch(at now: Timestamp) -> EffectBatch<Call>? {
        guard !waiting.isEmpty, batches.count < settings.batchesMax else { return nil }
        let taken = Array(waiting.prefix(settings.batchMax))
        waiting.removeFirst(taken.count)
        last += 1
        batches[last] = taken.map { item in
            sources[item.source].shares[item.operation].underWay += 1
            if item.isRetry { sources[item.source].shares[item.operation].retries += 1 }
            return Running(
                source: item.source, operation: item.operation, isRetry: item.isRetry,
                openings: breakers[item.operation].openings)
        }
        let deadline = now.advanced(by: settings.timeout)
        deadlines.append((last, deadline))
        return EffectBatch(
            // Closures, since a key path into a generic type is made anew each time.
            number: last, calls: taken.map { $0.call }, sources: taken.map { $0.source },
            deadline: deadline, waited: now.since(taken[0].since))
    }

    /// Answers came: only the first one to each call counts, and frees its slot.
    public mutating func note(
        _ answers: [(index: Int, isFailure: Bool)], to number: Int, at now: Timestamp
    ) {
        guard var running = batches.removeValue(forKey: number) else { return }
        var counts = Counts(repeating: (0, 0), count: operations.count)
        for answer in answers where running.indices.contains(answer.index) {
            end(&running[answer.index], isFailure: answer.isFailure, &counts)
        }
        batches[number] = running
        settle(counts, now)
    }

    /// The batch is over: what it leaves unanswered is lost. Returns the indices of those calls.
    public mutating func finish(_ number: Int, at now: Timestamp) -> [Int] {
        guard var running = batches.removeValue(forKey: number) else { return [] }
        var counts = Counts(repeating: (0, 0), count: operations.count)
        let lost = running.indices.filter { running[$0].isOpen }
        for index in lost { end(&running[index], isFailure: true, &counts) }
        settle(counts, now)
        while let first = deadlines.first, batches[first.number] == nil {
            deadlines.removeFirst()
        }
        return lost
    }

    /// When the time of the oldest batch is up; nil when none is under way.
    public var firstDeadline: Timestamp? { deadlines.first?.at }

    /// The batches whose time is up.
    public mutating func overdue(at now: Timestamp) -> [Int] {
        var numbers: [Int] = []
        while let first = deadlines.first, batches[first.number] == nil || first.at <= now {
            deadlines.removeFirst()
            if batches[first.number] != nil { numbers.append(first.number) }
        }
        return numbers
    }

    private typealias Counts = [(succeeded: Int, failed: Int)]

    private mutating func end(
        _ running: inout Running, isFailure: Bool, _ counts: inout Counts
    ) {
        guard running.isOpen else { return }
        running.isOpen = false
        let operation = running.operation
        let isStale = running.openings != breakers[operation].openings
        sources[running.source].shares[operation].underWay -= 1
        if isStale { sources[running.source].shares[operation].stale -= 1 }
        sources[running.source].shares[operation].ended += 1
        if running.isRetry {
            sources[running.source].shares[operation].retries -= 1
            sources[running.source].shares[operation].endedRetries += 1
        }
        if !isFailure {
            counts[operation].succeeded += 1
        } else if !isStale {
            counts[operation].failed += 1
        }
    }

    private mutating func settle(_ counts: Counts, _ now: Timestamp) {
        for (operation, count) in counts.enumerated() where count != (0, 0) {
            let before = breakers[operation]
            breakers[operation].note(
                succeeded: count.succeeded, failed: count.failed, at: now)
            let after = breakers[operation]
            if after.openings != before.openings { makeStale(operation) }
            if after.phase.name != before.phase.name {
                changes.append((operations[operation], after.phase))
            }
        }
    }

    private mutating func makeStale(_ operation: Int) {
        for source in sources.indices {
            let underWay = sources[source].shares[operation].underWay
            sources[source].shares[operation].stale = underWay
        }
    }

    // MARK: Credit

    /// What has changed for each source since the last time.
    public mutating func reports(at now: Timestamp) -> [(source: Int, report: SlotReport)] {
        for operation in operations.indices where breakers[operation].advance(to: now) {
            changes.append((operations[operation], breakers[operation].phase))
        }
        var reports: [(source: Int, report: SlotReport)] = []
        for source in sources.indices {
            for operation in operations.indices {
                let limits = limits(operation, of: source)
                let share = sources[source].shares[operation]
                guard share.ended > 0 || share.told != limits else { continue }
                reports.append(
                    (
                        source,
                        SlotReport(
                            runner: sources[source].runner, operation: operation,
                            ended: share.ended,
                            endedRetries: share.endedRetries, limit: limits.all,
                            retryLimit: limits.retries)
                    ))
                sources[source].shares[operation].ended = 0
                sources[source].shares[operation].endedRetries = 0
                sources[source].shares[operation].told = limits
            }
        }
        return reports
    }

    /// From now on there are no slots: nobody makes calls any more.
    public mutating func close() { isClosed = true }

    private func limits(_ operation: Int, of source: Int) -> Limits {
        let all = isClosed ? 0 : limit(operation, of: source)
        let retries = all > 0 && breakers[operation].takesRetries ? max(1, all / 2) : 0
        return Limits(all: all, retries: retries)
    }

    /// Nodes share equally, and each gets one at least.
    private func limit(_ operation: Int, of source: Int) -> Int {
        let all = breakers[operation].limit(of: settings.callsMax)
        let share = max(1, all / sources.count)
        guard case .closed = breakers[operation].phase else {
            // What began earlier is no probe, and keeps its slots until it ends.
            let all = share + sources[source].shares[operation].stale
            return min(all, max(1, settings.callsMax / sources.count))
        }
        return share
    }

    /// When a pause of a breaker ends; nil when none pauses.
    public var wakeAt: Timestamp? {
        breakers.compactMap { breaker in
            if case .open(let until) = breaker.phase { until } else { nil }
        }.min()
    }

    // MARK: For operators

    /// Breakers that changed since the last time.
    public mutating func takeChanges() -> [(operation: String, phase: Breaker.Phase)] {
        defer { changes.removeAll() }
        return changes
    }

    public var status: [Status] {
        operations.indices.map { operation in
            Status(
                operation: operations[operation], breaker: breakers[operation].phase,
                underWay: underWay(operation))
        }
    }

    /// Slots of any operation that are taken.
    public var taken: Int {
        var taken = 0
        for source in sources {
            for share in source.shares { taken += share.underWay }
        }
        return taken
    }

    public func retriesUnderWay(_ operation: Int) -> Int {
        sources.reduce(0) { $0 + $1.shares[operation].retries }
    }

    public func underWay(_ operation: Int) -> Int {
        sources.reduce(0) { $0 + $1.shares[operation].underWay }
    }
}
