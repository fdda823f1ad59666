// SPDX-License-Identifier: Apache-2.0
/// Whatever happens to a node, its memory, its rows and its logs say the same; rows may lag, be
/// written with their events, or be made anew from the log, and are the same bytes.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine

/// Limits under which everything happens early.
private func tight() -> ServiceRunnerLimits {
    var limits = ServiceRunnerLimits()
    limits.cachedEntities = 4
    limits.lagEvents = 7
    limits.restingRows = 3
    limits.replyIndex = 4
    limits.frameRecords = 2
    return limits
}

@Suite struct `Living through troubles` {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `rows lag at leisure`(_ seed: UInt64) throws {
        try Story(seed: seed, .many, runners: ServiceRunnerLimits()).live(turns: 120)
    }

    @Test(arguments: 101...112 as ClosedRange<UInt64>)
    func `rows follow at once`(_ seed: UInt64) throws {
        try Story(seed: seed, .many, runners: .writeThrough).live(turns: 120)
    }

    @Test(arguments: 201...220 as ClosedRange<UInt64>)
    func `everything is scarce`(_ seed: UInt64) throws {
        var nodes = NodeLimits()
        nodes.eventsMax = 5
        nodes.dueMax = 2
        try Story(seed: seed, .many, runners: tight(), nodes: nodes).live(turns: 120)
    }

    @Test(arguments: 301...304 as ClosedRange<UInt64>)
    func `limits change nothing that is logged or stored`(_ seed: UInt64) throws {
        let stories = try [ServiceRunnerLimits(), .writeThrough, tight()].map { limits in
            let story = try Story(seed: seed, .none, runners: limits)
            try story.live(turns: 150)
            return story.bench
        }
        for log in [Bench.meters, Bench.echoes, Bench.tallies] {
            let bytes = try stories.map { story in
                try story.records(log).map { Array($0.frame.bytes[$0.data]) }
            }
            #expect(bytes[0] == bytes[1] && bytes[0] == bytes[2])
        }
        for table in ["meter_0", "pool_0", "echo_0", "tally_0"] {
            let rows = try stories.map { try $0.store.rows(table) }
            #expect(!rows[0].isEmpty)
            #expect(rows[0] == rows[1] && rows[0] == rows[2])
        }
    }

    @Test(arguments: 401...404 as ClosedRange<UInt64>)
    func `rows made anew from the log are the same bytes`(_ seed: UInt64) throws {
        let story = try Story(seed: seed, .many, runners: tight())
        try story.live(turns: 150)
        let old = story.bench
        let logs = [Bench.meters, Bench.echoes, Bench.tallies]
        let disk = try old.disk.copy(logs, tables: ["cursors"])
        let new = try Bench(.withTallies, disk: disk)
        // A restart tries again what was in flight; here only the rows are to be made.
        new.meterRunner.toResume.removeAll()
        new.rest()
        for table in ["meter_0", "pool_0", "echo_0", "tally_0"] {
            #expect(try new.store.rows(table) == old.store.rows(table), "\(table)")
        }
    }
}
