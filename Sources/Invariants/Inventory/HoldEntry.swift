// SPDX-License-Identifier: Apache-2.0
/// One order's hold as the log of stock tells it.

import Contracts
import Kernel

struct HoldEntry: CheckedEntity {
    enum Move {
        case held, committed, shipped
        case released(wasAllocated: Bool)
    }

    var base: EntityBase
    /// Stands for the lines that were held, and for where.
    private var lines: UInt64 = 0

    /// Positions of the first of each; 0 when it did not happen.
    private(set) var heldAt: Int64 = 0
    private(set) var refusedAt: Int64 = 0
    private(set) var committedAt: Int64 = 0
    private(set) var shippedAt: Int64 = 0
    private(set) var committedBy = Heard.nothing
    private(set) var shippedBy = Heard.nothing
    /// Of a release of units, or of a hold that never came to be.
    private(set) var releasedBy = Heard.nothing
    private var isReleased = false
    private(set) var hasReturned = false

    init(_ base: EntityBase) { self.base = base }

    static func id(of order: OrderID, _ ordinal: UInt32) -> HoldID? { order.hold(ordinal) }

    private(set) var units: Int64 = 0

    /// Units are set aside for the order, or sold to it and not sent.
    var isOpen: Bool { heldAt != 0 && shippedAt == 0 && !hasReturned }

    /// True for the first refusal: a later one only tells it again.
    mutating func refuse(_ hold: HoldID, _ place: Place, _ findings: inout Findings) -> Bool {
        guard refusedAt == 0 else { return false }
        findings.demand(heldAt == 0, .s7, "\(hold.text): refused when it was held")
        refusedAt = place.position
        return true
    }

    mutating func note(
        _ move: Move, _ movement: StockEvent.Movement, _ place: Place, _ heard: Heard,
        _ stock: inout UnitsLedger, _ findings: inout Findings
    ) {
        let isToldAgain = movement.lines.isEmpty
        switch move {
        case .held:
            guard !isToldAgain else { return }
            findings.demand(heldAt == 0, .s7, "\(movement.hold.text): held again")
            let lines = stock.move(movement, from: .available, to: .held, place, &findings)
            if heldAt == 0 { (heldAt, self.lines) = (place.position, lines) }
            units = movement.lines.reduce(0) { $0 &+ $1.units }
        case .committed:
            guard !isToldAgain else { return }
            findings.demand(committedAt == 0, .s7, "\(movement.hold.text): committed again")
            book(movement, from: .held, to: .allocated, place, &stock, &findings)
            if committedAt == 0 { (committedAt, committedBy) = (place.position, heard) }
        case .shipped:
            guard !isToldAgain else { return }
            findings.demand(committedAt != 0, .s6, movement.hold.text)
            checkEnd(movement.hold, &findings)
            book(movement, from: .allocated, to: .shipped, place, &stock, &findings)
            if shippedAt == 0 { (shippedAt, shippedBy) = (place.position, heard) }
        case .released(let wasAllocated):
            if !isReleased { (isReleased, releasedBy) = (true, heard) }
            guard !isToldAgain else { return }
            checkEnd(movement.hold, &findings)
            book(
                movement, from: wasAllocated ? .allocated : .held, to: .available, place, &stock,
                &findings)
            hasReturned = true
        }
    }

    private func checkEnd(_ hold: HoldID, _ findings: inout Findings) {
        findings.demand(shippedAt == 0 && !hasReturned, .s5, hold.text)
    }

    /// A hold moves whole, and where it is.
    private mutating func book(
        _ movement: StockEvent.Movement, from: UnitsLedger.Account, to: UnitsLedger.Account,
        _ place: Place, _ stock: inout UnitsLedger, _ findings: inout Findings
    ) {
        let moved = stock.move(movement, from: from, to: to, place, &findings)
        findings.demand(
            moved == lines, .s4, "\(movement.hold.text): other lines moved than were held")
    }
}
