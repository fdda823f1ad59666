// SPDX-License-Identifier: Apache-2.0
/// The workers that call the outside: their slots, queue, credit, time limits and breakers are the
/// house's own code, driven by the world's queue instead of tasks.

import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import NotificationsService
import PaymentsService
import Ports
import ServiceModel
import ShippingService

/// Where the answer to a call goes: its place in a batch of a process's worker.
struct CallPlace {
    let node: Int
    let incarnation: Int
    let batch: Int
    let index: Int

    /// The same call, whose answer nobody hears.
    var unheard: CallPlace { CallPlace(node: node, incarnation: -1, batch: batch, index: index) }
}

/// The workers of a process, by number.
enum SimulatedWorkers {
    static let payments = 0
    static let shipping = 1
    static let mails = 2
}

/// A worker of one process. An object, since it is changed in place a few times for each call: a
/// value behind a key path cost a sixth of a world.
final class SimulatedWorker<Call: Sendable> {
    /// Among `SimulatedWorkers`.
    let number: Int
    var slots: EffectSlots<Call>
    /// Calls that are under way, by batch: nil where the answer came.
    private(set) var batches: [Int: [Call?]] = [:]
    /// Attempts that were recorded for this process, and those of them whose call has left it.
    private(set) var recorded = 0
    private(set) var left = 0
    /// Calls that nobody has answered yet.
    private(set) var unanswered = 0
    let operations: Int
    /// When the world looks after the breakers again.
    var wakePlannedAt: Timestamp?
    /// When it looks for calls whose time is up.
    var timeoutPlannedAt: Timestamp?

    init(_ number: Int, operations: [String], _ settings: EffectSlots<Call>.Settings) {
        self.number = number
        self.operations = operations.count
        slots = EffectSlots(operations: operations, settings: settings)
        _ = slots.connect(runner: 0)
    }

    func take(_ effects: [StartedEffect], at now: Timestamp) {
        recorded += effects.count
        slots.take(effects, from: 0, at: now)
    }

    func nextBatch(at now: Timestamp) -> EffectBatch<Call>? {
        guard let batch = slots.nextBatch(at: now) else { return nil }
        batches[batch.number] = batch.calls.map { $0 }
        left += batch.calls.count
        unanswered += batch.calls.count
        return batch
    }

    /// The call never left the house.
    func refuse(_ place: CallPlace, at now: Timestamp) {
        left -= 1
        slots.note([(place.index, true)], to: place.batch, at: now)
        answer(place)
    }

    /// The answer came; true when it was the last of its batch.
    func hear(_ place: CallPlace) -> Bool {
        guard answer(place) else { return false }
        return batches[place.batch]?.allSatisfy { $0 == nil } ?? false
    }

    /// True for the first answer to a call.
    @discardableResult
    private func answer(_ place: CallPlace) -> Bool {
        guard let index = batches.index(forKey: place.batch),
            batches.values[index][place.index] != nil
        else { return false }
        batches.values[index][place.index] = nil
        unanswered -= 1
        return true
    }

    /// The batch is over; the calls at `indices` were never answered.
    func end(_ batch: Int, _ indices: [Int]) -> [Call] {
        guard let calls = batches.removeValue(forKey: batch) else { return [] }
        unanswered -= calls.count { $0 != nil }
        return indices.compactMap { calls[$0] }
    }
}

extension World {
    /// What a worker waits for an answer.
    static let callTimeout = 10 * Instant.second

    /// The time by which workers go: no clock's, since they count what has passed.
    private var elapsed: Timestamp { Timestamp(milliseconds: Int64(now / .millisecond)) }

