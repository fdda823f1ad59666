// SPDX-License-Identifier: Apache-2.0
/// The bus between the nodes of a world: publishers publish, the bus repeats, delays, reorders and
/// loses, gaps are filled from the source. The synchronous counterpart of publishers and fillers.

import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceModel

extension World {
    private static let portionMax = 4_096
    /// Old facts that come again when a publisher has forgotten how far it was.
    private static let againMax = 256

    func wakePublisher(_ node: SimulatedNode) {
        guard nodes.count > 1, node.isUp else { return }
        planPublisher(node, after: delay(setting.busMicroseconds, microseconds: 0))
    }

    private func planPublisher(_ node: SimulatedNode, after pause: Instant) {
        guard !node.isPublisherPlanned else { return }
        node.isPublisherPlanned = true
        queue.add(
            .publisher, at: max(now + pause, node.blockedUntil), subject: node.index,
            turn: node.incarnation)
    }

    func runPublisher(_ node: SimulatedNode, _ incarnation: Int) {
        guard node.incarnation == incarnation, node.isUp else { return }
        node.isPublisherPlanned = false
        let interval = Instant(setting.publisherMilliseconds) * .millisecond
        if node.blockedUntil > now { return planPublisher(node, after: interval) }
        let decision = faults.decide(.publication, node.index)
        if decision.kind == .publishRefused {
            switch overrides.publisher {
            case .triesAgain:
                traceUnpublished(of: node)
                return planPublisher(node, after: interval)
            case .triesMuchLater: return planPublisher(node, after: .hour)
            case .givesUp:
                // Whoever wants to wake it believes that it is awake.
                node.isPublisherPlanned = true
                return
            case .movesOn: break
            }
        }
        var hasPublished = false
        do {
            for role in placement.rolesByNode[node.index] {
                let found = try publish(role, of: node, decision)
                hasPublished = hasPublished || found
            }
        } catch {
            breach("E4", "node \(node.index) can't read its own log: \(error)")
        }
        // Once all is published it waits to be woken.
        if hasPublished { planPublisher(node, after: interval) }
    }

    /// Publishes what is new in one log; true if there was anything.
    private func publish(
        _ role: Int, of node: SimulatedNode, _ decision: Faults.Decision
    ) throws -> Bool {
        let log = placement.roles[role].log
        guard placement.subscribers[role].contains(true) else { return false }
        let place = try publication(role, of: node)
        let publication = node.publications[place].publication
        if decision.kind == .publishAll {
            let all = Publication(
                log: log, codec: placement.codecs[role], partitioning: placement.partitioning)
            let portion = try all.next(from: node.medium.reader, limit: Self.againMax)
            for message in portion?.messages ?? [] {
                traceFault(message, of: role, to: nil, .publishAll)
            }
            distribute(portion?.messages ?? [], of: role)
        }
        guard let portion = try publication.next(from: node.medium.reader, limit: Self.portionMax)
        else {
            distribute(publication.beacons(epoch: node.engine?.epoch), of: role)
            return false
        }
        if decision.kind == .publishUnconfirmed {
            for message in portion.messages {
                traceFault(message, of: role, to: nil, .publishUnconfirmed)
            }
        }
        if decision.kind != .publishRefused { distribute(portion.messages, of: role) }
        if decision.kind != .publishUnconfirmed {
            node.publications[place].publication = portion.after
            post(node, .published(log, portion.after.checkpoint))
            // Also where something new is logged all the time: a partition in which nothing follows
            // shows in no other way what was lost of it.
            distribute(portion.after.beacons(epoch: nil), of: role)
        }
        return true
    }

    /// The bus takes nothing: what was to be published comes late.
    private func traceUnpublished(of node: SimulatedNode) {
        for role in placement.rolesByNode[node.index]
        where placement.subscribers[role].contains(true) {
            guard let place = try? publication(role, of: node),
                let portion = try? node.publications[place].publication.next(
                    from: node.medium.reader, limit: Self.portionMax)
            else { continue }
            for message in portion.messages {
                traceFault(message, of: role, to: nil, .publishRefused)
            }
        }
    }

    /// Where the publication of a log stands among those of its node, which has one after each
    /// start as soon as it is asked for.
    private func publication(_ role: Int, of node: SimulatedNode) throws -> Int {
        if let known = node.publications.firstIndex(where: { $0.role == role }) { return known }
        let publication = try Publication(
            resuming: placement.roles[role].log, codec: placement.codecs[role],
            partitioning: placement.partitioning, from: node.medium.reader)
        node.publications.append((role, publication))
        return node.publications.count - 1
    }

    // MARK: On the way

