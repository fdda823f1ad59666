// SPDX-License-Identifier: Apache-2.0
/// A fault model that is weaker or stronger than reality proves nothing: the simulated store keeps
/// what every store promises.

import ContractSuites
import Ports
import SQLiteAdapter
import Simulator
import Testing

@Suite struct `Simulated store` {
    @Test(arguments: StoreContract.all)
    func `keeps the promise`(_ promise: StoreContract) throws {
        let disk = SimulatedDisk()
        try promise.check(
            StoreMedium(
                owner: { SimulatedStore(disk) }, reader: { SimulatedReader(disk) }))
    }

    @Test(arguments: StoreContract.all)
    func `keeps it under a layer that could fail`(_ promise: StoreContract) throws {
        let disk = SimulatedDisk()
        try promise.check(
            StoreMedium(
                owner: { FaultyStore(SimulatedStore(disk), Medium(disk)) },
                reader: { SimulatedReader(disk) }))
    }

    @Test func `a torn commit is gone when the disk is opened`() throws {
        let disk = SimulatedDisk()
        let medium = Medium(disk)
        let store = FaultyStore(SimulatedStore(disk), medium)
        var batch = Batch(epoch: try store.open().epoch)
        batch.rows = (1...4).map { RowChange(table: "rows", key: [$0], value: [$0]) }
        store.next = .dies(isKept: false, parts: 2)
        #expect(store.commit(batch) != .committed)
        let next = SimulatedStore(disk)
        #expect(try next.open().epoch == 2)
        #expect(try next.rows(in: "rows", after: nil, isDueOnly: false, limit: 9).isEmpty)
    }

    @Test(arguments: [true, false])
    func `an unknown outcome is either of both`(isKept: Bool) throws {
        let disk = SimulatedDisk()
        let store = FaultyStore(SimulatedStore(disk), Medium(disk))
        var batch = Batch(epoch: try store.open().epoch)
        batch.rows = [RowChange(table: "rows", key: [1], value: [1])]
        store.next = .unknown(isKept: isKept)
        #expect(store.commit(batch) == .unknown)
        #expect((try store.load([RowKey("rows", [1])])[0] != nil) == isKept)
    }
}

@Suite struct `Real SQLite under simulation` {
    @Test(arguments: [2, 5, 11] as [UInt64])
    func `plays a seed to its end`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var way = Simulation.Way()
        way.medium = { index in
            let path = "\(folder.path)/\(index).sqlite"
            return Medium(
                owner: { SQLiteStore(path: path) }, reader: SQLiteReader(path: path))
        }
        let report = Simulation.run(Plan.drawn(from: seed, orders: 20), way)
        #expect(report.breaches == [])
        #expect(report.placed > 0)
        #expect(report.digest == Simulation.run(Plan.drawn(from: seed, orders: 20)).digest)
    }
}

@Suite struct `Simulated bus` {
    @Test(arguments: BusContract.all, [1, 2, 3] as [UInt64])
    func `keeps what it still promises`(_ promise: BusContract, _ seed: UInt64) async throws {
        var plan = Plan(seed: seed)
        for (index, kind) in FaultKind.allCases.enumerated() {
            switch kind {
            case .messageLost, .messageTwice, .messageLate, .publishRefused:
                plan.setting.chances[index] = 100_000
            default: break
            }
        }
        let bus = SimulatedBus(plan)
        try await promise.check(
            BusMedium(bus, faults: [.loses, .repeats, .reorders]) { bus.settle() })
    }

    @Test(arguments: BusContract.all)
    func `without faults is a good bus`(_ promise: BusContract) async throws {
        try await promise.check(BusMedium(SimulatedBus(Plan(seed: 1))))
    }
}
