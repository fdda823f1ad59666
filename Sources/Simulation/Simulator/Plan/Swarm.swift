// SPDX-License-Identifier: Apache-2.0
/// Draws a world from a seed: first which faults and features are on at all, then sizes, knobs and
/// what everybody does. Leaving things out at random finds more than having all of them always on
/// (Groce et al., "Swarm testing", ISSTA 2012).

import InventoryService
import Ports
import ServiceModel
import ServiceModules

extension Plan {
    /// The world of `seed`; `orders` says how many there are, if that is not to be drawn.
    package static func drawn(from seed: UInt64, orders: Int? = nil) -> Plan {
        var swarm = Swarm(seed)
        var plan = Plan(seed: seed, setting: swarm.setting())
        plan.noise = SplitMix.mix(seed ^ 0x6e6f_6973_65)
        plan.orders = swarm.orders(orders, plan.setting)
        // The more are open, the more there is to do again after each death.
        let opening = plan.orders.count + 1
        plan.setting.deathsMax = min(plan.setting.deathsMax, 1 + 2_000 / opening)
        // Each poisonous input ends three processes, and an order brings some 25 inputs.
        plan.setting.poisonPerMillion = min(plan.setting.poisonPerMillion, 120_000 / opening)
        swarm.widen(&plan)
        swarm.follow(&plan)
        plan.counts = swarm.counts(plan)
        plan.operations = swarm.operations(plan) + swarm.rebuilds(plan)
        plan.requests = SimulatedService.all.flatMap { $0.workload?.requests(in: plan) ?? [] }
        return plan
    }
}

/// The streams from which one plan is drawn.
private struct Swarm {
    private let seed: UInt64
    private var shape: RandomStream
    private var features: RandomStream
    /// A world in which nothing goes wrong, so that plain progress is judged, too.
    private let isFaultless: Bool
    /// One in which hardly anything about an order goes well, so that rare things meet.
    private let isIntense: Bool
    /// One in which stock is far away, so that what it gives back comes last.
    private let isApart: Bool
    /// One in which all come at once, as after a newsletter: there is much to do in each turn, and
    /// orders get into each other's way. So are most worlds: orders that come one by one share no
    /// batch, and cost several times as much.
    private let isRush: Bool
    private var hurry: RandomStream

    init(_ seed: UInt64) {
        self.seed = seed
        shape = RandomStream(seed: seed, "shape")
        features = RandomStream(seed: seed, "features")
        isFaultless = features.below(16) == 0
        var intensity = RandomStream(seed: seed, "intensity")
        isIntense = intensity.below(8) == 0
        isApart = isIntense && intensity.coin()
        hurry = RandomStream(seed: seed, "rush")
        isRush = hurry.below(4) != 0
    }

    mutating func setting() -> Setting {
        var setting = Setting()
        setting.shards = shape.coin() ? 1 : shape.within(1...5)
        setting.warehouses = shape.coin() ? 1 : shape.within(1...4)
        setting.articles = shape.magnitude(1...256)
        setting.units = features.coin() ? 1_000_000 : shape.magnitude(1...2_000)
        setting.layout = layout(roles: ServiceShard.all(shards: setting.shards).count)
        var partitions = RandomStream(seed: seed, "partitions")
        setting.partitions = 1 << partitions.within(3...7)
        turn(&setting)
        time(&setting)
        if isRush { rush(&setting) }
        if features.coin() { setting.declinedPerMillion = shape.magnitude(0...500_000) }
        if features.coin() { setting.noticesPerMillion = shape.magnitude(0...1_000_000) }
        if !isFaultless { setting.chances = chances() }
        // A call that reaches the provider when time has leapt past its window is nobody's fault.
        if setting.jumpMinutes > 1_200, let late = FaultKind.allCases.firstIndex(of: .callLate) {
            setting.chances[late] = 0
        }
        var deaths = RandomStream(seed: seed, "deaths")
        setting.deathsMax = deaths.magnitude(1...32)
        // Clocks that are moved would end the time of answers that clients still ask for.
        var answers = RandomStream(seed: seed, "answers")
        let isOnTime =
            setting.jumpMinutes == 0 && setting.skewMilliseconds == 0
            && setting.driftPerMillion == 0
        if answers.coin() && isOnTime {
            setting.replyMinutes = answers.magnitude(60...1_440)
        }
        var poison = RandomStream(seed: seed, "poison")
        if !isFaultless && poison.below(5) == 0 {
            setting.poisonPerMillion = poison.magnitude(200...20_000)
        }
        if isApart {
            setting.layout = ServiceShard.all(shards: setting.shards).map {
                $0.log.service == Inventory.name ? 1 : 0
            }
            setting.busMicroseconds = 1_000_000
            setting.callMicroseconds = min(setting.callMicroseconds, 200_000)
        }
        return setting
    }

