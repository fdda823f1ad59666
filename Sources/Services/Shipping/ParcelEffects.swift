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
        await carrier.perform(calls.map(unsealed), answers)
    }

    private func unsealed(_ call: ParcelCall) -> CarrierCall {
        // A person who was erased has no address any more; the parcel is still labeled, so that
        // the warehouse sees it and decides.
        let person = call.recipient.flatMap { recipient in
            try? vault.open(recipient.sealed.box, person: recipient.sealed.person.raw)
        }
        let address = person.flatMap { PersonalData(bytes: $0) }?.label ?? ""
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
