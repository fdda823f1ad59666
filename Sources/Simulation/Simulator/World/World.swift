// SPDX-License-Identifier: Apache-2.0
/// A whole house and everything around it in one thread: nodes, stores, a bus, a provider, a
/// carrier, a mail server, clients and operators, on a virtual clock.

import Contracts
import Kernel
import NodeEngine
import NodeRuntime
import Ports

package final class World {
    package let plan: Plan
    let setting: Setting
    let placement: Placement
    let overrides: Overrides
    /// Whether clients look at their orders.
    package let hasReaders: Bool
    /// Whether facts become text on their way between nodes, as between processes: so it is in one
    /// world of four. Elsewhere they are handed on as they are, as between nodes of one process.
    let isWordy: Bool
    package let checker: any Checker

    package var now: Instant = 0
    var queue: EventQueue
    var faults: Faults
    package var digest = Digest()
    var trace: TraceRing
    package var marks: Marks
    package var events = 0
    package var happenings = 0
    /// By kind: how often it happened.
    private var kinds: [Int] = Array(repeating: 0, count: Happening.Kind.allCases.count)

    /// By number.
    let nodes: [SimulatedNode]
    /// The order in which the world goes through its nodes: nothing may depend on it.
    private let roll: [Int]
    package var provider: ProviderBooks
    package var carrier: CarrierBooks
    package var mail: MailBooks
    package var clients: ContiguousArray<ClientStory> = []
    /// The planned order of each id that belongs to one.
    var numbers: NumberTable
    var isHealed = false
    var healedAt: Instant = 0
    var liveness = Liveness()
    /// How often a node died, and how often in a turn, by chance.
    var deaths = 0
    var diedByChance = 0
    /// Clients that have sent their first request.
    var arrived = 0
    package private(set) var breaches: [Breach] = []

    // What is on its way.
    var replies = Slab<(caller: Caller, reply: Reply?)>()
    var calls = Slab<CallUnderWay>()
    var parcelCalls = Slab<ParcelCallUnderWay>()
    var mails = Slab<MailUnderWay>()
    var notices = Slab<ProviderNotice>()
    var updates = Slab<CarrierUpdate>()
    var deliveries = Slab<[BusMessage]>()
    var gaps = Slab<Gap>()
    var ghosts = Slab<Ghost>()
    /// Counts that were not answered yet: they are sent again until they are.
    var countsLeft = 0
    /// How often each count was said again.
    var countTries: [Int] = []
    /// Requests of workloads that were not answered yet, and how often each was sent again.
    var requestsLeft = 0
    var requestTries: [Int] = []
    /// By service, in the order of `ServiceChecks`.
    var workloads: [(any Workload)?]
    let articles: [SKU]
    let warehouses: [Warehouse]
    /// Who follows the logs; nil when nobody does.
    let readSide: ReadSide?
    /// Whether processes know what earlier ones on their machine believed of its clock.
    let hasAnchors: Bool
    var door: Door

    /// `medium` makes the place where a node keeps its data; `roll` names every node once.
    package init(
        _ plan: Plan, overrides: Overrides = Overrides(), checker: any Checker, traceLines: Int = 0,
        printing: (@Sendable (String) -> Void)? = nil, clockShift: Int64 = 0,
        roll: [Int]? = nil, medium: (Int) -> Medium = { _ in Medium() }
    ) {
        self.plan = plan
        setting = plan.setting
        placement = Placement(plan.setting)
        self.overrides = overrides
        hasReaders = Self.hasReaders(plan)
        isWordy = SplitMix.mix(plan.seed ^ 0x74_6578_74) % 8 == 0
        self.checker = checker
        queue = EventQueue(tieSeed: plan.noise)
        faults = Faults(plan)
        trace = TraceRing(
            capacity: max(1, traceLines), isOn: traceLines > 0 || printing != nil,
            printed: printing)
        marks = Marks()
        workloads = Self.workloads(of: plan)
        let count = plan.orders.count
        provider = ProviderBooks(
            window: Instant(plan.setting.keyWindowHours) * .hour, capacity: count)
        carrier = CarrierBooks(capacity: count)
        mail = MailBooks(capacity: count)
        numbers = NumberTable(capacity: count * 8)
        articles = (0..<plan.setting.articles).compactMap { SKU("s\($0)") }
        warehouses = (0..<plan.setting.warehouses).compactMap { Warehouse("w\($0)") }
        for order in plan.orders { clients.append(ClientStory(order)) }
        self.roll = roll ?? Array(0..<plan.setting.nodes)
        nodes = self.roll.map { Self.node($0, of: plan, overrides, medium($0), clockShift) }
            .sorted { $0.index < $1.index }
        readSide = plan.setting.viewFacts > 0 ? ReadSide(plan, placement, nodes, overrides) : nil
        hasAnchors = SplitMix.mix(plan.seed ^ 0x616e_6368) % 2 == 0
        let reading = nodes[0].clock.reading(at: 0)
        door = Door(
            time: TrustedTime(at: reading),
            pace: Pace(at: reading.wall, elapsed: reading.elapsed))
        planBeginning()
    }

    private static func node(
        _ index: Int, of plan: Plan, _ overrides: Overrides, _ medium: Medium, _ shift: Int64
    ) -> SimulatedNode {
        var stream = RandomStream(seed: plan.seed, "clock", UInt64(index))
        let skew = plan.setting.skewMilliseconds
        let drift = plan.setting.driftPerMillion
        let offset = skew == 0 ? 0 : (stream.within(0...2 * skew) - skew) * 1_000_000
        let clock = NodeClock(
            offset: Int64(offset),
            drift: drift == 0 ? 0 : Int64(stream.within(0...2 * drift) - drift), shift: shift)
        return SimulatedNode(
            index: index, medium: medium, clock: clock, limits: plan.setting.runnerLimits,
            bounds: .init(
                mailbox: overrides.bound(plan.setting.mailboxMax),
                calls: overrides.bound(plan.setting.slotsMax),
                breakerPause: overrides.breakerPause))
    }

    /// All nodes, in the order in which the world goes through them.
    var lineup: some Sequence<SimulatedNode> { roll.lazy.map { self.nodes[$0] } }

    private func planBeginning() {
        for node in lineup { queue.add(.opened, at: 0, subject: node.index) }
        for index in plan.counts.indices {
            queue.add(.count, at: plan.counts[index].at, subject: index)
        }
        for index in plan.operations.indices {
            queue.add(.operation, at: plan.operations[index].at, subject: index)
        }
        if let first = plan.orders.first {
            queue.add(.clientActs, at: first.at, subject: 0, slot: ClientAct.arrive.rawValue)
        }
        queue.add(.heal, at: plan.healsAt)
        countsLeft = plan.counts.count
        countTries = plan.counts.map { _ in 0 }
        planRequests()
    }

    /// How many nodes may have died by chance so far.
    var deathsMax: Int { 1 + setting.deathsMax * arrived / max(1, clients.count) }

    /// Beyond these the world is taken for one that never comes to rest.
    private var happeningsMax: Int { 500_000 + 3_000 * plan.orders.count }
    private var timeMax: Instant { healedAt + 40 * .day }

    /// Plays until nothing is left to happen, or something is wrong.
    package func run() {
        while let happening = queue.next() {
            now = happening.at
            happenings += 1
            kinds[Int(happening.kind.rawValue)] += 1
            digest.note(happening)
            handle(happening)
            if !breaches.isEmpty || !checker.breaches.isEmpty { return finish() }
            if happenings > happeningsMax || (isHealed && now > timeMax) {
                breach("L1", "nothing comes to rest: \(busiest)")
                return finish()
            }
        }
        conclude()
        finish()
    }

    /// How often things of `kind` happened.
    func count(of kind: Happening.Kind) -> Int { kinds[Int(kind.rawValue)] }

    /// What happened most often, for whoever wonders why there is no end.
    package var busiest: String {
        zip(Happening.Kind.allCases, kinds).sorted { $0.1 > $1.1 }.prefix(5)
            .map { "\($0.1) × \($0.0)" }.joined(separator: ", ")
    }

    private func finish() { breaches += checker.breaches }

    private func handle(_ happening: Happening) {
        let subject = Int(happening.subject)
        let slot = Int(happening.slot)
        let turn = Int(happening.turn)
        switch happening.kind {
        case .turn: turnIfMeant(nodes[subject], turn)
        case .wake: wake(nodes[subject], turn)
        case .opened: open(nodes[subject])
        case .zombie: resume(ghost: slot)
        case .clientActs: act(subject, slot)
        case .clientHears: hear(slot)
        case .clientGivesUp: giveUp(subject, slot, attempt: turn)
        case .providerHears: providerHears(slot)
        case .houseHearsProvider: houseHearsProvider(slot)
        case .notice: deliverNotice(slot, tries: turn)
        case .carrierHears: carrierHears(slot)
        case .houseHearsCarrier: houseHearsCarrier(slot)
        case .parcelMoves: moveParcel(slot)
        case .update: deliverUpdate(slot)
        case .mailerHears: mailerHears(slot)
        case .houseHearsMailer: houseHearsMailer(slot)
        case .callsTimeOut: timeCallsOut(of: nodes[subject], slot, turn)
        case .livenessCheck: checkLiveness()
        case .workerWakes: wakeWorker(nodes[subject], slot, turn)
        case .publisher: runPublisher(nodes[subject], turn)
        case .busDelivers: deliver(slot, to: nodes[subject])
        case .fill: fill(slot, for: nodes[subject], turn)
        case .count: sendCount(subject)
        case .request: sendRequest(subject)
        case .project: project(incarnation: turn)
        case .readPage: readPage()
        case .operation: operate(subject, phase: slot, incarnation: turn)
        case .heal: heal()
        }
    }

    // MARK: Saying

    func breach(_ invariant: String, _ what: String) {
        breaches.append(Breach(invariant, what, at: now))
        note("BREACH \(invariant): \(what)")
    }

    /// A line of the trace; made only when somebody reads it.
    @inline(__always)
    func note(_ line: @autoclosure () -> String) {
        if trace.isOn { trace.note("\(clockText(now)) \(line())") }
    }

    package var traceLines: [String] { trace.latest }

    /// A delay around `base`: the usual one when there is no noise.
    func delay(_ base: Int, microseconds noise: UInt64) -> Instant {
        let usual = Instant(base) * .microsecond
        return noise == 0 ? usual : usual / 2 + noise % (usual + 1)
    }

    package var tolls: [(kind: FaultKind, count: Int)] {
        FaultKind.allCases.enumerated().compactMap { index, kind in
            faults.toll[index] > 0 ? (kind, faults.toll[index]) : nil
        }
    }

    package var happenedFaults: [Fault] { faults.happened }
}

/// A moment as people read it: days, hours, minutes, seconds with microseconds.
package func clockText(_ instant: Instant) -> String {
    func padded(_ number: UInt64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let seconds = instant / .second
    let days = seconds / 86_400
    return (days > 0 ? "\(days)d " : "") + padded(seconds / 3_600 % 24, 2) + ":"
        + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2) + "."
        + padded(instant % .second / .microsecond, 6)
}
