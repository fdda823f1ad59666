// SPDX-License-Identifier: Apache-2.0
/// What processes take for the time, by the house's own `TrustedTime`, and the ids that the door
/// makes, by its own `Pace`.

import Contracts
import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import OrdersService
import Ports

/// The process that gives new orders their ids. It shares a machine with the first node, and is
/// started again with it.
struct Door {
    var time: TrustedTime
    var pace: Pace
    /// The latest id of an order that is committed, in milliseconds; of orders that this process
    /// numbered, or that were committed before it began.
    var committed: Int64 = 0
    /// The low halves of the ids that it made.
    var made: Set<UInt64> = []
}

extension World {
    /// A process begins on `node`, whose engine has opened its store.
    func startTime(of node: SimulatedNode, _ engine: Node) {
        // One machine of two is another one after each start: nothing is known of its clock.
        if !hasAnchors { node.anchor = nil }
        var time = TrustedTime(at: node.clock.reading(at: now), anchor: node.anchor)
        node.moment = time.start(after: engine.moment)
        engine.start(at: node.moment)
        node.time = time
        node.lookedAt = now
        node.seen = node.clock.reading(at: now)
        node.steadySince = now
        note("node \(node.index) goes by \(node.moment)")
    }

    /// The time of the node's process.
    @discardableResult
    func look(_ node: SimulatedNode) -> Timestamp {
        let reading = node.clock.reading(at: now)
        guard let steps = node.time?.steps, let told = node.time?.read(reading) else {
            return node.moment
        }
        let jump = reading.wall.since(node.seen.wall(at: reading.elapsed)).milliseconds
        if abs(jump) > Span.minutes(5).milliseconds { node.steadySince = now }
        node.seen = reading
        let shift = (node.time?.steps ?? steps).since(steps)
        node.anchor = node.time?.believed
        let moment = overrides.time(told, reading.wall, node.moment)
        demandFlow(of: node, to: moment, isStep: shift.milliseconds != 0)
        node.moment = moment
        node.lookedAt = now
        if shift.milliseconds != 0 {
            note("node \(node.index) believes its clock and goes by \(moment)")
            marks.hit(.clockBelieved)
            node.engine?.setTime(by: shift, to: moment)
            node.nextDue = node.engine?.nextDue
        }
        return moment
    }

    private func demandFlow(of node: SimulatedNode, to moment: Timestamp, isStep: Bool) {
        let flow = TimeFlow(
            passed: Self.span(from: node.lookedAt, to: now), told: moment.since(node.moment),
            standing: isStep ? Self.span(from: node.steadySince, to: now) : nil)
        demand(flow.check)
    }

    private static func span(from start: Instant, to end: Instant) -> Span {
        .milliseconds(Int64((end - start) / .millisecond))
    }

    private func demand(_ check: (inout Findings) -> Void) {
        var findings = Findings()
        check(&findings)
        for entry in findings.entries {
            breach(entry.rule.id, entry.examples.first ?? entry.rule.promise)
        }
    }

    // MARK: Ids

    /// The door is started: it asks all nodes for their last id.
    func startDoor() {
        let reading = nodes[0].clock.reading(at: now)
        door.time = TrustedTime(at: reading, anchor: nodes[0].anchor)
        door.pace = Pace(at: door.time.moment, elapsed: reading.elapsed)
        door.made.removeAll()
        let last = nodes.compactMap { $0.engine?.lastOrder ?? $0.lastOrder }.max()
        if let last = overrides.lastID(last) {
            door.pace.raise(to: Timestamp(milliseconds: last.milliseconds + 1))
        }
    }

    /// A number for an order.
    func makeID(bucket: UInt16, entropy: UInt64) -> UUIDv7 {
        let reading = nodes[0].clock.reading(at: now)
        let told = door.pace.follow(
            door.time.read(reading), elapsed: reading.elapsed, isBounded: false)
        let moment = overrides.idTime(told, reading.wall)
        demand(
            IDOrder(made: moment.milliseconds, committed: door.committed).check)
        let id = UUIDv7(milliseconds: moment.milliseconds, bucket: bucket, entropy: entropy)
        door.made.insert(id.low)
        return id
    }

    /// An order is committed: later ones have greater ids. Of what an earlier process of the door
    /// has numbered, the next one knows only what was committed when it began.
    func noteID(of fact: any Fact) {
        guard case .placed(let placed)? = fact.of(OrderEvent.self),
            door.made.contains(placed.order.raw.low)
        else { return }
        door.committed = max(door.committed, placed.order.raw.milliseconds)
    }
}

extension Node {
    /// The greatest id of an order that there has ever been.
    var lastOrder: UUIDv7? {
        runners.filter { $0.log.service == Orders.name }
            .compactMap { $0.greatestKeys.first.flatMap { UUIDv7(bytes: $0) } }.max()
    }
}
