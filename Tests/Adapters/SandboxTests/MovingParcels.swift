// SPDX-License-Identifier: Apache-2.0
/// Parcels get their label when they are asked for, and move by themselves after that.

import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Moving parcels` {
    private let folder = TemporaryFolder()
    private let clock = ManualClock()

    private func carrier(
        _ change: (inout SandboxCarrier.Settings) -> Void = { _ in }
    ) throws -> SandboxCarrier {
        var settings = SandboxCarrier.Settings()
        change(&settings)
        return try SandboxCarrier(books: folder.books, clock: clock, settings: settings)
    }

    private static let tracking = CarrierAnswer.labeled(tracking: "TRK8000000000000001")

    @Test func `a label is booked once and answered always`() async throws {
        let carrier = try carrier()
        for _ in 0..<3 { #expect(await carrier.answer(.label) == Self.tracking) }
        let entry = try CarrierBook.read(folder.books).shipments[id(1)]
        #expect(entry?.labels == 1 && entry?.status == .labeled && entry?.isCanceled == false)
        #expect(entry?.tracking == "TRK8000000000000001")
        #expect(
            folder.lines == [
                #"{"at":1767323045678,"shipment":"019b7ca98f2e70078000000000000001","#
                    + #""status":"labeled","tracking":"TRK8000000000000001"}"#
            ])
    }

    @Test func `a parcel does not move before its carrier runs`() async throws {
        let carrier = try carrier()
        #expect(await carrier.answer(.track) == .notFound)
        _ = await carrier.answer(.label)
        #expect(await carrier.answer(.track) == .status(.labeled))
    }

    @Test func `without delays every parcel arrives at once, step by step`() async throws {
        let carrier = try carrier()
        let updates = Recorder<CarrierUpdate>()
        carrier.onUpdate { updates.add($0) }
        let numbers = 0..<1_000 as Range<UInt64>
        await beside({ await carrier.run() }) {
            for number in numbers { _ = await carrier.answer(.label, id(number)) }
            _ = await updates.wait(for: 2_000)
        }
        let shipments = Dictionary(grouping: updates.all, by: \.shipment)
        #expect(shipments.count == 1_000)
        #expect(shipments.values.allSatisfy { $0.map(\.status) == [.shipped, .delivered] })
        #expect(await carrier.answer(.track) == .status(.delivered))
        #expect(await carrier.answer(.label) == Self.tracking)
        #expect(try CarrierBook.read(folder.books).shipments.values.allSatisfy { $0.labels == 1 })
    }

    @Test func `an update is booked before it is sent`() async throws {
        let carrier = try carrier()
        let (folder, updates) = (folder, Recorder<CarrierUpdate>())
        carrier.onUpdate { group in
            let shipments = try? CarrierBook.read(folder.books).shipments
            for update in group { #expect(shipments?[update.shipment]?.status == .delivered) }
            updates.add(group)
        }
        await beside({ await carrier.run() }) {
            _ = await carrier.answers((0..<100).map { CarrierCall(.label, id($0)) })
            _ = await updates.wait(for: 200)
        }
        #expect(updates.all.count == 200)
    }

    @Test func `delays are kept`() async throws {
        let carrier = try carrier {
            $0.pickupDelay = .milliseconds(60)
            $0.deliveryDelay = .milliseconds(60)
        }
        let updates = Recorder<CarrierUpdate>()
        carrier.onUpdate { updates.add($0) }
        await beside({ await carrier.run() }) {
            let began = ContinuousClock.now
            _ = await carrier.answer(.label)
            #expect(await carrier.answer(.track) == .status(.labeled))
            _ = await updates.wait(for: 1)
            #expect(ContinuousClock.now - began >= .milliseconds(60))
            _ = await updates.wait(for: 2)
            #expect(ContinuousClock.now - began >= .milliseconds(120))
        }
        #expect(updates.all.map(\.status) == [.shipped, .delivered])
    }

    @Test func `a parcel that has not left is canceled and stays`() async throws {
        let carrier = try carrier { $0.pickupDelay = .milliseconds(20) }
        let updates = Recorder<CarrierUpdate>()
        carrier.onUpdate { updates.add($0) }
        await beside({ await carrier.run() }) {
            _ = await carrier.answers([CarrierCall(.label, id(1)), CarrierCall(.label, id(2))])
            for _ in 0..<2 { #expect(await carrier.answer(.cancel) == .canceled) }
            #expect(await updates.wait(for: 2).count == 2)
        }
        #expect(updates.all.allSatisfy { $0.shipment == id(2) })
        #expect(await carrier.answer(.track) == .status(.canceled))
        #expect(await carrier.answer(.label) == .canceled)
        #expect(try CarrierBook.read(folder.books).shipments[id(1)]?.isCanceled == true)
        #expect(folder.lines.count == 5)
    }

    @Test func `a parcel that has left is not canceled`() async throws {
        let carrier = try carrier { $0.deliveryDelay = .seconds(3_600) }
        let updates = Recorder<CarrierUpdate>()
        carrier.onUpdate { updates.add($0) }
        await beside({ await carrier.run() }) {
            _ = await carrier.answer(.label)
            _ = await updates.wait(for: 1)
        }
        #expect(await carrier.answer(.cancel) == .status(.shipped))
        #expect(try CarrierBook.read(folder.books).shipments[id(1)]?.status == .shipped)
    }

    @Test func `a shipment that is canceled before its label never gets one`() async throws {
        let carrier = try carrier()
        #expect(await carrier.answer(.cancel) == .canceled)
        #expect(await carrier.answer(.label) == .canceled)
        let entry = try CarrierBook.read(folder.books).shipments[id(1)]
        #expect(entry?.labels == 0 && entry?.isCanceled == true && entry?.tracking == nil)
        #expect(folder.lines.count == 1)
    }

    @Test func `a restarted carrier knows its parcels and moves them on`() async throws {
        let first = try carrier {
            $0.deliveryDelay = .seconds(3_600)
        }
        let updates = Recorder<CarrierUpdate>()
        first.onUpdate { updates.add($0) }
        await beside({ await first.run() }) {
            _ = await first.answer(.label)
            _ = await updates.wait(for: 1)
        }
        _ = await first.answers([CarrierCall(.label, id(2)), CarrierCall(.cancel, id(3))])

        clock.advance(by: .hours(1))
        let second = try carrier { $0.deliveryDelay = .seconds(3_600) }
        let later = Recorder<CarrierUpdate>()
        second.onUpdate { later.add($0) }
        await beside({ await second.run() }) { _ = await later.wait(for: 2) }
        #expect(
            Set(later.all.map { "\($0.shipment == id(1)) \($0.status)" })
                == ["true delivered", "false shipped"])
        #expect(await second.answer(.label) == Self.tracking)
        #expect(await second.answer(.track, id(2)) == .status(.shipped))
        #expect(await second.answer(.label, id(3)) == .canceled)
    }

    @Test func `a torn last line is cut off`() async throws {
        let first = try carrier()
        _ = await first.answers([CarrierCall(.label, id(1)), CarrierCall(.label, id(2))])
        let text = folder.text
        try folder.write(String(text.dropLast(5)))
        #expect(try CarrierBook.read(folder.books).shipments.count == 1)
        let second = try carrier()
        #expect(await second.answer(.track, id(2)) == .notFound)
        #expect(await second.answer(.label, id(2)) == .labeled(tracking: "TRK8000000000000002"))
        #expect(folder.text == text)
    }

    @Test func `books that are spoiled answer nothing`() async throws {
        try folder.write("{}\n")
        let carrier = try carrier()
        #expect(throws: BooksFailure.corrupt(line: 1)) { try carrier.load() }
        #expect(await carrier.answer(.label) == .unavailable)
        #expect(throws: BooksFailure.corrupt(line: 1)) { try CarrierBook.read(folder.books) }
    }
}
