// SPDX-License-Identifier: Apache-2.0
/// What a world's checker is shown, and what it must say of it: each breach by its rule's id.

import Contracts
import Invariants
import InventoryService
import Kernel
import NodeEngine
import OrdersDomain
import PaymentsService
import Ports
import ServiceModel
import ServiceModel
import Simulator
import Synchronization
import Testing

@Suite struct `Holding a world to its rules` {
    /// A world with clients that look at their orders.
    private static let looked: UInt64 = {
        (1...100 as ClosedRange<UInt64>).first {
            World(Plan.drawn(from: $0, orders: 5), checker: HouseChecker(Plan(seed: $0))).hasReaders
        } ?? 0
    }()

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a sound world breaks none`(seed: UInt64) {
        #expect(Simulation.run(Plan.drawn(from: seed, orders: 25)).breaches == [])
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a sound world breaks none, whenever it is looked at`(seed: UInt64) {
        var way = Simulation.Way()
        way.checker = { HouseChecker($0, restartsPerInspection: 1) }
        #expect(Simulation.run(Plan.drawn(from: seed, orders: 12), way).breaches == [])
    }

    /// Its node never learns of it, and yet everything that follows has a cause.
    @Test func `a commit whose outcome is lost is noted when it is made`() throws {
        var plan = Plan.drawn(from: 3, orders: 30).calm
        let kept = try #require(FaultKind.allCases.firstIndex(of: .commitKept))
        plan.setting.chances[kept] = 100_000
        let report = Simulation.run(plan)
        #expect(report.breaches == [])
        #expect(report.faults.contains { $0.kind == .commitKept })
    }

    /// `scripts/seeds.sh` hunts all of them.
    @Test func `a planted bug breaks a rule of the list`() {
        let ids = Set(Rule.all.map(\.id))
        for name in ["stock-sells-what-is-not-there", "payment-captures-half", "store-turns-a-bit"]
        {
            var way = Simulation.Way()
            Mutant.all.first { $0.name == name }?.plant(&way.overrides)
            let breaches = (1...40 as ClosedRange<UInt64>).lazy
                .map { Simulation.run(Plan.drawn(from: $0, orders: 20), way).breaches }
                .first { !$0.isEmpty } ?? []
            #expect(!breaches.isEmpty, "\(name)")
            #expect(breaches.allSatisfy { ids.contains($0.invariant) }, "\(breaches)")
        }
    }

    @Test func `readers that are shown old rows break Q7`() {
        var way = Simulation.Way()
        way.medium = { _ in
            let disk = SimulatedDisk()
            return Medium(
                owner: { SimulatedStore(disk) }, reader: Forgetful(base: SimulatedReader(disk)))
        }
        var plan = Plan.drawn(from: Self.looked, orders: 20).calm
        // Rows are written at once, so that nothing recent hides what the table lacks.
        plan.setting.lagEvents = 0
        plan.setting.restingRows = 0
        let rules = Set(Simulation.run(plan, way).breaches.map(\.invariant))
        #expect(rules.contains("Q7"))
    }

    @Test func `a message that is passed over breaks E4`() throws {
        var plan = Plan.drawn(from: 2, orders: 5).calm
        plan.setting.partitions = 64
        let checker = HouseChecker(plan)
        checker.published([Self.message(1, after: 0)], at: 0)
        // Nothing is committed yet.
        #expect(checker.breaches.map(\.invariant) == ["E5"])
        let other = HouseChecker(plan)
        let world = World(plan, checker: other)
        world.run()
        #expect(world.breaches == [])
        other.published([Self.message(2, after: 1)], at: 0)
        #expect(other.breaches.map(\.invariant) == ["E4"])
    }

    @Test func `a log that is shorter after a restart breaks O4`() {
        let plan = Plan.drawn(from: 2, orders: 5)
        let checker = HouseChecker(plan)
        let world = World(plan, checker: checker)
        world.run()
        checker.restarted(
            [ServiceShard(Inventory.module)], reader: SimulatedReader(SimulatedDisk()), at: 0)
        #expect(checker.breaches.map(\.invariant) == ["O4"])
    }

    /// When a node starts for the first time, another may have no file yet.
    @Test func `everything is read at a restart, and at no first start`() {
        let checker = HouseChecker(Plan.drawn(from: 2, orders: 5), restartsPerInspection: 1)
        let world = World(Plan.drawn(from: 2, orders: 5), checker: HouseChecker(Plan(seed: 2)))
        var reads = 0
        for (role, count) in [
            (Inventory.module, 0), (Payments.module, 0), (Inventory.module, 1),
            (Payments.module, 2),
        ] {
            checker.restarted([ServiceShard(role)], reader: SimulatedReader(SimulatedDisk()), at: 0)
            checker.interrupted(at: 0) {
                reads += 1
                return world.standstill(isEnd: false)
            }
            #expect(reads == count)
        }
    }

