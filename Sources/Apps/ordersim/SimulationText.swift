// SPDX-License-Identifier: Apache-2.0
/// What simulations print: figures for people, and the same as JSON.

import Foundation
import Program
import Simulator

enum SeedText {
    static func lines(_ report: RunReport, seconds: Double) -> [String] {
        var lines = [
            "seed         \(report.seed)",
            "revision     \(Revision.text)",
            "digest       \(hex(report.digest))",
            "orders       \(report.orders), \(report.placed) placed, \(report.hit) met a fault",
            "events       \(report.events), in \(report.happenings) steps: \(report.busiest)",
            "simulated    \(clockText(report.simulated)) in \(String(format: "%.3f", seconds)) s",
            "marks        \(report.marks.met) of \(report.marks.all.count)",
        ]
        lines += report.faults.map { "fault        \($0.kind.rawValue) \($0.count)" }
        lines += report.breaches.map {
            "BREACH       \($0.invariant) at \(clockText($0.at)): \($0.what)"
        }
        if report.breaches.isEmpty { lines.append("breaches     none") }
        return lines
    }

    /// One seed of many: what it cost, and what it was like.
    static func row(_ plan: Plan, _ report: RunReport, seconds: Double) -> String {
        let perOrder = { (count: Double) in count / Double(max(1, report.placed)) }
        let setting = plan.setting
        return String(
            format: "seed %5llu  orders %4d  us/order %7.0f  events %5.1f  steps %6.1f  ",
            report.seed, report.placed, perOrder(seconds * 1e6), perOrder(Double(report.events)),
            perOrder(Double(report.happenings)))
            + "nodes \(setting.nodes) shards \(setting.shards) batch \(setting.batchMax) "
            + "idle \(setting.idleMilliseconds) publisher \(setting.publisherMilliseconds) "
            + "deaths \(report.deaths) simulated \(report.simulated / 60_000_000_000) min  "
            + report.busiest
    }

    static func hex(_ word: UInt64) -> String { String(format: "%016llx", word) }
}

enum MarkText {
    static func lines(_ marks: Marks) -> [String] {
        marks.all.map { name, count in
            "\(count > 0 ? "met  " : "NEVER")  \(name) \(count)"
        } + ["\(marks.met) of \(marks.all.count) situations met"]
    }
}

struct BreachJSON: Encodable {
    let invariant: String
    let what: String
    let at: UInt64
}

struct SeedJSON: Encodable {
    let seed: UInt64
    let revision: String
    let digest: String
    let milestones: [String]
    let orders: Int
    let placed: Int
    let ordersHit: Int
    let events: Int
    let steps: Int
    let simulatedSeconds: Double
    let seconds: Double
    let faults: [String: Int]
    let marks: [String: Int]
    let breaches: [BreachJSON]
    let trace: [String]

    init(_ report: RunReport, seconds: Double) {
        seed = report.seed
        revision = Revision.text
        digest = SeedText.hex(report.digest)
        milestones = report.milestones.map(SeedText.hex)
        orders = report.orders
        placed = report.placed
        ordersHit = report.hit
        events = report.events
        steps = report.happenings
        simulatedSeconds = Double(report.simulated) / 1e9
        self.seconds = seconds
        faults = Dictionary(
            uniqueKeysWithValues: report.faults.map { ($0.kind.rawValue, $0.count) })
        marks = Dictionary(uniqueKeysWithValues: report.marks.all.filter { $0.count > 0 })
        breaches = report.breaches.map {
            BreachJSON(invariant: $0.invariant, what: $0.what, at: $0.at)
        }
        trace = report.breaches.isEmpty ? [] : report.trace
    }
}

extension Campaign.Outcome {
    var ordersPerSecond: Double { Double(placed) / max(busySeconds, 1e-6) }

    var lines: [String] {
        let share = Double(hit) / Double(max(1, orders)) * 100
        var lines = [
            "revision     \(Revision.text)",
            "seeds        \(seeds), the next one is \(next)",
            "orders       \(orders), \(placed) placed, "
                + String(
                    format: "%.1f lines each, %.0f %% met a fault",
                    Double(orderLines) / Double(max(1, orders)), share),
            "events       \(events), in \(happenings) steps",
            String(
                format: "speed        %.0f orders/s and core, %.0f simulated seconds in one",
                ordersPerSecond, simulatedSeconds / max(busySeconds, 1e-6)),
            String(format: "time         %.1f s, %.1f s of work", wallSeconds, busySeconds),
            "marks        \(marks.met) of \(marks.all.count)",
        ]
        lines += faults.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "fault        \($0.key.rawValue) \($0.value)"
        }
        lines += (failure?.breaches ?? []).map {
            "BREACH       seed \(failure?.seed ?? 0), \($0.invariant): \($0.what)"
        }
        if failure == nil { lines.append("breaches     none") }
        return lines
    }

    var markLines: [String] { MarkText.lines(marks) }

    var json: CampaignJSON { CampaignJSON(self) }
}

struct CampaignJSON: Encodable {
    let revision: String
    let seeds: Int
    let next: UInt64
    let orders: Int
    let placed: Int
    let ordersHit: Int
    let lines: Int
    let events: Int
    let ordersPerSecondAndCore: Double
    let simulatedToReal: Double
    let wallSeconds: Double
    let marksMet: Int
    let marks: Int
    let faults: [String: Int]
    let failure: SeedJSON?

    init(_ outcome: Campaign.Outcome) {
        revision = Revision.text
        seeds = outcome.seeds
        next = outcome.next
        orders = outcome.orders
        placed = outcome.placed
        ordersHit = outcome.hit
        lines = outcome.orderLines
        events = outcome.events
        ordersPerSecondAndCore = outcome.ordersPerSecond
        simulatedToReal = outcome.simulatedSeconds / max(outcome.busySeconds, 1e-6)
        wallSeconds = outcome.wallSeconds
        marksMet = outcome.marks.met
        marks = outcome.marks.all.count
        faults = Dictionary(
            uniqueKeysWithValues: outcome.faults.map { ($0.key.rawValue, $0.value) })
        failure = outcome.failure.map { SeedJSON($0, seconds: 0) }
    }
}
