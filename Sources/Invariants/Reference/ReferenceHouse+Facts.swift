// SPDX-License-Identifier: Apache-2.0
/// What a house's facts say of its inputs, and nothing of its decisions: of an answer of the
/// warehouse only that it was asked, of an order only that it was taken or that its undoing was.

import Contracts
package import Kernel
import NodeEngine
import Ports

extension ReferenceHouse {
    /// The facts of one log in its order; those of an order before those that answer them.
    package mutating func hear(_ fact: any Fact) {
        // When and why it was recorded is of no account here.
        let logged = LoggedFact(
            position: 1, fact: fact,
            provenance: Provenance(at: Timestamp(milliseconds: 0), cause: .time, trace: nil))
        if let happening = Self.happenings.command(for: logged, of: LogName("any")) {
            take(happening)
        }
    }

    /// Other facts say nothing new.
    private static let happenings = Reactions<Happening>(
        .on(OrderEvent.Kind.placed) {
            .placed($0.order, lines: $0.lines, warehouse: $0.warehouse)
        },
        .on(OrderEvent.Kind.stopped) { .undone($0.order) },
        .on(StockEvent.Kind.counted) { .counted($0.key, onHand: $0.onHand) },
        .on(StockEvent.Kind.held) { $0.lines.isEmpty ? nil : .asked($0.order) },
        .on(StockEvent.Kind.refused) { .asked($0.order) },
        .on(StockEvent.Kind.shipped) { $0.lines.isEmpty ? nil : .takenAway($0.order) },
        .on(StockEvent.Kind.released) {
            $0.movement.lines.isEmpty ? nil : .givenBack($0.movement.order)
        },
        .on(PaymentEvent.Kind.authorized) { .granted($0.order) },
        .on(PaymentEvent.Kind.declined) { .refused($0.order) },
        .on(PaymentEvent.Kind.captured) { .moneyTaken($0.order) },
        .on(PaymentEvent.Kind.captureFailed) { .moneyRefused($0.order) },
        .on(ShipmentEvent.Kind.shipped) { .parcelLeft($0.order) },
        .on(ShipmentEvent.Kind.delivered) { .parcelArrived($0.order) })
}