    private static func message(_ position: Int64, after previous: Int64) -> BusMessage {
        BusMessage(
            log: LogName("payments"), epoch: 1, epochBase: 0, partition: 15, position: position,
            previous: previous, key: "k", name: "payment.requested.v1", payload: [],
            provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
    }
}

@Suite struct `Telling a story in another way` {
    @Test(arguments: [1, 5, 9] as [UInt64])
    func `ends as it did`(seed: UInt64) {
        #expect(Simulation.metamorphoses(of: Plan.drawn(from: seed, orders: 15)) == [])
    }

    @Test func `shows a house that counts a repeat`() throws {
        var way = Simulation.Way()
        let mutant = try #require(
            Mutant.all.first { $0.name == "stock-held-again-when-asked-again" })
        mutant.plant(&way.overrides)
        let found = (1...10 as ClosedRange<UInt64>).lazy
            .map { Simulation.metamorphoses(of: Plan.drawn(from: $0, orders: 10)) { way } }
            .first { !$0.isEmpty }
        #expect(found != nil)
    }

    /// Nobody repeats a request after an hour, but for who says everything once more: only then it
    /// shows that its key is forgotten.
    @Test func `shows a house that forgets a key too soon`() throws {
        var way = Simulation.Way()
        let first = Mutex<[InputID: Int64]>([:])
        way.overrides.input = { input in
            guard case .submission(let asked) = input, let request = asked.request,
                case .place(let place)? = asked.command as? OrderCommand
            else { return input }
            let now = place.order.raw.milliseconds
            let began = first.withLock { first in
                let began = first[request.identity] ?? now
                first[request.identity] = began
                return began
            }
            guard now - began > 3_600_000 else { return input }
            let forgotten = InputID(high: ~request.identity.high, low: request.identity.low)
            return .submission(
                Submission(
                    runner: asked.runner, command: asked.command, principal: asked.principal,
                    request: Request(identity: forgotten, fingerprint: request.fingerprint),
                    trace: asked.trace, ticket: asked.ticket))
        }
        var plan = Plan.drawn(from: 2, orders: 10).calm.faultless
        for index in plan.orders.indices { plan.orders[index].script = .honest }
        // Its parcels are longer under way than that.
        plan.setting.pickupMinutes = 120
        #expect(Simulation.run(plan, way).breaches == [])
        first.withLock { $0 = [:] }
        let world = World(plan, overrides: way.overrides, checker: HouseChecker(plan))
        world.run()
        #expect(world.breaches == [])
        world.sayEverythingAgain()
        world.run()
        #expect(!world.breaches.isEmpty)
        // Whoever does not forget is not disturbed.
        let sound = World(plan, checker: HouseChecker(plan))
        sound.run()
        sound.sayEverythingAgain()
        sound.run()
        #expect(sound.breaches == [])
    }

    /// No single ending of it is wrong: every seventh customer's card is declined.
    @Test func `shows a house that goes by who came when`() throws {
        let counter = Mutex(0)
        var way = Simulation.Way()
        way.overrides.input = { input in
            guard case .submission(let submission) = input,
                let command = submission.command as? OrderCommand,
                case .place(let place) = command,
                counter.withLock({ $0 += 1; return $0 % 7 == 0 })
            else { return input }
            let declined = PlaceOrder(
                order: place.order, lines: place.lines, warehouse: place.warehouse,
                recipient: place.recipient, paymentToken: "tok_declined")
            return .submission(
                Submission(
                    runner: submission.runner, command: OrderCommand.place(declined),
                    principal: submission.principal, request: submission.request,
                    ticket: submission.ticket))
        }
        var plan = Plan.drawn(from: 5, orders: 20)
        plan.setting.chances = Setting().chances
        plan.operations = []
        let breaches = Simulation.metamorphoses(of: plan) { way }
        #expect(!breaches.isEmpty)
        #expect(breaches.allSatisfy { $0.what.contains("; otherwise client") }, "\(breaches)")
    }
}

/// Shows no single row, whatever its store holds.
private struct Forgetful: Reader {
    let base: SimulatedReader

    func row(_ key: RowKey) throws(StoreFailure) -> Row? {
        key.table.hasPrefix("orders_") ? nil : try base.row(key)
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try base.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try base.frames(of: log, after: position, limit: limit)
    }

    func contents() throws(StoreFailure) -> StoreContents { try base.contents() }
}
