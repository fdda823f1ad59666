// SPDX-License-Identifier: Apache-2.0
/// A seed always plays the same way: in one process, in another one with other hash seeds, from the
/// list of its faults instead of their draws, and from its text.

import Foundation
import Simulator
import Testing

@Suite struct `Playing the same again` {
    private static let seeds: [UInt64] = [2, 4, 11, 16, 23, 42]

    @Test(arguments: seeds)
    func `gives the same digest in this process`(seed: UInt64) {
        let plan = Plan.drawn(from: seed, orders: 40)
        let first = Simulation.run(plan)
        let second = Simulation.run(plan)
        #expect(first.digest == second.digest)
        #expect(first.breaches == [] && second.breaches == [])
        #expect(first.placed > 0)
    }

    @Test func `gives another digest for another seed`() {
        let digests = Self.seeds.map { Simulation.run(Plan.drawn(from: $0, orders: 20)).digest }
        #expect(Set(digests).count == Self.seeds.count)
    }

    /// Swift seeds its hashing anew in every process, so that a set's order that leaks shows here.
    @Test func `gives the same digests in other processes`() throws {
        let here = Self.seeds.map {
            "\(Simulation.run(Plan.drawn(from: $0, orders: 40)).digest)"
        }
        let elsewhere = try (0..<2).map { _ in try Lab.digests(of: Self.seeds, orders: 40) }
        #expect(elsewhere.allSatisfy { $0 == here })
    }

    /// Of worlds with many nodes, whose publisher, bus and faults could all tell one from another.
    @Test(arguments: wide)
    func `in whatever order its nodes are made and gone through`(seed: UInt64) {
        let plan = Plan.drawn(from: seed, orders: 40)
        let usual = Simulation.run(plan)
        var way = Simulation.Way()
        for turn in 1...3 as ClosedRange<UInt64> {
            way.roll = { nodes in
                var stream = RandomStream(seed: seed, "roll", turn)
                var left = Array(0..<nodes)
                return (0..<nodes).map { _ in left.remove(at: stream.within(0...left.count - 1)) }
            }
            let other = Simulation.run(plan, way)
            #expect(other.digest == usual.digest)
            #expect(Set(other.happened) == Set(usual.happened))
            #expect(other.breaches == [])
        }
    }

    private static let wide: [UInt64] = Array(
        (1...400 as ClosedRange<UInt64>).lazy
            .filter { Plan.drawn(from: $0, orders: 40).setting.nodes >= 4 }.prefix(12))

    @Test(arguments: seeds)
    func `from the list of its faults`(seed: UInt64) {
        var plan = Plan.drawn(from: seed, orders: 40)
        let drawn = Simulation.run(plan)
        plan.faults = drawn.happened
        plan.setting.chances = Setting().chances
        #expect(Simulation.run(plan).digest == drawn.digest)
    }

    @Test(arguments: seeds)
    func `from its text`(seed: UInt64) throws {
        var plan = Plan.drawn(from: seed, orders: 40)
        plan.faults = Simulation.run(plan).happened
        plan.setting.chances = Setting().chances
        let read = try Plan(text: plan.text)
        #expect(read == plan)
    }

    /// What is not in the list would come after the end of a plan, and would never be left out.
    @Test func `with all that a client does later`() throws {
        var plan = Plan.drawn(from: 2, orders: 4)
        plan.faults = []
        plan.setting.chances = Setting().chances
        let moments = Mirror(reflecting: plan.orders[0]).children
            .filter { type(of: $0.value) == Instant?.self }
        #expect(moments.count == PlannedOrder.laterActs.count)
        for act in PlannedOrder.laterActs {
            let after = plan.healsAt
            plan.orders[0][keyPath: act] = after
            #expect(try Plan(text: plan.text) == plan)
            #expect(plan.healsAt > plan.orders[0].at + after)
        }
    }

    /// A plan that was stored before there was another service.
    @Test func `from a text that does not name every log`() throws {
        let text = "orderhouse plan 1\nset shards 2\nlayout orders/1=1 shipping/0=2"
        let setting = try Plan(text: text).setting
        #expect(setting.layout.reduce(0, +) == 3 && setting.nodes == 3)
        #expect(try Plan(text: "orderhouse plan 1").setting == Setting())
    }

    @Test(arguments: [
        "", "orderhouse plan 2", "orderhouse plan 1\nnonsense 1",
        "orderhouse plan 1\nset no-such-thing 1", "orderhouse plan 1\nlayout 0",
        "orderhouse plan 1\nlayout orders/1=0", "orderhouse plan 1\nlayout orders/0=-1",
        "orderhouse plan 1\norder 0 at=1s lines=9x1@1",
        "orderhouse plan 1\nfault no-such-fault 1#1",
        "orderhouse plan 1\noperation kill at=1parsec node=0",
        "orderhouse plan 1\nrequest catalog 1parsec withdraw product=1",
        "orderhouse plan 1\nrequest catalog 1s burn product=1",
        "orderhouse plan 1\nrequest catalog 1s put product=1",
        "orderhouse plan 1\nrequest catalog 1s put product=1 articles=2,2",
        "orderhouse plan 1\nrequest payments 1s withdraw product=1",
    ])
    func `a text that is no plan is refused`(text: String) {
        #expect(throws: (any Error).self) { try Plan(text: text) }
    }
}

/// The built program, as its users start it.
enum Lab {
    static let program = Bundle.main.executableURL?.deletingLastPathComponent()
        .appendingPathComponent("ordersim")

    static func output(_ arguments: [String]) throws -> (text: String, status: Int32) {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }

    static func digests(of seeds: [UInt64], orders: Int) throws -> [String] {
        try seeds.map { seed in
            let text = try output([
                "--seed", "\(seed)", "--orders", "\(orders)", "--json",
            ]).text
            let json = try JSONSerialization.jsonObject(with: Data(text.utf8))
            let digest = (json as? [String: Any])?["digest"] as? String ?? ""
            return UInt64(digest, radix: 16).map { "\($0)" } ?? "none"
        }
    }
}
