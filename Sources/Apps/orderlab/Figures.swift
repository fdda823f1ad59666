// SPDX-License-Identifier: Apache-2.0
/// What a benchmark of whole sagas prints.

import Foundation
import House

/// One round of orders, from the first placed to the last at rest.
struct Round {
    let orders: Int
    let placedSeconds: Double
    let seconds: Double
    let cpuSeconds: Double
    let commits: Int64
    /// Ascending.
    let latencies: [Double]

    var rate: Double { Double(orders) / seconds }

    private func latency(_ share: Double) -> Double {
        let place = Int(Double(latencies.count) * share)
        return latencies.isEmpty ? 0 : latencies[min(latencies.count - 1, place)] * 1e3
    }

    var line: String {
        String(
            format: """
                round        %.0f orders/s (%d in %.2f s), %.1f us CPU an order; answers %.0f/s, \
                p50 %.1f ms, p99 %.1f ms; %lld commits
                """,
            rate, orders, seconds, cpuSeconds / Double(orders) * 1e6,
            Double(orders) / placedSeconds, latency(0.5), latency(0.99), commits)
    }
}

struct Figures {
    var rounds: [Round] = []
    /// All of them, those of the warm-up included.
    var orders = 0
    var commits: Int64 = 0
    var counts: [(name: String, count: Int)] = []
    var bookLines = (payments: 0, carrier: 0, mails: 0)
    var isGreen = false

    private var rates: [Double] { rounds.map(\.rate).sorted() }
    var medianRate: Double { rates.isEmpty ? 0 : rates[rates.count / 2] }

    mutating func count(in folder: String) throws {
        var auditor = try Auditor(data: folder)
        let report = try auditor.run()
        isGreen = report.isGreen
        counts = report.counts
        if !isGreen { print(report.text) }
        bookLines.payments = Self.lineCount(Books.payments(folder))
        bookLines.carrier = Self.lineCount(Books.carrier(folder))
        bookLines.mails =
            (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/mail/new").count) ?? 0
    }

    private static func lineCount(_ path: String) -> Int {
        guard let data = FileManager.default.contents(atPath: path) else { return 0 }
        return data.withUnsafeBytes { bytes in bytes.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }
    }

    var lines: [String] {
        let all = counts.first { $0.name == "orders" }?.count ?? orders
        let events = counts.first { $0.name == "events" }?.count ?? 0
        let perOrder = { (count: Int) in Double(count) / Double(max(1, all)) }
        return rounds.map(\.line) + [
            String(format: "sagas        %.0f/s median, %.0f/s best", medianRate, rates.last ?? 0),
            String(format: "events       %.1f an order", perOrder(events)),
            String(
                format: "effects      %.1f provider entries, %.1f carrier entries, %.1f mails",
                perOrder(bookLines.payments), perOrder(bookLines.carrier),
                perOrder(bookLines.mails)),
            "audit        \(isGreen ? "green" : "RED")",
        ]
    }
}
