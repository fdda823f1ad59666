// SPDX-License-Identifier: Apache-2.0
/// Which places the crash lab strikes, and what it tells strace.

import Testing

@testable import CrashLabs

@Suite struct `Choosing where to strike` {
    private func series(stride: Int = 1, prefix: [CrashPoint] = []) -> CrashSeries {
        CrashSeries(prefix: prefix, fault: .kill, scope: .store, call: "pwrite64", stride: stride)
    }

    /// Plays every case of `series` against a house in which there are `places`.
    private func play(_ series: [CrashSeries], places: Int) -> [[CrashPoint]] {
        let schedule = CrashSchedule(series)
        var played: [[CrashPoint]] = []
        while let (number, points) = schedule.take() {
            var outcome = CrashOutcome(points: points)
            let isThere = points.last.map { $0.index <= places } ?? false
            outcome.struck = isThere ? points.count : points.count - 1
            schedule.note(number, outcome)
            played.append(points)
        }
        return played
    }

    @Test(arguments: [1, 2, 7]) func `strikes every place and then looks three times`(
        _ places: Int
    ) {
        let indexes = play([series()], places: places).map { $0[0].index }
        #expect(indexes == Array(1...(places + 3)))
    }

    @Test func `a call that is never made is tried once`() {
        #expect(play([series()], places: 0).count == 1)
    }

    @Test func `a sample takes every how-many-th place`() {
        let indexes = play([series(stride: 5)], places: 12).map { $0[0].index }
        #expect(indexes == [1, 6, 11, 16])
    }

    @Test func `ends where strace can count no further`() {
        let indexes = play([series(stride: 40_000)], places: .max).map { $0[0].index }
        #expect(indexes == [1, 40_001])
    }

    @Test func `one kind of call follows the other, each after its prefix`() {
        let first = CrashPoint(.kill, .door, "writev", 4)
        let played = play([series(), series(prefix: [first])], places: 1)
        #expect(played.map(\.count) == [1, 1, 1, 1, 2, 2, 2, 2])
        #expect(played.last?.first == first)
    }

    @Test func `single cases come first and end nothing`() {
        let single = [CrashPoint(.noSpace, .vault, "openat", 9)]
        let schedule = CrashSchedule([series()], singles: [single])
        let taken = schedule.take()
        #expect(taken?.points == single && taken?.series == nil)
        schedule.note(nil, CrashOutcome(points: single))
        #expect(schedule.take()?.points == [CrashPoint(.kill, .store, "pwrite64", 1)])
    }

    @Test func `a kill is a signal on the files of one writer`() {
        let words = CrashPoint(.kill, .books, "write", 3).tracer(data: "/d", log: "/l")
        #expect(words.first == "/usr/bin/env" && words.last == "--")
        #expect(words.contains("inject=write:signal=KILL:when=3"))
        #expect(!words.contains("--seccomp-bpf"), "strace would deliver no signal")
        let paths = words.indices.filter { words[$0] == "-P" }.map { words[$0 + 1] }
        #expect(paths == ["/d/sandbox/payments.books", "/d/sandbox/carrier.books"])
    }

    @Test(arguments: [(false, "when=7"), (true, "when=7+")])
    func `a failing call fails once or for good`(_ isLasting: Bool, _ when: String) {
        let point = CrashPoint(.noSpace, .store, "fdatasync", 7, isLasting: isLasting)
        let words = point.tracer(data: "/d", log: "/l")
        #expect(words.contains("inject=fdatasync:error=ENOSPC:\(when)"))
    }

    @Test func `the door is every file`() {
        #expect(!CrashPoint(.kill, .door, "writev", 1).tracer(data: "/d", log: "/l").contains("-P"))
    }
}

@Suite struct `A report of the crash lab` {
    private func report(_ points: [CrashPoint], struck: Int) -> CrashReport {
        var outcome = CrashOutcome(points: points)
        outcome.struck = struck
        var report = CrashReport()
        report.add(outcome)
        report.finish(seconds: 1)
        return report
    }

    @Test func `counts what was struck by its kind`() {
        let kill = CrashPoint(.kill, .store, "pwrite64", 1)
        #expect(report([kill], struck: 1).killPoints == 1)
        #expect(report([kill, kill], struck: 2).depth2Points == 1)
        #expect(report([CrashPoint(.ioError, .store, "fsync", 1)], struck: 1).ioErrorPoints == 1)
        #expect(report([CrashPoint(.noSpace, .store, "fsync", 1)], struck: 1).noSpacePoints == 1)
    }

    @Test func `does not pass when nothing was struck`() {
        let nothing = report([CrashPoint(.kill, .store, "pwrite64", 1)], struck: 0)
        #expect(nothing.untouched == 1 && nothing.strikes == 0 && !nothing.passed)
    }

    @Test(arguments: [CrashBreach.lost, .doubled, .half, .other])
    func `does not pass with any breach`(_ breach: CrashBreach) {
        var outcome = CrashOutcome(points: [CrashPoint(.kill, .store, "pwrite64", 1)])
        outcome.struck = 1
        outcome.find(breach, "something")
        var report = CrashReport()
        report.add(outcome)
        report.finish(seconds: 1)
        #expect(!report.passed)
        #expect(report.findings == ["kill at store pwrite64 1: something"])
        #expect(report.lost + report.doubled + report.halfCommits + report.others == 1)
    }
}
