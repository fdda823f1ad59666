// SPDX-License-Identifier: Apache-2.0
/// The ten thousandth notice costs what the first one did: nothing grows between the sandbox and
/// whoever listens to it.

import Foundation
import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Telling many things` {
    private static let times: UInt64 = 200
    private let folder = TemporaryFolder()
    private let clock = ManualClock()

    /// How many calls deep a listener is told each time.
    private func expectNoGrowth(_ depths: [Int]) throws {
        #expect(depths.count >= Self.times)
        let first = try #require(depths.prefix(10).max())
        let last = try #require(depths.suffix(10).max())
        #expect(last <= first, "deeper and deeper: \(first), then \(last)")
    }

    @Test func `a notice is handed on as directly as the first one`() async throws {
        var settings = SandboxPayments.Settings()
        settings.noticeDelay = .zero
        let provider = try SandboxPayments(
            books: folder.books, clock: clock, settings: settings)
        let depths = Recorder<Int>()
        provider.onNotice { _ in depths.add([Thread.callStackReturnAddresses.count]) }
        await beside({ await provider.run() }) {
            for number in 0..<Self.times {
                let token = SandboxPayments.Token.webhook
                _ = await provider.answer(ProviderCall(.authorize, id(number), token: token))
                _ = await depths.wait(for: Int(number) + 1)
            }
        }
        try expectNoGrowth(depths.all)
    }

    @Test func `a parcel's update is handed on as directly as the first one`() async throws {
        var settings = SandboxCarrier.Settings()
        settings.pickupDelay = .zero
        settings.deliveryDelay = .seconds(3_600)
        let carrier = try SandboxCarrier(
            books: folder.books, clock: clock, settings: settings)
        let depths = Recorder<Int>()
        carrier.onUpdate { _ in depths.add([Thread.callStackReturnAddresses.count]) }
        await beside({ await carrier.run() }) {
            for number in 0..<Self.times {
                _ = await carrier.answer(.label, id(number))
                _ = await depths.wait(for: Int(number) + 1)
            }
        }
        try expectNoGrowth(depths.all)
    }
}
