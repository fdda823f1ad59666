// SPDX-License-Identifier: Apache-2.0
/// A call to the outside is owed by a state in which one is under way, and by no other.

import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import Ports
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

@Suite struct `Owing effects` {
    private let order = OrderID.sample

    /// Every state that shows up while `commands` come at random.
    private func explore<Rules: Decider>(
        _ rules: Rules.Type, at key: Rules.Key, _ commands: [Rules.Command]
    ) -> [Rules.State] {
        var chance = Chance(seed: 101)
        var states = [Rules.initial]
        for _ in 0..<1_000 {
            var entities = Entities<Rules>()
            var time = Timestamp.noon
            for _ in 0..<12 {
                time = time + chance.span(upTo: chance.one(of: [.seconds(1), .hours(1)]))
                entities.run(chance.one(of: commands), chance.moment(at: time))
                states.append(entities[key])
            }
        }
        return states
    }

    @Test func `is what a payment does while a call is under way`() throws {
        let payment = order.payment()
        let outcomes: [PaymentOutcome] = [
            .done(reference: "r"), .refused(code: "c"), .notFound, .unavailable, .unknown,
        ]
        let notes = PaymentStep.allCases.flatMap { step in
            outcomes.map { PaymentCommand.note(payment, step, $0) }
        }
        let authorize = PaymentCommand.authorize(
            payment, order: order, amount: .eur(7), token: "tok")
        let others: [PaymentCommand] = [
            .capture(payment, order: order), .giveBack(payment, order: order),
            .wake(payment, isRestart: false), .wake(payment, isRestart: true),
        ]
        let often = Array(repeating: authorize, count: 15)
        var made: Set<String> = []
        for state in explore(PaymentDecider.self, at: payment, notes + others + often) {
            let owed = Payments.effect(owedBy: state, at: payment)
            guard case .open(let open) = state, open.isInFlight else {
                #expect(owed == nil)
                continue
            }
            let call = try #require(owed)
            let operation = try #require(Self.operations[open.phase])
            #expect(call.attempt == open.attempts.number)
            #expect(call.isRetry == open.attempts.isRetry)
            #expect(Payments.operations[call.operation] == operation.rawValue)
            #expect(
                call.effect
                    == ProviderCall(
                        payment: payment.raw, operation: operation, amount: .eur(7),
                        token: "tok", isQuestion: open.isQuestion))
            made.insert("\(operation) \(open.isQuestion)")
        }
        #expect(made.count == 6)
    }

    private static let operations: [PaymentState.Phase: ProviderCall.Operation] = [
        .authorizing: .authorize, .capturing: .capture, .voiding: .voidAuthorization,
    ]

    @Test func `is what a shipment does while a call is under way`() throws {
        let shipment = order.shipment()
        let words: [CarrierWord] = [
            .labeled(tracking: "GB1"), .shipped, .delivered, .canceled, .notFound, .silent,
        ]
        let create = ShipmentCommand.create(OrderEvent.confirmedSample)
        let others: [ShipmentCommand] = [
            .cancel(shipment, order: order), .announce(shipment),
            .wake(shipment, isRestart: false), .wake(shipment, isRestart: true),
        ]
        let often = Array(repeating: create, count: 9)
        let commands = words.map { ShipmentCommand.note(shipment, $0) } + others + often
        var made: Set<CarrierCall.Operation> = []
        for state in explore(ShipmentDecider.self, at: shipment, commands) {
            let owed = Shipping.effect(owedBy: state, at: shipment)
            guard case .open(let open) = state, open.isInFlight else {
                #expect(owed == nil)
                continue
            }
            let call = try #require(owed)
            let operation = Self.carrierOperations[open.phase] ?? .track
            #expect(call.attempt == open.attempts.number)
            #expect(call.isRetry == open.attempts.isRetry)
            #expect(Shipping.operations[call.operation] == operation.rawValue)
            #expect((call.effect.shipment, call.effect.operation) == (shipment, operation))
            #expect(call.effect.recipient == (operation == .label ? .sample : nil))
            #expect(call.effect.units == 11)
            made.insert(operation)
        }
        #expect(made == Set(CarrierCall.Operation.allCases))
    }

    private static let carrierOperations: [ShipmentState.Phase: CarrierCall.Operation] = [
        .labeling: .label, .canceling: .cancel,
    ]

    @Test func `is what a message does while it is under way`() throws {
        let message = order.message(.orderCanceled)
        let commands: [MessageCommand] = [
            .queue(.orderCanceled, order: order, total: .eur(9), recipient: .empty),
            .note(message, .unavailable), .note(message, .unavailable), .note(message, .sent),
            .note(message, .refused(code: "c")), .wake(message, isRestart: false),
            .wake(message, isRestart: true),
        ]
        var attempts: Set<Int64> = []
        for state in explore(MessageDecider.self, at: message, commands) {
            let owed = Notifications.effect(owedBy: state, at: message)
            guard case .open(let open) = state, open.isInFlight else {
                #expect(owed == nil)
                continue
            }
            let call = try #require(owed)
            #expect(call.attempt == open.attempts.number)
            #expect(call.isRetry == open.attempts.isRetry)
            #expect((call.effect.message, call.effect.order) == (message, order))
            #expect(call.effect.kind == .orderCanceled)
            #expect((call.effect.total, call.effect.recipient) == (.eur(9), .empty))
            attempts.insert(call.attempt)
        }
        #expect(attempts.count > 2)
    }

    @Test func `is nothing that orders and stock do`() {
        let placed = given(OrderDecider.self, Array(OrderEvent.samples.prefix(1)))
        #expect(Orders.effect(owedBy: placed[order], at: order) == nil)
        let held = given(StockDecider.self, Array(StockEvent.samples.prefix(3)))
        for (key, state) in held.states {
            #expect(Inventory.effect(owedBy: state, at: key) == nil)
        }
    }

    @Test func `wakes the entity that is due`() {
        for isRestart in [true, false] {
            let (payment, shipment) = (order.payment(), order.shipment())
            let message = order.message(.orderConfirmed)
            let item = InventoryKey.item(StockKey(.tea, .north))
            #expect(
                Payments.wake(payment, isRestart: isRestart)
                    == .wake(payment, isRestart: isRestart))
            #expect(
                Shipping.wake(shipment, isRestart: isRestart)
                    == .wake(shipment, isRestart: isRestart))
            #expect(
                Notifications.wake(message, isRestart: isRestart)
                    == .wake(message, isRestart: isRestart))
            #expect(Orders.wake(order, isRestart: isRestart) == .wake(order))
            #expect(Inventory.wake(item, isRestart: isRestart) == .wake(item))
        }
    }
}