    private mutating func layout(roles: Int) -> [Int] {
        let nodes = shape.below(3) == 0 ? 1 : shape.within(1...min(8, roles))
        let drawn = (0..<roles).map { _ in shape.within(0...nodes - 1) }
        let used = Set(drawn).sorted()
        return drawn.map { used.firstIndex(of: $0) ?? 0 }
    }

    /// The engine's knobs: half of them as they are shipped, the others anywhere.
    private mutating func turn(_ setting: inout Setting) {
        if features.coin() {
            setting.batchMax = shape.below(8) == 0 ? 1 : shape.magnitude(4...4_096)
        }
        // A node with pauses writes rows after each input: seldom as eagerly as it is shipped.
        if features.below(4) != 0 { setting.idleMilliseconds = shape.magnitude(100...10_000) }
        if features.coin() { setting.eventsMax = shape.magnitude(1...256) }
        if features.coin() { setting.dueMax = shape.magnitude(1...64) }
        if features.coin() { setting.cachedEntities = shape.magnitude(0...64) }
        if features.below(4) == 0 {
            setting.lagEvents = 0
            setting.restingRows = 0
            setting.replyIndex = 0
        } else {
            if features.coin() { setting.lagEvents = shape.magnitude(0...2_000) }
            if features.coin() { setting.restingRows = shape.magnitude(0...256) }
            if features.coin() { setting.replyIndex = shape.magnitude(0...256) }
        }
        if features.coin() { setting.frameRecords = shape.coin() ? 1 : shape.magnitude(1...256) }
        var frames = RandomStream(seed: seed, "frames")
        if frames.coin() { setting.frameBytes = frames.magnitude(1...40_000) }
        var bounds = RandomStream(seed: seed, "bounds")
        if bounds.coin() { setting.mailboxMax = bounds.magnitude(1...64) }
        if bounds.coin() { setting.slotsMax = bounds.magnitude(1...64) }
        var runners = RandomStream(seed: seed, "desks")
        setting.runnersReversed = runners.below(4) == 0 ? 1 : 0
    }

    private mutating func time(_ setting: inout Setting) {
        setting.publisherMilliseconds = shape.magnitude(10...60_000)
        // A slow disk makes large batches, or, where those are not allowed, a long line.
        setting.commitMicroseconds =
            setting.batchMax < 64 ? shape.magnitude(20...5_000) : shape.magnitude(1_000...100_000)
        setting.callMicroseconds = shape.magnitude(100...5_000_000)
        setting.busMicroseconds = shape.magnitude(10...1_000_000)
        setting.clientMicroseconds = shape.magnitude(10...200_000)
        // Parcels that are long under way are asked after again and again: seldom, therefore.
        let isSlow = features.below(12) == 0
        setting.pickupMinutes = shape.magnitude(0...(isSlow ? 300 : 8))
        setting.deliveryMinutes = shape.magnitude(0...(isSlow ? 1_000 : 12))
        setting.noticeMilliseconds = shape.magnitude(0...100_000)
        guard !isFaultless else { return }
        if features.coin() { setting.patienceMilliseconds = shape.magnitude(5...60_000) }
        if features.coin() { setting.skewMilliseconds = shape.magnitude(1...3_600_000) }
        if features.coin() { setting.driftPerMillion = shape.magnitude(1...10_000) }
        if features.below(4) == 0 { setting.jumpMinutes = shape.magnitude(1...1_440) }
        // Six jumps the same way must not outlast the provider's memory.
        setting.keyWindowHours = 26 + setting.jumpMinutes / 10
        // A clock may be set to another year, as by a dead battery.
        var jumps = RandomStream(seed: seed, "jumps")
        if setting.jumpMinutes > 0 && jumps.coin() {
            setting.jumpMinutes = jumps.magnitude(1_440...2_628_000)
        }
    }

