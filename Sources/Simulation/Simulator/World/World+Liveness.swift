// SPDX-License-Identifier: Apache-2.0
/// A bound in time: what must have happened a minute after faults have ended. The waits that belong
/// to the trade have no part in it: a parcel on its way, a reminder, a carrier that is asked later.

import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import Ports

/// What was seen since faults have ended and all nodes are up.
struct Liveness {
    /// The oldest call of each operation: since when it is that one, and how long its next attempt
    /// may lie ahead.
    var owed: [String: (oldest: Timestamp, at: Instant, pause: Instant)] = [:]
    /// How far logs went when they were last looked at, when that was, and how often nodes may have
    /// written by then.
    var ends: (at: Instant, writes: Int, progress: Progress)?
    /// Everything was heard that there is after so many writes.
    var settled: Int?
}

extension World {
    /// Once faults have ended, nothing waits for the house for longer.
    static let waitMax = Instant.minute

    /// Looks again and again, as long as anything else is going to happen.
    func checkLiveness() {
        // A machine that was lost while there were faults may come back late; and a node that has
        // more to take than one turn may is busy, for as long as that takes it.
        if nodes.allSatisfy({ $0.isUp && $0.mailbox.answers <= setting.batchMax }) {
            checkOwed()
            checkHearing()
        } else {
            liveness = Liveness()
        }
        guard !queue.isEmpty else { return }
        let isEarly = now - healedAt < 10 * Self.waitMax
        queue.add(.livenessCheck, at: now + (isEarly ? Self.waitMax / 4 : 5 * Self.waitMax))
    }

    /// Who still owes a call for so long has forgotten it. Clocks may still be set: what counts is
    /// for how long the same call has been the oldest.
    private func checkOwed() {
        for node in lineup {
            guard let engine = node.engine else { continue }
            for runner in engine.runners {
                for calls in runner.owedCalls(at: node.moment) {
                    guard let oldest = calls.oldest else { continue }
                    check(runner.log, calls, oldest, at: node.moment)
                }
            }
        }
    }

    private func check(
        _ log: LogName, _ calls: OwedCalls, _ oldest: Timestamp, at moment: Timestamp
    ) {
        let name = "\(log) \(calls.operation)"
        guard let seen = liveness.owed[name], seen.oldest == oldest else {
            // What the mailer failed for long is tried ever less often.
            let age = Instant(max(0, moment.since(oldest).milliseconds)) * .millisecond
            let pause = log.service == "notifications" ? age / 20 : 0
            liveness.owed[name] = (oldest, now, pause)
            return
        }
        guard now - seen.at > Self.waitMax + seen.pause + lineMax else { return }
        breach("L1", "\(log) owes \(calls.count) × \(calls.operation) since \(oldest)")
    }

    /// Where calls have few slots, what all orders want may stand in line before them, with a few
    /// mails each. Every call has its turn once those before it were answered; retries have half of
    /// the slots.
    private var lineMax: Instant {
        let turns = 4 * clients.count / max(1, setting.slotsMax / 2)
        return Instant(turns * setting.callMicroseconds) * .microsecond
    }

    /// A slow bus takes its time: to publish, to carry, to find a gap and to fill it.
    private var hearingMax: Instant {
        let passage =
            Instant(setting.publisherMilliseconds) * .millisecond
            + Instant(setting.busMicroseconds + setting.commitMicroseconds) * .microsecond
        return Self.waitMax + 6 * passage
    }

    /// Whatever was logged a minute ago is published and heard by now; what was, stays so until a
    /// node writes again.
    private func checkHearing() {
        let writes = [.turn, .publisher, .opened, .zombie].reduce(0) { $0 + count(of: $1) }
        guard liveness.settled != writes else { return }
        guard let before = liveness.ends else {
            if let progress = progress() { liveness.ends = (now, writes, progress) }
            return
        }
        guard now - before.at >= hearingMax, let progress = progress() else { return }
        liveness.ends = (now, writes, progress)
        if before.writes == writes { liveness.settled = writes }
        var findings = Findings()
        progress.check(against: before.progress, &findings)
        for entry in findings.entries {
            breach(entry.rule.id, entry.examples.first ?? entry.rule.promise)
        }
    }

    private func progress() -> Progress? {
        var progress = Progress()
        do {
            for node in lineup { try progress.readConsumers(node.medium.reader) }
            for node in lineup { try progress.readHeads(node.medium.reader) }
            return progress
        } catch {
            breach("Q2", "the cursors can't be read: \(error)")
            return nil
        }
    }
}
