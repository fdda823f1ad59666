// SPDX-License-Identifier: Apache-2.0
/// Load for benchmarks: every connection sends its next request as soon as it has its answer, or
/// all of them together keep to a rate. All of it happens on the event loops: no task, no lock and
/// no hop between a response and the next request.

import NIOCore
import Synchronization

/// What to press a server with.
package struct LoadPlan: Sendable {
    package var settings: LoadSettings
    /// Ends after this many requests.
    package var requests: Int?
    /// Ends after this time; what is under way then is waited for.
    package var duration: Duration?
    /// Answers to this many first requests are not measured.
    package var warmUp = 0
    /// Requests a second. A request is then measured from when it was due, so that a server which
    /// stalls is charged for those that it kept from being sent. Nil: as fast as answers come.
    package var rate: Double?

    package init(
        connections: Int, requests: Int? = nil, duration: Duration? = nil, threads: Int = 1
    ) {
        settings = LoadSettings(connections: connections, threads: threads)
        self.requests = requests
        self.duration = duration
    }
}

/// What came of it.
package struct LoadReport: Sendable {
    /// Of answered requests, from sending (or from when they were due) to the last byte.
    package fileprivate(set) var latencies = LatencyHistogram()
    package fileprivate(set) var statuses: [Int: Int] = [:]
    package fileprivate(set) var failures: [LoadFailure: Int] = [:]
    /// From the first measured request to the last answer.
    package fileprivate(set) var seconds = 0.0
    fileprivate var start = NIODeadline.distantFuture

    package var answered: Int { statuses.values.reduce(0, +) }

    fileprivate mutating func add(_ other: LoadReport) {
        latencies.add(other.latencies)
        statuses.merge(other.statuses, uniquingKeysWith: +)
        failures.merge(other.failures, uniquingKeysWith: +)
        start = min(start, other.start)
    }
}

package enum LoadDriver {
    /// Called on an event loop with a request's number.
    package typealias Make = @Sendable (Int) -> LoadRequest
    /// Called on an event loop with every answer, whole. Without it bodies are not even copied.
    package typealias Observe = @Sendable (Int, Result<LoadResponse, LoadFailure>) -> Void

    /// Opens all connections, then sends `make(0)`, `make(1)` ... until the plan is fulfilled.
    package static func run(
        _ plan: LoadPlan, at target: LoadTarget, observe: Observe? = nil, make: @escaping Make
    ) async throws -> LoadReport {
        precondition(plan.requests != nil || plan.duration != nil, "a plan says when it ends")
        return try await LoadClient.with(target, plan.settings) { client in
            try await client.connectAll()
            let start = NIODeadline.now()
            var report = try await withThrowingTaskGroup(of: LoadReport.self) { tasks in
                for (index, lane) in client.lanes.enumerated() {
                    let slice = LoadSlice(index: index, of: client.lanes.count, start: start)
                    tasks.addTask {
                        try await lane.eventLoop.flatSubmit {
                            LoadDrive(lane.value, plan, slice, observe: observe, make: make).run()
                        }.get()
                    }
                }
                return try await tasks.reduce(into: LoadReport()) { $0.add($1) }
            }
            report.seconds = max(0, Double((.now() - report.start).nanoseconds) / 1e9)
            return report
        }
    }
}

/// Which of all requests one event loop sends: every `of`-th, from `index` on.
struct LoadSlice: Sendable {
    let index: Int
    let of: Int
    let start: NIODeadline
}

/// The part of a run that happens on one event loop.
private final class LoadDrive {
    private let lane: LoadLane
    private let plan: LoadPlan
    private let slice: LoadSlice
    private let make: LoadDriver.Make
    private let observe: LoadDriver.Observe?
    private let end: NIODeadline
    private let promise: EventLoopPromise<LoadReport>

    private var next: Int
    private var underWay = 0
    private var isTimerSet = false
    private var report = LoadReport()
    private var isOver = false

    init(
        _ lane: LoadLane, _ plan: LoadPlan, _ slice: LoadSlice,
        observe: LoadDriver.Observe?, make: @escaping LoadDriver.Make
    ) {
        self.lane = lane
        self.plan = plan
        self.slice = slice
        self.make = make
        self.observe = observe
        next = slice.index
        end = plan.duration.map { slice.start + TimeAmount($0) } ?? .distantFuture
        promise = lane.loop.makePromise()
    }

    func run() -> EventLoopFuture<LoadReport> {
        fill()
        return promise.futureResult
    }

    private var isDone: Bool {
        plan.requests.map { next >= $0 } ?? false || NIODeadline.now() >= end
    }

    /// What is due within one tick is sent together, at its end: a timer for each request would
    /// cost more than the request.
    private static let tick: Int64 = 500_000

    /// When the next request is due.
    private var due: NIODeadline {
        guard let rate = plan.rate else { return .distantPast }
        let ticks = (Double(next) * 1e9 / rate / Double(Self.tick)).rounded(.up)
        return slice.start + .nanoseconds(Int64(ticks) * Self.tick)
    }

    /// Sends over every free connection what is due; ends when all is sent and answered.
    private func fill() {
        while !isDone, !waitsForTimer(), let connection = lane.takeConnection() {
            send(over: connection)
        }
        guard isDone, underWay == 0, !isOver else { return }
        isOver = true
        promise.succeed(report)
    }

    /// True when nothing is due yet; then a timer is set.
    private func waitsForTimer() -> Bool {
        guard plan.rate != nil else { return false }
        let due = min(due, end)
        guard due > .now() else { return false }
        setTimer(due)
        return true
    }

    private func setTimer(_ deadline: NIODeadline) {
        guard !isTimerSet else { return }
        isTimerSet = true
        lane.loop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.isTimerSet = false
            self.fill()
        }
    }

    private func send(over connection: LoadConnection) {
        let number = next
        let dueAt = due
        next += slice.of
        underWay += 1
        connection.send(make(number), keepsBody: observe != nil) { result, startedAt in
            self.underWay -= 1
            self.count(result, number, since: self.plan.rate == nil ? startedAt : dueAt)
            self.lane.putBack(connection)
            if case .failure = result {
                // A server that is gone must not be asked in a tight loop.
                self.setTimer(.now() + .milliseconds(10))
            } else {
                self.fill()
            }
        }
    }

    private func count(
        _ result: Result<LoadResponse, LoadFailure>, _ number: Int, since start: NIODeadline
    ) {
        observe?(number, result)
        guard number >= plan.warmUp else { return }
        report.start = min(report.start, start)
        switch result {
        case .success(let response):
            let nanoseconds = max(0, (NIODeadline.now() - start).nanoseconds)
            report.latencies.record(nanoseconds: UInt64(nanoseconds))
            report.statuses[response.status, default: 0] += 1
        case .failure(let failure):
            report.failures[failure, default: 0] += 1
        }
    }
}
