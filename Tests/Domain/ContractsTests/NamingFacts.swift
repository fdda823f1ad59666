// SPDX-License-Identifier: Apache-2.0
/// Names and numbers of facts are for ever: they are on disk and in other people's programs.

import Contracts
import Kernel
import SampleFacts
import Testing

@Suite struct `Naming facts` {
    @Test func `gives every name and, within a context, every number once`() {
        var texts: Set<String> = []
        for context in Context.all {
            for name in context.events.names { #expect(texts.insert(name.text).inserted) }
            let codes = context.events.names.map(\.code)
            #expect(Set(codes).count == codes.count)
            #expect(codes.allSatisfy { $0 >= 1 })
        }
    }

    @Test(arguments: Context.all)
    func `says noun, verb and version`(_ context: Context) throws {
        for name in context.events.names {
            let parts = name.text.split(separator: ".")
            try #require(parts.count == 3, "\(name)")
            #expect(parts[0] == context.noun)
            #expect(parts[1].utf8.allSatisfy { $0 == 0x2d || (0x61...0x7a).contains($0) })
            #expect(parts[2].wholeMatch(of: /v[1-9][0-9]*/) != nil)
            #expect(name.description == name.text)
        }
    }

    @Test(arguments: Context.all)
    func `has a sample of every name, and no other`(_ context: Context) {
        let written = Set(context.events.samples.map(\.wireName))
        #expect(written == Set(context.events.names))
    }

    /// What a number once meant, it means for ever. New lines may be added, none changed.
    @Test func `never changes a number`() {
        let numbers = Context.all.map { context in
            context.events.names.map { "\($0.code) \($0.text)" }.joined(separator: "\n")
        }
        #expect(
            numbers.joined(separator: "\n\n") == """
                1 order.placed.v1
                2 order.reserved.v1
                3 order.rejected.v1
                4 order.confirmed.v1
                5 order.in-fulfillment.v1
                6 order.canceling.v1
                7 order.stopped.v1
                8 order.cancel-failed.v1
                9 order.canceled.v1
                10 order.completed.v1
                11 order.reminded.v1
                12 order.paid.v1
                13 order.delivered.v1
                14 order.stock-returned.v1
                15 order.payment-undone.v1
                16 order.exception.v1

                1 stock.counted.v1
                2 stock.held.v1
                3 stock.refused.v1
                4 stock.committed.v1
                5 stock.shipped.v1
                6 stock.released.v1
                7 stock.changed.v1
                8 stock.listed.v1

                1 payment.requested.v1
                2 payment.attempted.v1
                3 payment.deferred.v1
                4 payment.authorized.v1
                5 payment.declined.v1
                6 payment.capture-requested.v1
                7 payment.captured.v1
                8 payment.capture-failed.v1
                9 payment.void-requested.v1
                10 payment.voided.v1

                1 shipment.created.v1
                2 shipment.attempted.v1
                3 shipment.deferred.v1
                4 shipment.labeled.v1
                5 shipment.shipped.v1
                6 shipment.delivered.v1
                7 shipment.cancel-requested.v1
                8 shipment.canceled.v1

                1 message.queued.v1
                2 message.attempted.v1
                3 message.deferred.v1
                4 message.sent.v1
                5 message.failed.v1

                1 product.created.v1
                2 product.updated.v1
                3 product.withdrawn.v1
                4 product.stocked.v1
                """)
    }

    @Test func `never changes a slug`() {
        #expect(
            CancelReason.allCases.map(\.rawValue) == [
                "customer-asked", "merchant-asked", "payment-declined", "payment-expired",
            ])
        #expect(
            DeferralReason.allCases.map(\.rawValue) == [
                "unknown", "unavailable", "interrupted", "not-found",
            ])
        #expect(
            MessageKind.allCases.map(\.rawValue) == [
                "order-confirmed", "order-canceled", "order-cancel-failed",
            ])
    }

    @Test(arguments: Context.all)
    func `refuses a number that it never gave`(_ context: Context) {
        refusesOtherNumbers(context.events)
    }

    private func refusesOtherNumbers<Event: Sampled>(_ events: Event.Type) {
        let known = Set(Event.names.map(\.code))
        for code in UInt8.min...UInt8.max where !known.contains(code) {
            let name = WireName(code, "no.such.v1")
            for event in Event.samples.prefix(2) {
                #expect(throws: WireError.unknownName("no.such.v1")) {
                    _ = try Event(binary: event.binary, as: name)
                }
                #expect(throws: WireError.unknownName("no.such.v1")) {
                    _ = try Event(json: event.json, as: name)
                }
            }
        }
    }
}
