// SPDX-License-Identifier: Apache-2.0
/// What the outside answers, or says unasked, becomes a command.

import Contracts
import GivenWhenThen
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import PaymentsDomain
import PaymentsService
import Ports
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

@Suite struct `Taking answers` {
    private static let answers: [(ProviderAnswer, PaymentOutcome)] = [
        (.done(reference: "r"), .done(reference: "r")),
        (.refused(code: "c"), .refused(code: "c")), (.notFound, .notFound),
        (.unavailable, .unavailable), (.unknown, .unknown),
    ]

    @Test(
        arguments: [
            (.authorize, .authorize), (.capture, .capture),
            (.voidAuthorization, .voidAuthorization),
        ] as [(ProviderCall.Operation, PaymentStep)])
    func `of the provider`(_ operation: ProviderCall.Operation, _ step: PaymentStep) {
        let payment = OrderID.sample.payment()
        for (answer, outcome) in Self.answers {
            let call = ProviderCall(
                payment: payment.raw, operation: operation, amount: .eur(1), token: "",
                isQuestion: false)
            let notice = ProviderNotice(
                payment: payment.raw, operation: operation, answer: answer)
            #expect(Payments.command(for: answer, to: call) == .note(payment, step, outcome))
            #expect(Payments.command(for: notice) == .note(payment, step, outcome))
        }
    }

    @Test(
        arguments: [
            (.labeled(tracking: "GB1"), .labeled(tracking: "GB1")), (.canceled, .canceled),
            (.notFound, .notFound), (.unavailable, .silent), (.unknown, .silent),
            (.status(.labeled), .labeled(tracking: "")), (.status(.shipped), .shipped),
            (.status(.delivered), .delivered), (.status(.canceled), .canceled),
        ] as [(CarrierAnswer, CarrierWord)])
    func `of the carrier`(_ answer: CarrierAnswer, _ word: CarrierWord) {
        let shipment = OrderID.sample.shipment()
        #expect(Shipping.command(for: answer, to: shipment) == .note(shipment, word))
        if case .status(let status) = answer {
            let update = CarrierUpdate(shipment: shipment.raw, status: status)
            #expect(Shipping.command(for: update) == .note(shipment, word))
        }
    }

    @Test(
        arguments: [
            (.sent, .sent), (.refused(code: "c"), .refused(code: "c")),
            (.unavailable, .unavailable),
        ] as [(MailAnswer, MessageOutcome)])
    func `of the mailer`(_ answer: MailAnswer, _ outcome: MessageOutcome) {
        let message = OrderID.sample.message(.orderCanceled)
        #expect(Notifications.command(for: answer, to: message) == .note(message, outcome))
    }
}

@Suite struct `Writing to customers` {
    private func call(_ kind: MessageKind) throws -> MessageCall {
        let message = OrderID.sample.message(kind)
        let messages = given(MessageDecider.self).when(
            .queue(kind, order: .sample, total: .eur(2_200), recipient: .sample))
        let state = messages.entities[message]
        return try #require(Notifications.effect(owedBy: state, at: message)).effect
    }

    @Test func `thanks for a confirmed order`() throws {
        let mail = try call(.orderConfirmed)
        #expect(mail.subject == "Your order ord_01m6e22wg0ek9828t5cy4tqkff is confirmed")
        #expect(
            mail.body(to: "Ada Lovelace") == """
                Dear Ada Lovelace,

                thank you for your order ord_01m6e22wg0ek9828t5cy4tqkff of EUR 22.00. We are \
                packing it.

                """)
    }

    @Test func `says that a canceled order costs nothing`() throws {
        let mail = try call(.orderCanceled)
        #expect(mail.subject == "Your order ord_01m6e22wg0ek9828t5cy4tqkff was canceled")
        #expect(
            mail.body(to: "Ada") == """
                Dear Ada,

                your order ord_01m6e22wg0ek9828t5cy4tqkff of EUR 22.00 was canceled. You pay \
                nothing.

                """)
    }

    @Test func `says that an order could not be canceled and comes`() throws {
        let mail = try call(.orderCancelFailed)
        #expect(mail.subject == "Your order ord_01m6e22wg0ek9828t5cy4tqkff could not be canceled")
        #expect(
            mail.body(to: "Ada") == """
                Dear Ada,

                your order ord_01m6e22wg0ek9828t5cy4tqkff of EUR 22.00 was to be canceled, but \
                its parcel had left already. It is on its way to you, and you pay for it as \
                agreed. If you do not want it, please ask us for a return.

                """)
    }
}
