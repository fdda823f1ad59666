// SPDX-License-Identifier: Apache-2.0
/// Answers are kept for one generation of seven days at least and for two at the most; their index
/// is written, and what is left of them removed, a little in each commit.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Kept answers` {
    private static let log = LogName("meters.replies")
    private static let minute = Span.milliseconds(60_000)
    private static let week = Span.days(7)

    private static func span(_ days: Int64, less: Span = .milliseconds(0)) -> Span {
        .milliseconds(Span.days(days).milliseconds - less.milliseconds)
    }

    /// Asks once under each of `keys`.
    private func give(_ keys: [String], _ bench: Bench) {
        for key in keys { _ = bench.ask(.add(.meter(1), 1), key: key) }
    }

    private func isKept(_ key: String, _ bench: Bench) -> Bool {
        bench.ask(.add(.meter(1), 1), key: key)?.isReplayed == true
    }

    /// The index rows of all generations.
    private func indexRows(_ bench: Bench) throws -> Int {
        try ["a", "b", "c"].reduce(0) { try $0 + bench.store.rows("replies_meters_0_\($1)").count }
    }

    private func frames(_ bench: Bench) throws -> [Frame] { try bench.store.frames(Self.log) }

    /// How the time passes until an answer is asked for.
    enum Passing: CaseIterable {
        case atOnce, asOtherWork, withRests, withRestarts
    }

    private func pass(_ span: Span, _ passing: Passing, _ bench: Bench) throws {
        guard passing != .atOnce else { return bench.pass(span) }
        for _ in 0..<10 {
            bench.pass(.milliseconds(span.milliseconds / 10))
            switch passing {
            case .atOnce: break
            case .asOtherWork: _ = bench.ask(.add(.meter(2), 1))
            case .withRests: bench.rest()
            case .withRestarts: try bench.restart()
            }
        }
        bench.pass(.milliseconds(span.milliseconds % 10))
    }

    @Test(arguments: Passing.allCases)
    func `are kept for seven days at least`(_ passing: Passing) throws {
        let bench = try Bench()
        give(["first"], bench)
        try pass(Self.span(7, less: Self.minute), passing, bench)
        give(["last"], bench)
        // A minute before its fourteen days are over the first is still there.
        try pass(Self.week, passing, bench)
        #expect(isKept("last", bench))
        #expect(isKept("first", bench))
    }

    @Test(arguments: Passing.allCases)
    func `are given up after fourteen days`(_ passing: Passing) throws {
        let bench = try Bench()
        give(["first"], bench)
        try pass(Self.span(7, less: Self.minute), passing, bench)
        give(["last"], bench)
        try pass(.milliseconds(Self.week.milliseconds + Self.minute.milliseconds), passing, bench)
        #expect(!isKept("first", bench))
        #expect(!isKept("last", bench))
        // They are new requests, and have answers of their own.
        #expect(isKept("first", bench))
        #expect(try bench.meter(.meter(1)).value == 4)
    }

    @Test func `are given up also where nothing happened for a year`() throws {
        let bench = try Bench()
        give(["one"], bench)
        bench.rest()
        bench.pass(.days(365))
        #expect(!isKept("one", bench))
        bench.rest()
        try bench.restart()
        #expect(isKept("one", bench))
    }

    @Test func `are kept when the clock is set back`() throws {
        let bench = try Bench()
        give(["one"], bench)
        bench.rest()
        bench.now = bench.now.advanced(by: .days(-30))
        try bench.restart()
        #expect(isKept("one", bench))
        bench.pass(.days(6))
        #expect(isKept("one", bench))
    }

    @Test(arguments: [0, 4, 65_536])
    func `leave nothing behind, and take little of a commit to go`(_ limit: Int) throws {
        var limits = ServiceRunnerLimits()
        limits.replyIndex = limit
        let bench = try Bench(runners: limits)
        for week in 0..<5 {
            give((0..<300).map { "\(week)/\($0)" }, bench)
            bench.rest()
            bench.pass(Self.week)
        }
        // Of five weeks, the last is the older one; of the one before it only its last frame may
        // be left, and only until there is another one.
        give((0..<20).map { "now/\($0)" }, bench)
        for _ in 0..<400 { bench.turn() }
        bench.rest()
        #expect(try frames(bench).reduce(0) { $0 + $1.count } == 320)
        #expect(try indexRows(bench) == 320)
        for batch in bench.store.batches {
            let removed = batch.rows.filter { $0.value == nil }
            #expect(removed.count <= 1_030)
        }
        var dropped: Int64 = 0
        for batch in bench.store.batches {
            guard let through = batch.dropped[Self.log] else { continue }
            #expect(through - dropped <= 1_030)
            dropped = through
        }
        #expect(isKept("4/17", bench))
        #expect(!isKept("3/17", bench))
    }

    @Test func `go as fast as new ones come, without idleness`() throws {
        let bench = try Bench()
        for round in 0..<40 {
            bench.turn((0..<50).map { index in
                .submission(bench.submission(.add(.meter(1), 1), key: "\(round)/\(index)"))
            })
        }
        bench.pass(Self.span(14))
        for round in 40..<65 {
            bench.turn((0..<50).map { index in
                .submission(bench.submission(.add(.meter(1), 1), key: "\(round)/\(index)"))
            })
        }
        #expect(try frames(bench).reduce(0) { $0 + $1.count } <= 1_250 + 50)
        #expect(try frames(bench).first.map { $0.last >= 1_950 } == true)
    }

    @Test func `stay whole when the commit that ends a generation is refused`() throws {
        let bench = try Bench()
        give(["one"], bench)
        bench.pass(.days(6))
        give(["two"], bench)
        bench.rest()
        bench.pass(.days(2))
        for _ in 0..<2 {
            bench.store.moods = [.refusing(.busy)]
            bench.turn()
        }
        #expect(isKept("two", bench))
        #expect(isKept("one", bench))
        bench.pass(.days(6))
        bench.store.moods = [.refusing(.full)]
        bench.turn()
        #expect(!isKept("one", bench))
        #expect(!isKept("two", bench))
        try bench.restart()
        #expect(isKept("one", bench))
    }
}