    /// Effects of a turn that is durable.
    func startEffects(_ node: SimulatedNode, _ effects: [StartedEffect]) {
        guard !effects.isEmpty else { return }
        for effect in effects {
            digest.note(UInt64(effect.runner) << 8 ^ (effect.isRetry ? 1 : 0))
        }
        for (runner, role) in placement.rolesByNode[node.index].enumerated() {
            let mine = effects.filter { $0.runner == runner }
            guard !mine.isEmpty else { continue }
            switch placement.roles[role].log.service {
            case Payments.name: start(node, mine, node.payments)
            case Shipping.name: start(node, mine, node.shipping)
            case Notifications.name: start(node, mine, node.mails)
            default: preconditionFailure("a service of whose calls the world knows nothing")
            }
        }
    }

    private func start<Call: Sendable>(
        _ node: SimulatedNode, _ effects: [StartedEffect], _ worker: SimulatedWorker<Call>
    ) {
        worker.take(effects, at: elapsed)
        pump(node, worker)
    }

    /// Lets the calls leave that may.
    private func pump<Call: Sendable>(_ node: SimulatedNode, _ worker: SimulatedWorker<Call>) {
        while let batch = worker.nextBatch(at: elapsed) {
            var gauge = WorkerGauge("calls that leave")
            gauge.waited = batch.waited
            checker.measured(gauge, at: now)
            for (index, call) in batch.calls.enumerated() {
                let place = CallPlace(
                    node: node.index, incarnation: node.incarnation, batch: batch.number,
                    index: index)
                if overrides.isRefusedByTheHouse, worker.unanswered > setting.slotsMax {
                    worker.refuse(place, at: elapsed)
                    fail(call)
                } else {
                    perform(call, place)
                }
            }
        }
        plan(
            .callsTimeOut, at: worker.slots.firstDeadline, &worker.timeoutPlannedAt, of: node,
            worker.number)
        measure(node, worker)
    }

    private func perform(_ call: some Sendable, _ place: CallPlace) {
        if let call = same(call, as: ProviderCall.self) {
            callProvider(overrides.providerCall(call), place)
        } else if let call = same(call, as: ParcelCall.self) {
            callCarrier(call, place)
        } else if let call = same(call, as: MessageCall.self) {
            sendMail(call, place)
        }
    }

    // MARK: Answers

    /// The house answers in the place of the outside.
    private func fail(_ call: some Sendable) {
        if let call = same(call, as: ProviderCall.self) {
            post(placement.index(of: Payments.name), Payments.command(for: .unavailable, to: call))
        } else if let call = same(call, as: ParcelCall.self) {
            post(
                placement.index(of: Shipping.name),
                Shipping.command(for: .unavailable, to: call.shipment))
        } else if let call = same(call, as: MessageCall.self) {
            post(
                placement.index(of: Notifications.name),
                Notifications.command(for: .unavailable, to: call.message))
        }
    }

    /// False when the process that asked is gone, or never was to hear.
    func hears(_ place: CallPlace) -> Bool {
        let node = nodes[place.node]
        return node.isUp && node.incarnation == place.incarnation
    }

    func noteAnswer<Call: Sendable>(
        _ place: CallPlace, _ worker: SimulatedWorker<Call>, isFailure: Bool
    ) {
        let node = nodes[place.node]
        let isLast = worker.hear(place)
        if overrides.slots != .endWithTheirBatch || isLast {
            worker.slots.note([(place.index, isFailure)], to: place.batch, at: elapsed)
        }
        if isLast { end(place.batch, node, worker) }
        report(node, worker)
    }

    /// Ends the calls of `node` whose time is up.
    func timeCallsOut(of node: SimulatedNode, _ worker: Int, _ incarnation: Int) {
        guard node.isUp, node.incarnation == incarnation else { return }
        switch worker {
        case SimulatedWorkers.payments:
            for call in endOverdue(node, node.payments) {
                note("nobody answers \(call.operation)")
                post(
                    placement.index(of: Payments.name),
                    Payments.command(for: overrides.providerAnswer(.unknown), to: call))
            }
            report(node, node.payments)
        case SimulatedWorkers.shipping:
            for call in endOverdue(node, node.shipping) {
                post(
                    placement.index(of: Shipping.name),
                    Shipping.command(for: .unknown, to: call.shipment))
            }
            report(node, node.shipping)
        default:
            for call in endOverdue(node, node.mails) {
                post(
                    placement.index(of: Notifications.name),
                    Notifications.command(for: .unavailable, to: call.message))
            }
            report(node, node.mails)
        }
    }

