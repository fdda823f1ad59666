// SPDX-License-Identifier: Apache-2.0
/// The adapters that live in memory keep what their ports promise; they are the model for others.

import ContractSuites
import FaultyPorts
import Kernel
import MemoryAdapter
import Ports
import Testing

@Suite struct `Memory store` {
    @Test(arguments: StoreContract.all)
    func `keeps the promise`(_ promise: StoreContract) throws {
        let disk = MemoryStore.Disk()
        try promise.check(
            StoreMedium(owner: { MemoryStore(disk) }, reader: { MemoryStore(disk) }))
    }
}

@Suite struct `In-process bus` {
    @Test(arguments: BusContract.all)
    func `keeps the promise`(_ promise: BusContract) async throws {
        try await promise.check(BusMedium(InProcessBus()))
    }
}

@Suite struct `Faulty bus` {
    @Test(arguments: BusContract.all, [1, 2, 3] as [UInt64])
    func `keeps what it still promises`(_ promise: BusContract, _ seed: UInt64) async throws {
        let bus = FaultyBus(InProcessBus(), faults: .wild, seed: seed)
        try await promise.check(
            BusMedium(bus, faults: [.loses, .repeats, .reorders]) {
                bus.heal()
                try bus.publish([])
            })
    }

    @Test(arguments: BusContract.all)
    func `without faults is a good bus`(_ promise: BusContract) async throws {
        let bus = FaultyBus(InProcessBus(), faults: FaultyBus.Faults(), seed: 1)
        try await promise.check(BusMedium(bus))
    }

    @Test func `does every kind of harm`() throws {
        let bus = FaultyBus(InProcessBus(), faults: .wild, seed: 4)
        for position in 1...500 as ClosedRange<Int64> {
            let message = BusMessage(
                log: LogName("orders"), epoch: 1, epochBase: 0, partition: 0, position: position,
                previous: position - 1, key: "", name: "sample.v1", payload: [],
                provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil))
            try? bus.publish([message, message])
        }
        let toll = bus.toll
        #expect(toll.lost > 0 && toll.repeated > 0 && toll.delayed > 0)
        #expect(toll.reordered > 0 && toll.refused > 0)
    }
}

@Suite struct `Memory views` {
    @Test(arguments: ViewsContract.all)
    func `keep the promise`(_ promise: ViewsContract) throws {
        let disk = MemoryViews.Disk()
        try promise.check(
            ViewsMedium(writer: { MemoryViews(disk) }, reader: MemoryViews(disk)))
    }
}
