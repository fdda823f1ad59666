// SPDX-License-Identifier: Apache-2.0
/// What operators do, what happens to machines, and the end of all faults.

import Contracts
import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceModel

/// A node whose place another one has taken, and that does not know it yet.
struct Ghost {
    let engine: Node
    let store: FaultyStore
    let inputs: [Input]
    let node: Int
    let moment: Timestamp
}

extension World {
    func operate(_ index: Int, phase: Int, incarnation: Int) {
        let operation = plan.operations[index]
        guard operation.node < nodes.count else { return }
        let node = nodes[operation.node]
        note("operator: \(operation.kind) node \(operation.node)")
        marks.hit(operation.kind)
        switch operation.kind {
        case .kill: if node.isUp { restart(node, after: max(operation.length, .millisecond)) }
        case .upgrade: upgrade(node, operation.amount)
        case .pause: node.pausedUntil = max(node.pausedUntil, now + operation.length)
        case .takeover: takeOver(node, operation.length)
        case .rebuild: rebuild(node)
        case .jump:
            node.clock.jump(by: Int64(operation.amount) * Int64(Instant.minute), at: now)
            if node.isUp { planTurn(node) }
        case .full: node.fullUntil = max(node.fullUntil, now + operation.length)
        case .block: node.blockedUntil = max(node.blockedUntil, now + operation.length)
        case .providerDown: provider.downUntil = max(provider.downUntil, now + operation.length)
        case .carrierDown: carrier.downUntil = max(carrier.downUntil, now + operation.length)
        case .rebuildViews: rebuildViews()
        }
    }

    /// A new version begins where the old one ended: with other knobs, on the same store.
    private func upgrade(_ node: SimulatedNode, _ amount: Int) {
        guard node.isUp else { return }
        node.limits.frameRecords = amount
        node.limits.frameBytes = amount << 8
        node.limits.restingRows = amount
        node.limits.lagEvents = Int64(amount)
        node.limits.cachedEntities = amount
        restart(node, after: .second)
    }

    /// The old process hangs while another one opens its store; later it goes on as if nothing was.
    private func takeOver(_ node: SimulatedNode, _ length: Instant) {
        guard let engine = node.engine, let store = node.store else { return }
        let ghost = Ghost(
            engine: engine, store: store, inputs: node.mailbox.inputs,
            node: node.index, moment: look(node))
        restart(node, after: .millisecond)
        queue.add(.zombie, at: now + length + .second, slot: ghosts.put(ghost))
    }

    /// Whatever a fenced node does must come to nothing.
    func resume(ghost slot: Int) {
        let ghost = ghosts.take(slot)
        // Should the successor never have opened the store, nothing fences its ancestor.
        guard let epoch = try? nodes[ghost.node].medium.reader.contents().epoch,
            epoch > ghost.engine.epoch
        else { return }
        ghost.store.next = .works
        ghost.store.note = nil
        ghost.store.isFull = false
        nodes[ghost.node].note.poisonPerMillion = 0
        ghost.store.forgetLast()
        let turn = ghost.engine.turn(
            ghost.inputs + strayOrder(for: ghost), at: ghost.moment,
            seed: UInt64(slot))
        if let last = ghost.store.last, last != .fenced {
            breach("Q5", "node \(ghost.node) wrote after another one took its place: \(last)")
        }
        if turn.outcome == .fenced { marks.hit(.fenced) }
        // What it had heard before is forgotten with it.
        nodes[ghost.node].tap.drain { _ in
            breach("Q5", "node \(ghost.node) made facts after another one took its place")
        }
    }

    /// Somebody still sends to the old process: an order that nobody has asked for yet.
    private func strayOrder(for ghost: Ghost) -> [Input] {
        guard let client = clients.firstIndex(where: { $0.place.sent == 0 }),
            let submission = submission(client, .place, attempt: 0, noise: 1),
            placement.places[submission.role].node == ghost.node
        else { return [] }
        return [.submission(submission.submission)]
    }

