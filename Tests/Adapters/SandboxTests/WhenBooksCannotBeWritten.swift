// SPDX-License-Identifier: Apache-2.0
/// What was not booked has not happened, and nobody is told that it had.

import JSONCodec
import Kernel
import Ports
import Testing

@testable import SandboxAdapter

@Suite struct `When books cannot be written` {
    private let now = Timestamp(milliseconds: 1_767_323_045_678)

    @Test func `a payment is as it was, and every answer is unknown`() {
        var model = PaymentModel(SandboxPayments.Settings())
        _ = model.serve([ProviderCall(.authorize)], at: now)
        let before = model.accounts[id(1)]?[.authorize]

        let calls = [
            ProviderCall(.capture), ProviderCall(.voidAuthorization, id(2)),
            ProviderCall(.authorize, id(2)), ProviderCall.asking(.capture),
            ProviderCall(.authorize),
        ]
        let round = model.serve(calls, at: now)
        let blank = model.takeBack(round, of: calls)
        #expect(blank.answers.map(\.0) == [0, 1, 2, 3, 4])
        #expect(blank.answers.allSatisfy { $0.1 == .unknown })
        #expect(blank.lines.bytes.isEmpty && blank.notices.isEmpty && blank.repeats.isEmpty)

        #expect(model.accounts[id(1)]?[.authorize].outcome == before?.outcome)
        #expect(model.accounts[id(1)]?[.capture].outcome == nil)
        let again = model.serve(calls, at: now)
        #expect(again.lines.bytes == round.lines.bytes)
        #expect(again.answers.map(\.1) == round.answers.map(\.1))
    }

    @Test func `a parcel is as it was, and tries again`() {
        var model = CarrierModel(SandboxCarrier.Settings())
        let calls = [CarrierCall(.label, id(1)), CarrierCall(.cancel, id(2))]
        model.takeBack(model.serve(calls, at: now))
        #expect(model.parcels.isEmpty)

        let labels = model.serve(calls, at: now)
        let moves = labels.moves.map(\.item)
        let moved = model.advance(moves, at: now)
        #expect(moved.updates.count == 2)
        model.takeBack(moved)
        #expect(model.parcels[id(1)]?.status == .labeled)
        #expect(model.parcels[id(2)]?.status == .canceled)
        #expect(model.advance(moves, at: now).lines.bytes == moved.lines.bytes)
    }
}

@Suite struct `Lines of the books` {
    @Test func `every payment fact comes back from its line`() throws {
        let outcomes = PaymentOutcome.allCases
        for (index, outcome) in outcomes.enumerated() {
            for operation in ProviderCall.Operation.allCases {
                for amount in [Int64.min, -1, 0, 7, .max] {
                    let fact = PaymentFact(
                        at: Timestamp(milliseconds: amount), payment: id(UInt64(index)),
                        operation: operation, outcome: outcome, amount: eur(amount))
                    try expectBack(fact)
                }
            }
        }
        for currency in Currency.all {
            let money = Money(amount: 1, currency: currency)
            try expectBack(
                PaymentFact(
                    at: Timestamp(milliseconds: 0), payment: UUIDv7(high: .max, low: 0),
                    operation: .capture, outcome: .done, amount: money))
        }
    }

    @Test(arguments: CarrierStatus.allCases)
    func `every carrier fact comes back from its line`(status: CarrierStatus) throws {
        let fact = CarrierFact(
            at: Timestamp(milliseconds: -5), shipment: UUIDv7(high: 0, low: .max), status: status)
        var lines = LineWriter()
        fact.append(to: &lines)
        _ = try JSONDocument(parsing: lines.bytes)
        let read = lines.bytes.dropLast().withUnsafeBytes { CarrierFact(line: $0) }
        #expect(read == fact)
        for count in 0..<lines.bytes.count - 1 {
            let cut = lines.bytes[..<count].withUnsafeBytes { CarrierFact(line: $0) }
            #expect(cut == nil)
        }
    }

    private func expectBack(_ fact: PaymentFact) throws {
        var lines = LineWriter()
        fact.append(to: &lines)
        _ = try JSONDocument(parsing: lines.bytes)
        let read = lines.bytes.dropLast().withUnsafeBytes { PaymentFact(line: $0) }
        #expect(read == fact)
    }
}
