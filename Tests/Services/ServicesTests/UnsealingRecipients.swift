// SPDX-License-Identifier: Apache-2.0
/// Names and addresses are unsealed for labels and mails; what happens when that can't be done.

import Contracts
import Kernel
import Ports
import SampleFacts
import Synchronization
import Testing

@testable import ShippingService

@Suite struct `Unsealing recipients` {
    private static let person = PersonalData(
        name: "Ann", email: "ann@example.org", line: "1 High Street", city: "Leeds",
        postcode: "LS1 1AA", country: "GB")

    private func parcel(_ operation: CarrierCall.Operation) -> ParcelCall {
        ParcelCall(
            shipment: OrderID.sample.shipment(), operation: operation,
            recipient: operation == .label ? .sample : nil, units: 3)
    }

    /// What the carrier was asked, and what each call was answered, by its place.
    private func perform(
        _ calls: [ParcelCall], _ failure: VaultFailure?
    ) async -> (asked: [CarrierCall], answers: [Int: CarrierAnswer]) {
        let carrier = RecordingCarrier()
        let effects = ParcelEffects(
            carrier: carrier, vault: OneVault(Self.person.bytes, failure))
        let answers = Mutex<[Int: CarrierAnswer]>([:])
        await effects.perform(calls) { told in
            answers.withLock { for (index, answer) in told { $0[index] = answer } }
        }
        return (carrier.asked.withLock { $0 }, answers.withLock { $0 })
    }

    @Test func `puts the address on a label, and on nothing else`() async {
        let (asked, answers) = await perform([parcel(.label), parcel(.track)], nil)
        #expect(asked.map(\.address) == ["Ann, 1 High Street, LS1 1AA Leeds, GB", ""])
        #expect(answers == [0: .labeled(tracking: "0"), 1: .labeled(tracking: "1")])
    }

    @Test(arguments: [VaultFailure.erased, .tampered])
    func `leaves the address out when it is gone for good`(_ failure: VaultFailure) async {
        let (asked, answers) = await perform([parcel(.label)], failure)
        #expect(asked.map(\.address) == [""])
        #expect(answers == [0: .labeled(tracking: "0")])
    }

    @Test(arguments: [VaultFailure.unavailable, .full])
    func `postpones a label while the vault can't be asked`(_ failure: VaultFailure) async {
        let calls = [parcel(.track), parcel(.label), parcel(.cancel)]
        let (asked, answers) = await perform(calls, failure)
        #expect(asked.map(\.operation) == [.track, .cancel])
        #expect(
            answers == [0: .labeled(tracking: "0"), 1: .unavailable, 2: .labeled(tracking: "1")])
    }
}

/// Labels whatever it is asked, and numbers it.
private final class RecordingCarrier: Carrier {
    let asked = Mutex<[CarrierCall]>([])

    func perform(_ calls: [CarrierCall], _ answers: @escaping Answers<CarrierAnswer>) async {
        asked.withLock { $0 += calls }
        answers(calls.indices.map { ($0, .labeled(tracking: "\($0)")) })
    }

    func onUpdate(_ handler: @escaping @Sendable ([CarrierUpdate]) -> Void) {}
}

/// Holds one plain text, or fails.
private struct OneVault: Vault {
    private let plain: [UInt8]
    private let failure: VaultFailure?

    init(_ plain: [UInt8], _ failure: VaultFailure?) {
        self.plain = plain
        self.failure = failure
    }

    func seal(
        _ plain: [UInt8], contact: String
    ) async throws(VaultFailure) -> (person: UUIDv7, box: [UInt8]) {
        throw .unavailable
    }

    func open(_ box: [UInt8], person: UUIDv7) throws(VaultFailure) -> [UInt8] {
        if let failure { throw failure }
        return plain
    }

    func erase(_ person: UUIDv7) throws(VaultFailure) {}
}
