// SPDX-License-Identifier: Apache-2.0
/// A node in the simulated world, with what its async shell would hold: the mailbox, the lanes to
/// the outside, the courier's place. All but the medium is lost when it dies.

import Kernel
import NodeEngine
import NodeRuntime
import Ports

/// What is fetched from the source of a log because the bus left it out.
struct Filling {
    let gap: Gap
    /// How many inputs the node had been given once all that was found was posted; nil before.
    var end: Int?
    /// The same partition was missed again meanwhile.
    var isWantedAgain = false

    func isTaken(by node: SimulatedNode) -> Bool { end.map { $0 <= node.drained } ?? false }
}

final class SimulatedNode {
    let index: Int
    let medium: Medium
    let note = SimulatedNote()
    let tap = Tap()
    /// What readers find before they look into the tables.
    var recent = SimulatedRecent()
    var clock: NodeClock
    var limits: DeskLimits

    var engine: Node?
    var store: FaultyStore?
    /// Grows with every start, so that what was meant for an earlier process finds nobody.
    var incarnation = 0
    var turns = 0
    /// Commits that came to nothing, one after the other.
    var refusals = 0

    var mailbox: ContiguousArray<Input> = []
    /// The inputs of `mailbox` before this one are taken.
    var taken = 0
    /// Inputs that were taken, and those that were posted, since the process began.
    private(set) var drained = 0
    var posted: Int { drained + mailbox.count - taken }
    var isTurnPlanned = false
    /// Inputs that no process survives, and how many each has ended.
    var killers: [InputID: Int] = [:]
    /// Facts that it had set aside when it last committed.
    var parked = 0
    /// True once an operator has let go of what was set aside here.
    var isReleased = false
    var busyUntil: Instant = 0
    var pausedUntil: Instant = 0
    /// Nothing can be written until then, or published.
    var fullUntil: Instant = 0
    var blockedUntil: Instant = 0
    var wakePlannedAt: Instant = .max
    /// When rows are to catch up with their log, since nothing else happens.
    var idleAt: Instant?
    var nextDue: Timestamp?
    /// The node's own time, which never goes back.
    var moment = Timestamp(milliseconds: 0)

    var paymentGate = LaneGate()
    var shippingGate = LaneGate()
    var mailGate = LaneGate()

    /// By role: how far its log is published.
    var publications: [(role: Int, publication: Publication)] = []
    var isCourierPlanned = false
    /// Gaps that are being filled.
    var filling: [Filling] = []

    init(index: Int, medium: Medium, clock: NodeClock, limits: DeskLimits) {
        self.index = index
        self.medium = medium
        self.clock = clock
        self.limits = limits
    }

    var isUp: Bool { engine != nil }

    /// The next inputs: at most `limit` that mean something. Beacons come by the dozen and change
    /// nothing as a rule; one a batch would leave a node with small batches nothing else to do.
    func take(_ limit: Int) -> [Input] {
        var end = taken
        var weight = 0
        while end < mailbox.count {
            if case .message(let message) = mailbox[end], message.isBeacon {
                end += 1
                continue
            }
            guard weight < limit else { break }
            weight += 1
            end += 1
        }
        let inputs = Array(mailbox[taken..<end])
        drained += end - taken
        taken = end
        if taken == mailbox.count {
            mailbox.removeAll(keepingCapacity: true)
            taken = 0
        }
        return inputs
    }

    var hasMail: Bool { taken < mailbox.count }

    /// Everything that a process holds is gone; returns the callers that nobody will answer now.
    func die() -> [Ticket] {
        let open = mailbox[taken...].compactMap { input in
            if case .submission(let submission) = input { submission.ticket } else { nil }
        }
        engine = nil
        store = nil
        incarnation += 1
        mailbox.removeAll(keepingCapacity: true)
        taken = 0
        drained = 0
        refusals = 0
        isTurnPlanned = false
        wakePlannedAt = .max
        idleAt = nil
        nextDue = nil
        moment = Timestamp(milliseconds: 0)
        paymentGate = LaneGate()
        shippingGate = LaneGate()
        mailGate = LaneGate()
        publications.removeAll()
        isCourierPlanned = false
        filling.removeAll()
        return open
    }
}