    /// Throws away every row that is made from the log; the next start makes them again.
    private func rebuild(_ node: SimulatedNode) {
        guard node.isUp else { return }
        restart(node, after: .second)
        let store = overrides.store(node.medium.owner())
        do {
            var batch = Batch(epoch: try store.open().epoch)
            for role in placement.rolesByNode[node.index].map({ placement.roles[$0] }) {
                for table in role.module.tables.map({ "\($0)_\(role.log.shard)" }) {
                    batch.rows += try store.rows(
                        in: table, after: nil, isDueOnly: false, limit: .max
                    ).map { RowChange(table: table, key: $0.key, value: nil) }
                }
                batch.rows.append(
                    RowChange(
                        table: World.checkpointsTable, key: Array(role.log.description.utf8),
                        value: nil))
            }
            _ = store.commit(batch)
        } catch {
            breach("Q1", "node \(node.index) can't be rebuilt: \(error)")
        }
    }

    /// Where nodes keep how far their rows have come.
    private static let checkpointsTable = "checkpoints"

    // MARK: The second phase

    /// Nothing goes wrong any more: from here on everything must come to rest.
    func heal() {
        note("all faults end")
        isHealed = true
        healedAt = now
        faults.isHealed = true
        provider.downUntil = 0
        carrier.downUntil = 0
        queue.add(.livenessCheck, at: now)
        wakeReaders()
        for node in lineup {
            node.clock.correct(at: now)
            node.pausedUntil = 0
            node.fullUntil = 0
            node.blockedUntil = 0
            guard node.isUp else { continue }
            if let engine = node.engine, engine.runners.contains(where: \.parking.isHolding) {
                release(node)
            } else {
                planTurn(node)
                wakePublisher(node)
            }
        }
    }

    /// An operator lets everything that was set aside be taken again.
    func release(_ node: SimulatedNode) {
        node.isReleased = true
        restart(node, after: .second)
        node.note.left = nil
        do {
            let (facts, deaths) = try Parking.release(in: node.medium.owner())
            if facts > 0 { marks.hit(.parkedReleased) }
            if deaths > 0 { marks.hit(.deathsForgotten) }
        } catch {
            breach("E9", "what node \(node.index) set aside can't be released: \(error)")
        }
    }

    /// The queue is empty: was everything done that should be?
    func conclude() {
        guard breaches.isEmpty else { return }
        for node in nodes where !node.isUp {
            breach("L1", "node \(node.index) is not up at the end")
        }
        for client in clients where client.place.answer == nil {
            breach("L1", "client \(client.plan.number) was never answered")
            return
        }
        if countsLeft > 0 { return breach("L1", "\(countsLeft) counts were never answered") }
        if requestsLeft > 0 {
            return breach("L1", "\(requestsLeft) requests were never answered")
        }
        for node in lineup {
            measureCallers(of: node)
            measureWorkers(of: node)
        }
        lookAtTheEnd()
        checker.ended(standstill(isEnd: true))
    }

    /// Everything that is stored, and the books of those outside. Every node was started before.
    package func standstill(isEnd: Bool) -> Standstill {
        Standstill(
            nodes: lineup.map { node in
                (placement.rolesByNode[node.index].map { placement.roles[$0] }, node.medium.reader)
            },
            carried: placement.roles.indices.filter { role in
                placement.subscribers[role].contains(true)
            }.map { placement.roles[$0].log },
            provider: provider, carrier: carrier, mail: mail, at: now, isEnd: isEnd,
            reading: readStandstill())
    }

    /// After the end: turns one stored bit, and says whether there was one to turn.
    package func rot(_ draw: UInt64) -> Bool {
        nodes[Int(draw % UInt64(nodes.count))].medium.rot?(draw >> 3) ?? false
    }
}

extension Node {
    /// How many facts are set aside.
    var parked: Int { runners.reduce(0) { $0 + $1.parking.count } }
}

extension Parking {
    /// Somebody has to let go of something before everything can come to rest.
    var isHolding: Bool { count > 0 || !deaths.isEmpty }
}
