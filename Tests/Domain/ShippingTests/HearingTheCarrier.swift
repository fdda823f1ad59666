// SPDX-License-Identifier: Apache-2.0
/// The carrier's word counts, in whatever order it comes, early, late or twice.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Hearing the carrier` {
    /// What follows from labeled, shipped, delivered, canceled, not found and silence.
    private static let table: [Stage: [String]] = [
        .labeling: [
            "labeled", "shipped", "shipped delivered", "canceled", "deferred", "deferred",
        ],
        .labelDeferred: ["labeled", "shipped", "shipped delivered", "canceled", "", ""],
        .labeled: ["", "shipped", "shipped delivered", "canceled", "", ""],
        .trackingLabeled: [
            "deferred", "shipped", "shipped delivered", "canceled", "deferred", "deferred",
        ],
        .shipped: ["", "", "delivered", "", "", ""],
        .trackingShipped: ["deferred", "deferred", "delivered", "", "deferred", "deferred"],
        .delivered: ["", "", "", "", "", ""],
        .canceling: [
            "deferred", "shipped", "shipped delivered", "canceled", "deferred", "deferred",
        ],
        .cancelDeferred: ["", "shipped", "shipped delivered", "canceled", "", ""],
        .canceled: ["", "", "", "", "", ""],
    ]

    @Test(arguments: Stage.allCases)
    func `does what the table says`(_ stage: Stage) throws {
        for (column, word) in CarrierWord.all.enumerated() {
            let outcome = stage.shipment.when(.note(word))
            switch stage {
            case .absent, .tombstone: outcome.rejected(.unknownShipment)
            default:
                let row = try #require(Self.table[stage])
                #expect(outcome.events.map(\.verb).joined(separator: " ") == row[column])
            }
        }
    }

    @Test func `a label that was asked for once is not looked after at once`() {
        let outcome = Stage.labeling.shipment.when(.note(.labeled))
        #expect(outcome.events == [.labeled])
    }

    /// The answer is that of the first call: what came after it may have been lost.
    @Test func `a label that was asked for again is looked after at once`() {
        let asked = given(ShipmentDecider.self, [ShipmentEvent.created, .attempted(2)])
        let outcome = asked.when(.note(.labeled))
        #expect(
            outcome.events == [
                .labeled(
                    OrderID.sample.shipment(), order: .sample, tracking: "GB1", askAt: .noon)
            ])
    }

    @Test func `has a row for every phase`() {
        let phases = Set(Self.table.keys.compactMap(\.shipment.open?.phase))
        #expect(phases == Set(ShipmentState.Phase.allCases))
    }

    /// Every sequence of up to five words from the carrier, repeated ones included.
    @Test func `never steps back, in whatever order the words come`() {
        func rank(_ phase: ShipmentState.Phase?) -> Int {
            switch phase {
            case nil, .labeling: 0
            case .labeled: 1
            case .canceling: 2
            case .shipped: 3
            case .delivered, .canceled: 4
            }
        }
        func hear(_ shipment: Entities<ShipmentDecider>, _ left: Int) {
            guard left > 0 else { return }
            for word in CarrierWord.all {
                var next = shipment
                next.run(.note(word), Moment(at: .noon, draw: 0, principal: .house))
                #expect(rank(next.open?.phase) >= rank(shipment.open?.phase))
                hear(next, left - 1)
            }
        }
        hear(Stage.labeling.shipment, 5)
        hear(Stage.canceling.shipment, 4)
    }

    @Test func `knows that it was shipped before it was delivered`() {
        for words in permutations(of: [.labeled, .shipped, .delivered, .shipped, .delivered]) {
            var shipment = Stage.labeling.shipment
            for word in words {
                shipment.run(.note(word), Moment(at: .noon, draw: 0, principal: .house))
            }
            let verbs = shipment.history.map(\.verb).filter { $0 != "labeled" }
            #expect(verbs == ["created", "shipped", "delivered"])
            #expect(shipment.shipment.isAtRest)
        }
    }

    private func permutations(of words: [CarrierWord]) -> [[CarrierWord]] {
        guard words.count > 1 else { return [words] }
        return words.indices.flatMap { index in
            var rest = words
            let first = rest.remove(at: index)
            return permutations(of: rest).map { [first] + $0 }
        }
    }

    @Test func `forgets a parcel only when it has come to its end`() {
        for stage in Stage.allCases {
            let ends: Set<Stage> = [.tombstone, .delivered, .canceled]
            #expect(stage.shipment.shipment.isAtRest == ends.contains(stage))
            let waits = stage.shipment.open != nil && !ends.contains(stage)
            #expect((stage.shipment.shipment.due != nil) == waits)
        }
    }
}
