// SPDX-License-Identifier: Apache-2.0
/// `ordersim bench answers`: what the kept answers of two weeks cost a commit.

import ArgumentParser
import Contracts
import Foundation
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import Ports
import Program
import SQLiteAdapter
import ServiceModel
import ServiceModules
import Simulator

struct BenchAnswers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answers",
        abstract: "Commit times on the first, the eighth and the fifteenth day of kept answers.",
        discussion: """
            One node with one service on one SQLite file with synchronous=FULL. The days between \
            those that are measured are filled without flushing, at a rate that is the same on \
            each. On the eighth day one generation of answers is full, from the fifteenth on the \
            oldest is given up. With one request in a turn an idle turn follows each, as in a \
            house that has nothing else to do; its commit is not counted, since nobody waits.
            """)

    @Option(help: "Requests a second.")
    var rate = 1.0

    @Option(help: "Requests that are measured on each day.")
    var sample = 20_000

    @Option(help: "Requests of one turn while it is measured.")
    var atOnce = 1

    @Option(help: "Where to work; a temporary folder if it is not said.")
    var data: String?

    func validate() throws {
        guard (0.001...10_000).contains(rate), sample > 0, (1...8_192).contains(atOnce) else {
            throw ValidationError("Counts are positive; a rate is 0.001 to 10000.")
        }
    }

    func run() throws {
        let folder = data ?? NSTemporaryDirectory() + "ordersim-answers-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { if data == nil { try? FileManager.default.removeItem(atPath: folder) } }
        Machine(
            settings: "\(rate) requests a second, \(atOnce) in a turn, SQLite WAL synchronous=FULL"
        ).lines.forEach { print($0) }
        let house = AnsweringHouse(path: "\(folder)/store.sqlite", interval: 1_000 / rate)
        for day in [0, 7, 14] as [Int64] {
            try house.fill(until: day)
            print(try house.measure(sample, atOnce: atOnce).line(day: day + 1))
        }
    }
}

/// A node whose clock moves with each request.
private final class AnsweringHouse {
    private let path: String
    private let interval: Double
    private var next = 0
    private var seed: UInt64 = 0
    private static let began: Int64 = 1_800_000_000_000
    private static let dayMilliseconds = 86_400_000.0

    init(path: String, interval: Double) {
        self.path = path
        self.interval = interval
    }

    private var now: Timestamp {
        Timestamp(milliseconds: Self.began + Int64(Double(next) * interval))
    }

    private func opened(isFlushed: Bool) throws -> (node: Node, store: TimedStore) {
        var settings = SQLiteStore.Configuration()
        settings.isFullySynchronous = isFlushed
        let store = TimedStore(SQLiteStore(path: path, configuration: settings))
        let node = Node(
            runners: [ServiceShard(Inventory.module).runner(ServiceRunnerLimits())],
            store: store,
            chain: QuickChain(), note: NoNote())
        try node.open()
        return (node, store)
    }

    /// Sends requests until so many days have passed.
    func fill(until day: Int64) throws {
        let (node, _) = try opened(isFlushed: false)
        let end = Int(Double(day) * Self.dayMilliseconds / interval)
        while next < end { try turn(node, count: min(64, end - next)) }
    }

    func measure(_ count: Int, atOnce: Int) throws -> AnswerCosts {
        let (node, store) = try opened(isFlushed: true)
        let before = Self.written
        let end = next + count
        while next < end {
            try turn(node, count: min(atOnce, end - next))
            if atOnce == 1 { idle(node) }
        }
        return AnswerCosts(
            requests: count, commits: store.times.sorted(), bytes: Self.written - before)
    }

    private func turn(_ node: Node, count: Int) throws {
        guard let sku = SKU("SKU"), let warehouse = Warehouse("main") else { throw ExitCode(70) }
        let inputs = (next..<next + count).map { number in
            Input.submission(
                Submission(
                    runner: 0,
                    command: StockCommand.count(
                        StockKey(sku, warehouse), onHand: Int64(number), expected: nil),
                    principal: .anonymous,
                    request: Request(principal: .anonymous, key: "answer-\(number)", about: []),
                    ticket: Ticket(number + 1)))
        }
        next += count
        seed += 1
        let turn = node.turn(inputs, at: now, seed: seed)
        guard turn.outcome == .committed, turn.replies.count == count,
            turn.replies.allSatisfy({ $0.1.status == 200 && !$0.1.isReplayed })
        else { throw ValidationError("A request was not answered: \(turn.outcome).") }
    }

    private func idle(_ node: Node) {
        seed += 1
        _ = node.turn([], at: now, seed: seed)
    }

    /// What this process has handed to `write`.
    private static var written: Int64 {
        let io = (try? String(contentsOfFile: "/proc/self/io", encoding: .utf8)) ?? ""
        let line = io.split(separator: "\n").first { $0.hasPrefix("wchar:") }
        return line.flatMap { Int64($0.split(separator: " ").last ?? "") } ?? 0
    }
}

/// A store that says how long those commits took for which somebody waited.
private final class TimedStore: Store {
    private let base: any Store
    private(set) var times: [Double] = []

    init(_ base: any Store) { self.base = base }

    func open() throws(StoreFailure) -> StoreContents { try base.open() }
    func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] { try base.load(keys) }

    func commit(_ batch: Batch) -> CommitOutcome {
        let start = Usage.wallNow
        let outcome = base.commit(batch)
        if !batch.frames.isEmpty { times.append(Usage.wallNow - start) }
        return outcome
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        try base.frames(of: log, after: position, limit: limit)
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        try base.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }
}

/// Nothing here ends the process.
private final class NoNote: PoisonNote {
    let left: InputID? = nil
    func begin(_ input: InputID) {}
    func end() {}
}

/// What the commits of one day took.
private struct AnswerCosts {
    let requests: Int
    /// Seconds, ascending.
    let commits: [Double]
    let bytes: Int64

    func line(day: Int64) -> String {
        String(
            format: """
                day %-8d %d requests, %d commits: p50 %.2f ms, p99 %.2f ms, longest %.1f ms; \
                %.1f KiB written a request
                """,
            day, requests, commits.count, at(0.5), at(0.99), at(1),
            Double(bytes) / 1_024 / Double(requests))
    }

    private func at(_ share: Double) -> Double {
        guard let last = commits.indices.last else { return 0 }
        return commits[Int(Double(last) * share)] * 1_000
    }
}
