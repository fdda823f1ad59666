// SPDX-License-Identifier: Apache-2.0
/// A node in the simulated world, with what its async shell would hold: the mailbox, the workers
/// that call the outside, the publisher's place. All but the medium is lost when it dies.

import Kernel
import NodeEngine
import NodeRuntime
import NotificationsService
import PaymentsService
import Ports
import ShippingService

/// Gaps of a node, from when they are seen until they are filled.
struct Gaps {
    /// What was fetched for them.
    var filled = FilledGaps()
    /// What was found for them and may still wait: how many inputs the node had been given then.
    private var found: [(gap: Gap, posted: Int64)] = []
    /// For these a fetch is under way.
    var fetching: [Gap] = []
    /// These were seen while what was found before waited to be taken.
    var seenAgain: [Gap] = []

    /// Facts were found for `gap`. Returns how many fetches of its partition wait to be taken.
    mutating func note(_ gap: Gap, in mailbox: InputQueue) -> Int {
        filled.note(gap, posted: mailbox.posted)
        found.removeAll { $0.posted <= mailbox.drained }
        found.append((gap, mailbox.posted))
        return found.count { gap.isBeside($0.gap) }
    }
}

extension Gap {
    func isBeside(_ other: Gap) -> Bool { partition == other.partition && log == other.log }
}

final class SimulatedNode {
    let index: Int
    let medium: Medium
    let note = SimulatedNote()
    let tap = Tap()
    /// What readers find before they look into the tables.
    var recent = SimulatedRecent()
    var clock: NodeClock
    var limits: ServiceRunnerLimits

    var engine: Node?
    var store: FaultyStore?
    /// Grows with every start, so that what was meant for an earlier process finds nobody.
    var incarnation = 0
    var turns = 0
    var deaths = 0
    /// Commits that came to nothing, one after the other.
    var refusals = 0

    var mailbox: InputQueue
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
    /// What its process goes by; nil when there is none.
    var time: TrustedTime?
    /// The time as it was told last, and when that was.
    var moment = Timestamp(milliseconds: 0)
    var lookedAt: Instant = 0
    /// What its clocks showed when it looked last, and since when it has seen no large jump.
    var seen = ClockReading(wall: Timestamp(milliseconds: 0), elapsed: .milliseconds(0))
    var steadySince: Instant = 0
    /// What the next process will find of what this one believes of the clock.
    var anchor: ClockReading?
    /// The greatest id of an order when the process died.
    var lastOrder: UUIDv7?

    var payments: SimulatedWorker<ProviderCall>
    var shipping: SimulatedWorker<ParcelCall>
    var mails: SimulatedWorker<MessageCall>
    private let bounds: Bounds

    /// By role: how far its log is published.
    var publications: [(role: Int, publication: Publication)] = []
    var isPublisherPlanned = false
    var gaps = Gaps()

    /// How much a node's shell takes on.
    struct Bounds {
        let mailbox: Int
        let calls: Int
        let breakerPause: Span

        var payments: SimulatedWorker<ProviderCall> {
            SimulatedWorker(0, operations: Payments.operations, settings())
        }
        var shipping: SimulatedWorker<ParcelCall> {
            SimulatedWorker(1, operations: Shipping.operations, settings())
        }
        var mails: SimulatedWorker<MessageCall> {
            var mailing: EffectSlots<MessageCall>.Settings = settings()
            mailing.takeOneBatchAtATime()
            return SimulatedWorker(2, operations: Notifications.operations, mailing)
        }

        private func settings<Call>() -> EffectSlots<Call>.Settings {
            var settings = EffectSlots<Call>.Settings()
            settings.callsMax = calls
            settings.timeout = .milliseconds(Int64(World.callTimeout / .millisecond))
            settings.breaker.pause = breakerPause
            return settings
        }
    }

    init(index: Int, medium: Medium, clock: NodeClock, limits: ServiceRunnerLimits, bounds: Bounds)
    {
        self.index = index
        self.medium = medium
        self.clock = clock
        self.limits = limits
        self.bounds = bounds
        mailbox = InputQueue(capacity: bounds.mailbox)
        payments = bounds.payments
        shipping = bounds.shipping
        mails = bounds.mails
    }

    /// Callers whose request was taken, in their order.
    var callers: [Ticket] = []

    var isUp: Bool { engine != nil }

    /// Everything that a process holds is gone; returns the callers that nobody will answer now.
    func die() -> [Ticket] {
        let waiting = mailbox.inputs.compactMap { input in
            if case .submission(let submission) = input { submission.ticket } else { nil }
        }
        let open = callers + waiting
        callers = []
        lastOrder = engine?.lastOrder ?? lastOrder
        engine = nil
        store = nil
        time = nil
        incarnation += 1
        mailbox = InputQueue(capacity: bounds.mailbox)
        refusals = 0
        isTurnPlanned = false
        wakePlannedAt = .max
        idleAt = nil
        nextDue = nil
        moment = Timestamp(milliseconds: 0)
        payments = bounds.payments
        shipping = bounds.shipping
        mails = bounds.mails
        publications.removeAll()
        isPublisherPlanned = false
        gaps = Gaps()
        return open
    }
}
