// SPDX-License-Identifier: Apache-2.0
/// One worker for each service that calls the outside: from owed effects to calls, and from answers
/// to commands.

import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceLifecycle
import ServiceModel

struct Workers: Sendable {
    private let all: [any BoundWorker]

    init(
        _ modules: [ServiceModule], ports: OutsidePorts, clock: any Ports.Clock, timeout: Duration
    ) {
        all = modules.compactMap { module in
            module.effects.map { bind in
                Self.worker(bind(ports), clock: clock, timeout: timeout)
            }
        }
    }

    private static func worker(
        _ binding: some EffectBinding, clock: any Ports.Clock, timeout: Duration
    ) -> any BoundWorker {
        EffectWorkerOfBinding(binding, clock: clock, timeout: timeout)
    }

    /// Couples each worker with the nodes that owe its calls, and tells those their credit.
    func connect(_ nodes: [RunningNode]) {
        for worker in all { worker.connect(nodes) }
    }

    var services: [any ServiceLifecycle.Service] {
        all.map { worker in Looping(worker.name) { await worker.run() } }
    }

    /// How the calls of a service stand, for one operation.
    struct Status: Sendable {
        let service: String
        let operation: String
        let breaker: String
        let underWay: Int
    }

    var status: [Status] { all.flatMap(\.status) }
}

/// A worker with what binds it to its service.
private protocol BoundWorker: Sendable {
    var name: String { get }
    var status: [Workers.Status] { get }
    func connect(_ nodes: [RunningNode])
    func run() async
}

private struct EffectWorkerOfBinding<Binding: EffectBinding>: BoundWorker {
    typealias S = Binding.S

    let binding: Binding
    let worker: EffectWorker<S.Effect, Binding.Answer>

    var name: String { S.name }

    init(_ binding: Binding, clock: any Ports.Clock, timeout: Duration) {
        var settings = EffectSlots<S.Effect>.Settings()
        settings.timeout = .milliseconds(
            timeout.components.seconds * 1_000
                + timeout.components.attoseconds / 1_000_000_000_000_000)
        if binding.takesOneBatchAtATime { settings.takeOneBatchAtATime() }
        self.binding = binding
        worker = EffectWorker(
            S.name, operations: S.operations, settings: settings, clock: clock,
            answering: .init(lost: binding.lost, isFailure: { binding.isFailure($0) }),
            perform: { await binding.perform($0, $1) })
    }

    func connect(_ nodes: [RunningNode]) {
        for node in nodes {
            guard let runner = node.runner(of: S.name) else { continue }
            let host = node.host
            let source = worker.connect(runner: runner) { [binding] answers, reports in
                host.post(
                    answers.map { call, answer in
                        let command = binding.command(for: answer, to: call)
                        return .submission(Self.submission(runner, command))
                    } + reports.map { .slots($0) })
            }
            let outlet = NodeHost.EffectOutlet { [worker] in worker.start($0, from: source) }
            host.connect { $0.workers[runner] = outlet }
            binding.listen { commands in
                host.post(commands.map { .submission(Self.submission(runner, $0)) })
            }
        }
        worker.open()
    }

    func run() async { await worker.run() }

    var status: [Workers.Status] {
        worker.status.map {
            Workers.Status(
                service: S.name, operation: $0.operation, breaker: $0.breaker.name,
                underWay: $0.underWay)
        }
    }

    private static func submission(_ runner: Int, _ command: S.Rules.Command) -> Submission {
        Submission(runner: runner, command: command, principal: .house)
    }
}
