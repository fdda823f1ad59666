// SPDX-License-Identifier: Apache-2.0
/// The calls of payments, carried out by a provider.

import Contracts
import Kernel
import NodeEngine
import PaymentsDomain
import Ports
import ServiceModel

struct PaymentEffects: EffectBinding {
    typealias S = Payments

    let provider: any PaymentProvider
    let lost = ProviderAnswer.unknown

    func isFailure(_ answer: ProviderAnswer) -> Bool {
        answer == .unknown || answer == .unavailable
    }

    func perform(
        _ calls: [ProviderCall], _ answers: @escaping Answers<ProviderAnswer>
    ) async {
        await provider.perform(calls, answers)
    }

    func command(for answer: ProviderAnswer, to call: ProviderCall) -> PaymentCommand {
        Payments.command(for: answer, to: call)
    }

    func listen(_ post: @escaping @Sendable ([PaymentCommand]) -> Void) {
        provider.onNotice { post($0.map { Payments.command(for: $0) }) }
    }
}
