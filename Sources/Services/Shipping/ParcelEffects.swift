// SPDX-License-Identifier: Apache-2.0
/// The calls of shipping, carried out by a carrier. Addresses are unsealed here, for the moment in
/// which a label is printed.

import Contracts
import Kernel
import NodeEngine
import Ports
import ServiceModel
import ShippingDomain

struct ParcelEffects: EffectBinding {
    typealias S = Shipping

    let carrier: any Carrier
    let vault: any Vault
    let lost = CarrierAnswer.unknown

    func isFailure(_ answer: CarrierAnswer) -> Bool {
        answer == .unknown || answer == .unavailable
    }

    func perform(_ calls: [ParcelCall], _ answers: @escaping Answers<CarrierAnswer>) async {
        var ready: [CarrierCall] = []
        var places: [Int] = []
        var postponed: [(Int, CarrierAnswer)] = []
        for (index, call) in calls.enumerated() {
            if let call = unsealed(call) {
                ready.append(call)
                places.append(index)
            } else {
                postponed.append((index, .unavailable))
            }
        }
        if !postponed.isEmpty { answers(postponed) }
        await carrier.perform(ready) { [places] told in
            answers(told.map { (places[$0.0], $0.1) })
        }
    }

    /// Nil while the vault can't be asked: a label without its address would be printed for good.
    private func unsealed(_ call: ParcelCall) -> CarrierCall? {
        var address = ""
        if let recipient = call.recipient {
            do throws(VaultFailure) {
                address = try vault.personalData(of: recipient).label
            } catch {
                switch error {
                // Who was erased has no address any more; the parcel is still labeled, so that the
                // warehouse sees it and decides.
                case .erased, .tampered: break
                case .full, .unavailable: return nil
                }
            }
        }
        return CarrierCall(
            shipment: call.shipment.raw, operation: call.operation, address: address,
            units: call.units)
    }

    func command(for answer: CarrierAnswer, to call: ParcelCall) -> ShipmentCommand {
        Shipping.command(for: answer, to: call.shipment)
    }

    func listen(_ post: @escaping @Sendable ([ShipmentCommand]) -> Void) {
        carrier.onUpdate { post($0.map { Shipping.command(for: $0) }) }
    }
}
