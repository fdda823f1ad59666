// SPDX-License-Identifier: Apache-2.0
/// What a benchmark prints: figures with the machine and the revision that they hold for.

import Foundation
import House

/// Wall and processor time of this process.
struct Usage {
    let wall: Double
    let cpu: Double

    static var wallNow: Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// What this thread has spent.
    static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    static var now: Usage {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Usage(wall: wallNow, cpu: Double(time.tv_sec) + Double(time.tv_nsec) / 1e9)
    }
}

struct Machine {
    let lines: [String]

    init(
        settings: String = "one node, SQLite WAL synchronous=FULL, sandbox provider and carrier"
    ) {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model =
            info.split(separator: "\n").first { $0.hasPrefix("model name") }?
            .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown processor"
        let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "?"
        let cores = ProcessInfo.processInfo.activeProcessorCount
        lines = [
            "machine      \(model), \(cores) cores, load \(load.prefix(14))",
            "revision     \(Self.revision)",
            "settings     \(settings)",
            "allocator    \(Allocator.name)",
        ]
    }

    /// The checkout's revision, with `+` when there are changes in it.
    static var revision: String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["git", "describe", "--always", "--dirty=+"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return "unknown" }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        return text.isEmpty ? "unknown" : text.trimmingCharacters(in: .newlines)
    }
}

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