    func distribute(_ published: [BusMessage], of role: Int) {
        guard !published.isEmpty else { return }
        let messages = overrides.publication(isWordy ? published.map(\.asText) : published)
        checker.published(messages, at: now)
        for target in lineup where placement.subscribers[role][target.index] {
            let wanted =
                placement.partitions[target.index].map { partitions in
                    messages.filter { partitions.contains($0.partition) }
                } ?? messages
            let passage = Passage(wanted) { message in
                let decision = faults.decide(.message, target.index)
                if let kind = decision.kind {
                    traceFault(message, of: role, to: target.index, kind)
                }
                return decision
            }
            let usualDelay = delay(setting.busMicroseconds, microseconds: 0)
            for (message, pause) in passage.late {
                send([message], to: target, after: usualDelay + pause)
            }
            let usual = passage.usual
            if !usual.isEmpty {
                let noise = plan.noise.map { SplitMix.mix($0 ^ UInt64(happenings)) } ?? 0
                send(
                    usual, to: target,
                    after: delay(setting.busMicroseconds, microseconds: noise))
            }
        }
    }

    private func send(_ messages: [BusMessage], to node: SimulatedNode, after pause: Instant) {
        queue.add(
            .busDelivers, at: now + pause, subject: node.index, slot: deliveries.put(messages))
    }

    func deliver(_ slot: Int, to node: SimulatedNode) {
        let messages = deliveries.take(slot)
        guard let engine = node.engine else { return }
        for message in messages {
            guard let message = overrides.message(message, node.index) else { continue }
            // Most beacons say what is known: no node needs to run for them.
            if !message.isBeacon || engine.isNew(message) { post(node, .message(message)) }
        }
    }

    // MARK: Gaps

    /// One fetch is under way for each partition at most.
    func planFilling(_ node: SimulatedNode, _ found: [Gap]) {
        for gap in found where !node.gaps.fetching.contains(where: gap.isBeside) {
            if mayFill(node, gap) {
                node.gaps.fetching.append(gap)
                queue.add(
                    .fill, at: now + delay(setting.busMicroseconds, microseconds: 0),
                    subject: node.index, slot: gaps.put(gap), turn: node.incarnation)
            } else if !node.gaps.seenAgain.contains(where: gap.isBeside) {
                node.gaps.seenAgain.append(gap)
            }
        }
        guard !node.gaps.seenAgain.isEmpty else { return }
        for gap in node.gaps.seenAgain where mayFill(node, gap) {
            // A beacon shows what is still missing.
            if let role = placement.index(of: gap.log) {
                wakePublisher(nodes[placement.places[role].node])
            }
        }
        node.gaps.seenAgain = node.gaps.seenAgain.filter { !mayFill(node, $0) }
    }

    private func mayFill(_ node: SimulatedNode, _ gap: Gap) -> Bool {
        node.gaps.filled.mayFill(gap) { $0 <= node.mailbox.drained }
    }

    func fill(_ slot: Int, for node: SimulatedNode, _ incarnation: Int) {
        let gap = gaps.take(slot)
        guard node.isUp, node.incarnation == incarnation else { return }
        node.gaps.fetching.removeAll { $0 == gap }
        let decision = faults.decide(.filling, node.index)
        marks.hit(.gapFilled)
        guard let role = placement.index(of: gap.log) else { return }
        let source = nodes[placement.places[role].node]
        // The next beacon shows what is still missing.
        wakePublisher(source)
        guard decision.kind == nil else { return }
        do throws(StoreFailure) {
            let facts = try StoreLogSource(
                reader: source.medium.reader, codecs: [gap.log: placement.codecs[role]],
                partitioning: placement.partitioning
            ).facts(
                of: gap.log, partition: gap.partition, after: gap.after, limit: FilledGaps.factsMax)
            note("node \(node.index) gets \(facts.count) facts of \(gap.log) after \(gap.after)")
            for fact in facts { post(node, .message(isWordy ? fact.asText : fact)) }
            checker.measured(
                QueueGauge(
                    name: "fetches of one partition that wait to be taken",
                    count: node.gaps.note(gap, in: node.mailbox), bound: 1), at: now)
        } catch {
            breach("E4", "the log of \(gap.log) can't be read: \(error)")
        }
    }
}

extension BusMessage {
    /// The same message, as it leaves a process: all that is known of the fact is its text.
    fileprivate var asText: BusMessage {
        guard fact != nil, let provenance else { return self }
        return BusMessage(
            log: log, epoch: epoch, epochBase: epochBase, partition: partition,
            position: position, previous: previous, key: key, name: name, payload: payload,
            provenance: provenance)
    }
}
