// SPDX-License-Identifier: Apache-2.0
/// The simulator finds what is planted, and what it finds it makes small.

import Contracts
import Foundation
import Kernel
import NodeEngine
import OrdersService
import PaymentsService
import Ports
import ServiceModel
import ShippingService
import Testing

@testable import Simulator

@Suite struct `Finding what is wrong` {
    @Test func `the canary fails in the first seed`() {
        var way = Simulation.Way()
        Mutant.canary.plant(&way.overrides)
        #expect(!Simulation.run(Plan.drawn(from: 1, orders: 10), way).breaches.isEmpty)
    }

    @Test func `a planted bug becomes a small plan that fails in the same way`() throws {
        let mutant = try #require(Mutant.all.first { $0.name == "payment-taken-for-failed" })
        var way = Simulation.Way()
        mutant.plant(&way.overrides)
        let found = (1...400 as ClosedRange<UInt64>).lazy
            .map { Plan.drawn(from: $0, orders: 30) }
            .first { !Simulation.run($0, way).breaches.isEmpty }
        let failing = try #require(found)
        let before = try #require(Simulation.run(failing, way).breaches.first)
        var shrinker = try #require(Shrinker(failing, way, triesMax: 800))
        let small = shrinker.run()
        let after = try #require(Simulation.run(small, way).breaches.first)
        #expect(after.invariant == before.invariant)
        #expect(small.size <= 24)
        // The text is all that is kept of it.
        let read = try Plan(text: small.text)
        #expect(Simulation.run(read, way).breaches.first == after)
        // Without the bug the same plan is harmless.
        #expect(Simulation.run(small).breaches == [])
    }

    @Test func `a plan without a fault can't be shrunk`() {
        #expect(Shrinker(Plan.drawn(from: 2, orders: 5)) == nil)
    }

    @Test func `a turned bit is found`() {
        var isFound = 0
        for draw in 1...20 as ClosedRange<UInt64> {
            let plan = Plan.drawn(from: 2, orders: 5)
            let checker = HouseChecker(plan)
            let world = World(plan, checker: checker)
            world.run()
            #expect(world.breaches == [])
            guard world.rot(SplitMix.mix(draw)) else { continue }
            isFound += 1
            checker.ended(world.standstill(isEnd: true))
            #expect(checker.breaches.contains { $0.invariant == "E10" })
        }
        #expect(isFound > 10)
    }
}

@Suite struct `Plans that once failed` {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("regressions")

    static var plans: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".plan") }.sorted()
    }

    /// A plan whose situation does not come about any more would play well for ever.
    @Test(arguments: [
        ("parked-command", ["deathsForgotten"]),
        ("poisoned-wake-up", ["deathsForgotten", "parkedReleased"]),
        ("gap-fetched-again", ["gapFilled"]),
    ])
    func `still meet what they are about`(name: String, situations: [String]) throws {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("\(name).plan"), encoding: .utf8)
        let marks = Simulation.run(try Plan(text: text)).marks.all
        for situation in situations {
            #expect(marks.contains { $0.name == situation && $0.count > 0 }, "\(situation)")
        }
    }

    @Test func `still show an order that waits for money that will not come`() throws {
        let text = try String(
            contentsOf: Self.folder.appendingPathComponent("capture-failed.plan"), encoding: .utf8)
        let mutant = try #require(
            Mutant.all.first { $0.name == "order-waits-for-money-that-will-not-come" })
        var way = Simulation.Way()
        mutant.plant(&way.overrides)
        let report = Simulation.run(try Plan(text: text), way)
        #expect(report.breaches.contains { $0.invariant == "L1" })
    }

    /// Any other poison would be set aside, too, and show nothing.
    @Test func `of the poisonous wake-up have a wake-up end the process`() throws {
        let file = Self.folder.appendingPathComponent("poisoned-wake-up.plan")
        let plan = try Plan(text: String(contentsOf: file, encoding: .utf8))
        let world = World(plan, checker: HouseChecker(plan))
        world.run()
        let order = try #require(world.clients.first?.order)
        let wakes = [
            (Orders.name, order.bytes), (Payments.name, order.payment().bytes),
            (Shipping.name, order.shipment().bytes),
        ].map { service, key in
            let log = LogName(service).description
            let hash = Murmur3.hash128(key + Array(log.utf8), seed: 1)
            return InputID(high: hash.0, low: hash.1)
        }
        #expect(wakes.contains { world.nodes[0].killers[$0, default: 0] > 0 })
    }

    @Test func `play well now`() throws {
        for name in Self.plans {
            let text = try String(
                contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8)
            let report = Simulation.run(try Plan(text: text))
            #expect(report.breaches == [], "\(name)")
        }
    }
}

/// A folder that goes with its test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "simulator-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