    private func endOverdue<Call: Sendable>(
        _ node: SimulatedNode, _ worker: SimulatedWorker<Call>
    ) -> [Call] {
        worker.slots.overdue(at: elapsed).flatMap { end($0, node, worker) }
    }

    /// Plans a look at `next`, unless the one that is planned is the same.
    private func plan(
        _ kind: Happening.Kind, at next: Timestamp?, _ planned: inout Timestamp?,
        of node: SimulatedNode, _ number: Int
    ) {
        guard let next, planned != next else { return }
        planned = next
        queue.add(
            kind, at: max(now, Instant(next.milliseconds) * .millisecond),
            subject: node.index, slot: number, turn: node.incarnation)
    }

    /// The batch is over. Returns the calls that nobody answered.
    @discardableResult
    private func end<Call: Sendable>(
        _ batch: Int, _ node: SimulatedNode, _ worker: SimulatedWorker<Call>
    ) -> [Call] {
        let lost = worker.slots.finish(batch, at: elapsed)
        return worker.end(batch, lost)
    }

    // MARK: Credit

    /// A process has begun: its workers tell the node their slots.
    func openWorkers(_ node: SimulatedNode) {
        report(node, node.payments)
        report(node, node.shipping)
        report(node, node.mails)
    }

    func wakeWorker(_ node: SimulatedNode, _ worker: Int, _ incarnation: Int) {
        guard node.isUp, node.incarnation == incarnation else { return }
        switch worker {
        case SimulatedWorkers.payments: report(node, node.payments)
        case SimulatedWorkers.shipping: report(node, node.shipping)
        default: report(node, node.mails)
        }
    }

    private func report<Call: Sendable>(_ node: SimulatedNode, _ worker: SimulatedWorker<Call>) {
        pump(node, worker)
        let service =
            switch worker.number {
            case SimulatedWorkers.payments: Payments.name
            case SimulatedWorkers.shipping: Shipping.name
            default: Notifications.name
            }
        let place = placement.places[placement.index(of: service)]
        guard place.node == node.index else { return }
        for (_, report) in worker.slots.reports(at: elapsed) {
            let told = SlotReport(
                runner: place.runner, operation: report.operation, ended: report.ended,
                endedRetries: report.endedRetries, limit: report.limit,
                retryLimit: report.retryLimit)
            post(node, .slots(overrides.report(told, worker.number)))
        }
        for change in worker.slots.takeChanges() {
            note("\(service): breaker of \(change.operation) \(change.phase.name)")
            if change.phase.name == "open" { marks.hit(.breakerOpened) }
            if change.phase.name == "closed" { marks.hit(.breakerClosed) }
        }
        plan(.workerWakes, at: worker.slots.wakeAt, &worker.wakePlannedAt, of: node, worker.number)
    }

    // MARK: Checks

    func measureWorkers(of node: SimulatedNode) {
        measure(node, node.payments)
        measure(node, node.shipping)
        measure(node, node.mails)
    }

    private func measure<Call: Sendable>(_ node: SimulatedNode, _ worker: SimulatedWorker<Call>) {
        var gauge = WorkerGauge("a worker")
        for operation in 0..<worker.operations {
            checker.measured(
                QueueGauge(
                    name: "calls under way", count: worker.slots.underWay(operation),
                    bound: setting.slotsMax), at: now)
            gauge.retries = max(
                gauge.retries, worker.slots.retriesUnderWay(operation))
        }
        gauge.recorded = worker.recorded
        gauge.left = worker.left
        gauge.queued = worker.slots.waitingCount
        gauge.taken = worker.slots.taken
        gauge.unanswered = worker.unanswered
        gauge.slots = setting.slotsMax
        checker.measured(gauge, at: now)
    }
}