    /// What keeps a turn small would make a rush a long line: that is for the other worlds.
    private mutating func rush(_ setting: inout Setting) {
        setting.batchMax = max(setting.batchMax, 64)
        setting.eventsMax = max(setting.eventsMax, hurry.magnitude(64...4_096))
        setting.dueMax = max(setting.dueMax, 32)
        setting.commitMicroseconds = hurry.magnitude(10_000...200_000)
        setting.wakeMicroseconds = hurry.magnitude(10_000...2_000_000)
        // Small caches and eager rows make every turn read and write what the last one had.
        if hurry.coin() {
            let shipped = Setting()
            setting.cachedEntities = shipped.cachedEntities
            setting.lagEvents = shipped.lagEvents
            setting.restingRows = shipped.restingRows
            setting.replyIndex = shipped.replyIndex
            setting.frameRecords = shipped.frameRecords
        }
        setting.publisherMilliseconds = max(setting.publisherMilliseconds, 50)
        // Whoever gives up before the first answer can be there sends nothing but repeats.
        if setting.patienceMilliseconds > 0 {
            let usual =
                setting.commitMicroseconds + setting.wakeMicroseconds
                + setting.clientMicroseconds
            setting.patienceMilliseconds = max(setting.patienceMilliseconds, usual / 1_000)
        }
        setting.callMicroseconds = min(setting.callMicroseconds, 1_000_000)
        setting.noticeMilliseconds = min(setting.noticeMilliseconds, 5_000)
    }

    /// Lets more callers and calls in: where hardly any are, a rush does little but try again.
    mutating func widen(_ plan: inout Plan) {
        guard isRush else { return }
        let few = max(1, plan.orders.count / 16)
        let some = max(few, plan.orders.count / 4)
        plan.setting.mailboxMax = max(plan.setting.mailboxMax, hurry.magnitude(few...some))
        plan.setting.slotsMax = max(plan.setting.slotsMax, hurry.magnitude(few...some))
    }

    private mutating func chances() -> [Int] {
        var readers = RandomStream(seed: seed, "readers")
        return FaultKind.allCases.map { kind in
            switch kind.site {
            case .views, .page: return readers.coin() ? readers.magnitude(1_000...60_000) : 0
            default: break
            }
            guard features.coin() else { return 0 }
            switch kind.site {
            case .death: return shape.magnitude(50...5_000)
            case .commit: return shape.magnitude(50...20_000)
            case .load, .publication: return shape.magnitude(50...20_000)
            case .opening: return shape.magnitude(1_000...300_000)
            case .filling: return shape.magnitude(1_000...300_000)
            case .message: return shape.magnitude(100...30_000)
            case .request, .answer, .providerCall, .notice, .carrierCall, .update, .mail:
                let chance = shape.magnitude(100...60_000)
                return isIntense ? min(chance * 8, 200_000) : chance
            case .views, .page: return 0
            }
        }
    }

    // MARK: Readers

    /// In one small world of eight somebody follows the logs, and in fewer of the large ones: it
    /// costs them as much as all the rest does.
    func follow(_ plan: inout Plan) {
        var stream = RandomStream(seed: seed, "reading")
        let count = plan.orders.count
        guard stream.below(count > 200 ? 32 : 8) == 0 else { return }
        // An order has some twenty facts, and what is read in tiny parts is read for long.
        plan.setting.viewFacts = stream.magnitude(max(1, count / 2)...max(4_096, count))
        plan.setting.viewMilliseconds = stream.magnitude(1...20_000)
        plan.setting.pageMax = stream.magnitude(2 * count...max(1_000, 2 * count))
    }

    func rebuilds(_ plan: Plan) -> [PlannedOperation] {
        guard !isFaultless, plan.setting.viewFacts > 0, let last = plan.orders.last?.at else {
            return []
        }
        var stream = RandomStream(seed: seed, "rebuilds")
        guard stream.coin() else { return [] }
        return (0..<stream.within(1...3)).map { _ in
            PlannedOperation(
                at: Instant.second + stream.below(last + Instant.hour), kind: .rebuildViews,
                node: 0)
        }
    }

    // MARK: Clients

    mutating func orders(_ asked: Int?, _ setting: Setting) -> [PlannedOrder] {
        var interval = UInt64(shape.magnitude(20_000...60_000_000_000))
        if isRush { interval = UInt64(hurry.magnitude(1_000...1_000_000)) }
        var most = isRush ? 2_000 : interval < 1_000_000_000 ? 400 : 50
        if min(setting.batchMax, setting.eventsMax) < 64 { most = min(most, 200) }
        // Parcels that are long under way are asked after again and again.
        if setting.pickupMinutes + setting.deliveryMinutes > 30 { most = min(most, 100) }
        let count = asked ?? shape.magnitude(4...most)
        let linesMean = shape.magnitude(2...6)
        let quantityMax = shape.magnitude(1...20)
        let isHot = features.coin()
        let habits = habits(setting)
        var stream = RandomStream(seed: seed, "orders")
        var at = Instant.second
        return (0..<count).map { number in
            at += stream.below(2 * interval)
            var order = PlannedOrder(number: number, at: at, lines: [])
            let lines = 1 + Int(stream.below(UInt64(2 * linesMean - 1)))
            for _ in 0..<lines {
                let span = isHot && stream.coin() ? 1 : setting.articles
                order.lines.append(
                    .init(
                        article: Int(stream.below(UInt64(span))),
                        quantity: 1 + Int(stream.below(UInt64(quantityMax))),
                        price: 1 + Int(stream.below(50_000_000))))
            }
            order.warehouse = Int(stream.below(UInt64(setting.warehouses)))
            habits.shape(&order, setting, &stream)
            return order
        }
    }

