// SPDX-License-Identifier: Apache-2.0
/// What may go wrong between the carrier and the house, and that asking puts it right.

import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Losing track` {
    private let folder = TemporaryFolder()

    /// Labels 1,000 parcels, lets them arrive, and gives what the carrier said of them.
    private func updates(
        _ count: Int, _ change: (inout SandboxCarrier.Settings) -> Void
    ) async throws -> (carrier: SandboxCarrier, updates: [CarrierUpdate]) {
        var settings = SandboxCarrier.Settings()
        change(&settings)
        let carrier = try SandboxCarrier(
            books: folder.books, clock: ManualClock(), settings: settings)
        let (folder, updates) = (folder, Recorder<CarrierUpdate>())
        carrier.onUpdate { updates.add($0) }
        await beside({ await carrier.run() }) {
            _ = await carrier.answers((0..<1_000).map { CarrierCall(.label, id($0)) })
            _ = await updates.wait(for: count)
            await until { folder.lines.count >= 3_000 }
        }
        return (carrier, updates.all)
    }

    @Test func `an update may get lost, and the books and the track know better`() async throws {
        let (carrier, updates) = try await updates(0) { $0.lostUpdate = 1_000 }
        #expect(updates.isEmpty)
        #expect(await carrier.answer(.track) == .status(.delivered))
        let shipments = try CarrierBook.read(folder.books).shipments
        #expect(shipments.count == 1_000 && shipments.values.allSatisfy { $0.status == .delivered })
    }

    @Test func `about as many get lost as are told to`() async throws {
        let (_, updates) = try await updates(1_000) { $0.lostUpdate = 250 }
        #expect((1_400...1_600).contains(updates.count))
    }

    @Test func `an update may come twice`() async throws {
        let (_, updates) = try await updates(4_000) { $0.repeatedUpdate = 1_000 }
        #expect(updates.count == 4_000)
        let shipments = Dictionary(grouping: updates, by: \.shipment)
        #expect(shipments.count == 1_000)
        let isTwice = shipments.values.allSatisfy { own in
            own.count == 4 && own.count { $0.status == .shipped } == 2
        }
        #expect(isTwice)
    }

    @Test(arguments: [Duration.zero, .milliseconds(10)])
    func `the last news may come first`(delay: Duration) async throws {
        let (_, updates) = try await updates(2_000) {
            $0.outOfOrder = 1_000
            $0.deliveryDelay = delay
        }
        let shipments = Dictionary(grouping: updates, by: \.shipment)
        #expect(shipments.count == 1_000)
        #expect(shipments.values.allSatisfy { $0.map(\.status) == [.delivered, .shipped] })
        let lines = folder.lines.filter { $0.contains(#""019b7ca98f2e70078000000000000001""#) }
        #expect(lines.count == 3 && lines[1].contains("shipped"), "the books keep the order")
    }

    @Test func `a call may time out on either side of its effect, or find nobody`() async throws {
        var settings = SandboxCarrier.Settings()
        settings.timeoutBefore = 200
        settings.timeoutAfter = 200
        settings.unavailable = 200
        let carrier = try SandboxCarrier(
            books: folder.books, clock: ManualClock(), settings: settings)
        let answers = await carrier.answers((0..<1_000).map { CarrierCall(.label, id($0)) })
        let shipments = try CarrierBook.read(folder.books).shipments
        func near(_ count: Int, _ expected: Int) -> Bool { abs(count - expected) < expected / 4 }
        #expect(near(answers.count { $0 == .unknown }, 400))
        #expect(near(answers.count { $0 == .unavailable }, 200))
        #expect(near(shipments.count, 600))
        for (number, answer) in answers.enumerated() where answer == .unavailable {
            #expect(shipments[id(UInt64(number))] == nil)
        }
    }

    @Test func `latency comes before the answer and not before the effect`() async throws {
        var settings = SandboxCarrier.Settings()
        settings.latency = .seconds(3_600)
        let carrier = try SandboxCarrier(
            books: folder.books, clock: ManualClock(), settings: settings)
        let (folder, answers) = (folder, Recorder<(Int, CarrierAnswer)>())
        await beside({
            await carrier.perform([CarrierCall(.label, id(1))]) { answers.add($0) }
        }) {
            await until { !folder.text.isEmpty }
        }
        #expect(answers.all.isEmpty)
        #expect(try CarrierBook.read(folder.books).shipments[id(1)]?.labels == 1)
    }
}
