// SPDX-License-Identifier: Apache-2.0
/// Memory is a cache with a bound: what is at rest leaves it, what was not used makes room, what is
/// not stored yet stays; and readers see all of it.

import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `Memory` {
    @Test func `keeps to its bound once rows are written`() throws {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = 10
        limits.restingRows = 5
        let bench = try Bench(runners: limits)
        for number in 0..<100 as Range<UInt16> { _ = bench.ask(.add(.meter(number), 1)) }
        #expect(bench.meterRunner.entities.count == 100, "nothing is stored yet")
        bench.rest()
        bench.turn()
        #expect(bench.meterRunner.entities.count <= 10)
        for number in 0..<100 as Range<UInt16> { _ = bench.ask(.add(.meter(number), 1)) }
        bench.rest()
        for number in 0..<100 as Range<UInt16> {
            #expect(try bench.meter(.meter(number)).value == 2)
        }
        #expect(bench.meterRunner.arrivals.count < 5_000)
    }

    @Test func `lets go of what is at rest, and takes it up again`() throws {
        var limits = ServiceRunnerLimits()
        limits.restingRows = 3
        let bench = try Bench(runners: limits)
        for number in 0..<3 as Range<UInt16> {
            _ = bench.ask(.add(.meter(number), 1), .close(.meter(number)))
        }
        #expect(bench.meterRunner.entities.isEmpty)
        #expect(try bench.store.rows("meter_0").count == 3)
        #expect(bench.ask(.look(.meter(1))).first??.text == "value 1")
        #expect(bench.ask(.add(.meter(1), 1)).first??.status == 409)
    }

    @Test func `does not look for rows that can't be there`() throws {
        let bench = try Bench()
        for number in 0..<50 as Range<UInt16> { _ = bench.ask(.add(.meter(number), 1)) }
        let atStart = bench.store.loads
        bench.rest()
        try bench.restart()
        let loads = bench.store.loads
        // Greater than every stored key: new for certain.
        for number in 50..<90 as Range<UInt16> { _ = bench.ask(.add(.meter(number), 1)) }
        #expect(bench.store.loads == loads)
        _ = bench.ask(.add(.meter(49), 1))
        #expect(bench.store.loads == loads + 1)
        #expect(atStart <= 2)
        // Of another table nothing is stored yet.
        _ = bench.ask(.add(.pool(3), 1))
        #expect(bench.store.loads == loads + 1)
        bench.rest()
        try bench.restart()
        for number in stride(from: 0, to: 90, by: 7) as StrideTo<UInt16> {
            _ = bench.ask(.add(.meter(number), 1))
            #expect(try bench.meter(.meter(number)).value == (number == 49 ? 3 : 2))
        }
    }

    @Test func `forgets at once what was only looked at`() throws {
        let bench = try Bench()
        for number in 0..<100 as Range<UInt16> {
            _ = bench.ask(.look(.meter(number)), .move(.meter(number), .pool(number), 1))
        }
        #expect(bench.meterRunner.entities.isEmpty)
        #expect(bench.meterRunner.arrivals.count < 10_000)
    }
}

@Suite struct `Readers` {
    private let row = RowKey("meter_0", MeterKey.meter(1).bytes)

    private func value(_ bench: Bench) throws -> Int64? {
        guard let row = bench.recent.rows[row] else { return nil }
        return try StateRow.read(row.value, of: MeterState.self).state.value
    }

    @Test func `see an acknowledged change before its row is written`() throws {
        let bench = try Bench()
        for amount in 1...3 as ClosedRange<Int64> {
            _ = bench.ask(.add(.meter(1), 1), .add(.pool(1), 1))
            #expect(try value(bench) == amount)
        }
        #expect(bench.recent.rows.count == 1, "only tables that are read from outside")
        bench.rest()
        #expect(bench.recent.rows.isEmpty)
        #expect(try bench.store.rows("meter_0").count == 1)
    }

    @Test func `see nothing of a refused commit`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1))
        bench.store.moods = [.refusing(.full)]
        _ = bench.ask(.add(.meter(1), 1))
        #expect(try value(bench) == 1)
        bench.store.moods = [.refusing(.full)]
        bench.turn()
        #expect(try value(bench) == 1)
    }

    @Test func `see what was acknowledged before a death`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 1))
        bench.rest()
        _ = bench.ask(.add(.meter(1), 1), .add(.meter(2), 5), .add(.pool(2), 5))
        try bench.restart()
        #expect(try value(bench) == 2)
        #expect(bench.recent.rows.count == 2)
        bench.rest()
        #expect(bench.recent.rows.isEmpty)
    }
}