    /// What clients do beside ordering, and how often.
    private struct Habits {
        let clicks: Int
        let cancels: Int
        let malice: Int
        let cancelAfterMax: Int
        /// When a parcel leaves, at the earliest, and for how long hardly anybody knows.
        let pickup: Instant
        let window: Instant

        func shape(
            _ order: inout PlannedOrder, _ setting: Setting, _ stream: inout RandomStream
        ) {
            if stream.hits(setting.declinedPerMillion) {
                order.script = stream.coin() ? .captureDeclined : .declined
            }
            if stream.hits(malice) {
                order.script = stream.pick([
                    .empty, .huge, .mixed, .negative, .reusesKey, .greedy,
                ])
            }
            if stream.hits(clicks) {
                order.doubleClickAfter = Instant(stream.magnitude(0...2_000_000_000))
            }
            if stream.hits(cancels) {
                // At any moment, or just when the parcel leaves.
                order.cancelAfter =
                    stream.coin()
                    ? Instant(stream.magnitude(0...cancelAfterMax))
                    : pickup + stream.below(window)
            }
        }
    }

    private mutating func habits(_ setting: Setting) -> Habits {
        Habits(
            clicks: features.coin() ? shape.magnitude(1_000...300_000) : 0,
            cancels: (features.coin() ? shape.magnitude(10_000...500_000) : 0)
                + (isIntense ? 300_000 : 0),
            malice: features.coin() ? shape.magnitude(1_000...200_000) : 0,
            cancelAfterMax: Int(Instant.minute) * shape.magnitude(1...10_000),
            pickup: Instant(setting.pickupMinutes) * .minute,
            window: max(20 * .second, Instant(setting.noticeMilliseconds) * 2 * .millisecond))
    }

    mutating func counts(_ plan: Plan) -> [PlannedCount] {
        var counts: [PlannedCount] = []
        let setting = plan.setting
        for warehouse in 0..<setting.warehouses {
            for article in 0..<setting.articles {
                counts.append(
                    PlannedCount(
                        at: 0, article: article, warehouse: warehouse, units: setting.units))
            }
        }
        guard features.coin(), let last = plan.orders.last?.at else { return counts }
        var stream = RandomStream(seed: seed, "counts")
        for _ in 0..<shape.magnitude(1...40) {
            counts.append(
                PlannedCount(
                    at: Instant.second + stream.below(last),
                    article: Int(
                        stream.below(UInt64(setting.articles))),
                    warehouse: Int(stream.below(UInt64(setting.warehouses))),
                    units: stream.magnitude(0...setting.units * 2),
                    expected: stream.coin() ? setting.units : nil))
        }
        return counts
    }

    // MARK: Operators

    mutating func operations(_ plan: Plan) -> [PlannedOperation] {
        guard !isFaultless, let last = plan.orders.last?.at else { return [] }
        var stream = RandomStream(seed: seed, "operations")
        var operations: [PlannedOperation] = []
        for kind in PlannedOperation.Kind.allCases where kind != .rebuildViews {
            let isDrawn = features.below(3) == 0
            guard kind == .jump ? plan.setting.jumpMinutes > 0 : isDrawn else { continue }
            let most = plan.orders.count > 1_000 ? 1 : plan.orders.count > 300 ? 2 : 6
            for _ in 0..<shape.magnitude(1...most) {
                let at = Instant.second + stream.below(last + Instant.hour)
                let node = stream.within(0...plan.setting.nodes - 1)
                var operation = PlannedOperation(at: at, kind: kind, node: node)
                operation.length = Instant(
                    stream.magnitude(1_000_000...600 * Int(Instant.second)))
                if kind == .jump {
                    operation.amount = stream.magnitude(0...plan.setting.jumpMinutes)
                    if stream.coin() { operation.amount.negate() }
                    // As often as not while orders come in: later hardly any id is made.
                    if stream.coin() { operation.at = Instant.second + stream.below(last) }
                }
                if kind == .upgrade { operation.amount = stream.within(1...64) }
                operations.append(operation)
            }
        }
        return operations.sorted { $0.at < $1.at }
    }
}