@Suite struct `The index of answers` {
    private static func isIndex(_ row: RowChange) -> Bool { row.table.hasPrefix("replies_") }

    /// One batch of so many requests.
    private func give(_ keys: Range<Int>, _ bench: Bench) {
        bench.turn(keys.map { key in
            .submission(bench.submission(.add(.meter(1), 1), key: "\(key)"))
        })
    }

    @Test(arguments: [1, 7, 40, 500])
    func `is written in key order, in slices as large as what comes`(_ size: Int) throws {
        var limits = ServiceRunnerLimits()
        limits.replyIndex = 400
        let bench = try Bench(runners: limits)
        for start in stride(from: 0, to: 3_000, by: size) { give(start..<start + size, bench) }
        let slices = bench.store.batches.map { $0.rows.filter(Self.isIndex) }
        #expect(slices.contains { !$0.isEmpty })
        for slice in slices {
            // A collection that is larger than it should be comes from one large batch.
            #expect(slice.count <= size + size / 4 + 16 + max(0, size - 400))
            let keys = slice.map(\.key)
            #expect(zip(keys, keys.dropFirst()).allSatisfy { $0.lexicographicallyPrecedes($1) })
        }
        // What waits for its row stays bounded, also after a start.
        let stored = slices.reduce(0) { $0 + $1.count }
        let given = (3_000 + size - 1) / size * size
        #expect(given - stored <= 2 * 400 + 2 * size)
        try bench.restart()
        for key in stride(from: 0, to: given, by: 97) {
            #expect(bench.ask(.add(.meter(1), 1), key: "\(key)")?.isReplayed == true)
        }
    }

    @Test func `is written to its end when there is nothing else to do, in short commits`() throws {
        let bench = try Bench()
        for round in 0..<20 { give(round * 200..<(round + 1) * 200, bench) }
        let before = bench.store.batches.count
        bench.rest()
        let slices = bench.store.batches[before...].map { $0.rows.filter(Self.isIndex).count }
        #expect(slices.reduce(0, +) == 4_000)
        #expect(slices.allSatisfy { $0 <= 1_024 })
        #expect(bench.meterRunner.replies.index.isEmpty)
    }

    @Test func `loses no row to refused commits`() throws {
        var limits = ServiceRunnerLimits()
        limits.replyIndex = 20
        let bench = try Bench(runners: limits)
        for round in 0..<60 {
            if round % 3 == 1 { bench.store.moods = [.refusing(.busy)] }
            give(round * 10..<(round + 1) * 10, bench)
        }
        bench.rest()
        let rows = try bench.store.rows("replies_meters_0_a").count
        #expect(rows == 400)
        for round in 0..<60 where round % 3 != 1 {
            let key = "\(round * 10 + 3)"
            #expect(bench.ask(.add(.meter(1), 1), key: key)?.isReplayed == true)
        }
    }
}
