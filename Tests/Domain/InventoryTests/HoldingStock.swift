// SPDX-License-Identifier: Apache-2.0
/// An order's lines are held all or not at all, and nothing is promised twice.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Holding stock` {
    private static let wanted = StockEvent.Movement.of(.of(.cup, 2), .of(.tea, 4))
    private static let stocked: [StockEvent] = [
        .counted(.cup, 5), .changed(.cup, 5), .counted(.tea, 5), .changed(.tea, 5),
    ]

    @Test func `sets every line aside`() {
        let stock = given(StockDecider.self, Self.stocked).when(.hold(Self.wanted))
            .then(.held(Self.wanted), .changed([.of(.cup, 3, 2), .of(.tea, 1, 2)])).entities
        #expect(stock.units(of: .cup) == [5, 2, 0])
        #expect(stock.units(of: .tea) == [5, 4, 0])
        #expect(stock.phase(of: Self.wanted) == .held)
    }

    @Test(arguments: [(4, true), (5, true), (6, false)] as [(Int64, Bool)])
    func `goes up to the last unit`(_ units: Int64, _ isFine: Bool) {
        let movement = StockEvent.Movement.of(.of(.tea, units))
        let outcome = given(StockDecider.self, Self.stocked).when(.hold(movement))
        if isFine {
            outcome.then(.held(movement), .changed(.tea, 5 - units, 2))
        } else {
            outcome.then(
                .refused(
                    movement.hold, order: .sample, warehouse: .north,
                    short: [ShortLine(sku: .tea, wanted: units, available: 5)]))
        }
    }

    /// Three are held for one order and two sold to another: of ten, five are left.
    @Test(arguments: [(4, true), (5, true), (6, false)] as [(Int64, Bool)])
    func `counts only what is not promised`(_ units: Int64, _ isFine: Bool) {
        let held = StockEvent.Movement.of(.of(.tea, 3), order: .numbered(1))
        let sold = StockEvent.Movement.of(.of(.tea, 2), order: .numbered(2))
        let movement = StockEvent.Movement.of(.of(.tea, units))
        let outcome = given(
            StockDecider.self, .counted(.tea, 10), .held(held), .held(sold), .committed(sold)
        ).when(.hold(movement))
        #expect(outcome.events.first?.wireName.text == (isFine ? "stock.held.v1" : refused))
        if case .refused(_, _, _, let short)? = outcome.events.first {
            #expect(short == [ShortLine(sku: .tea, wanted: units, available: 5)])
        }
    }

    private let refused = "stock.refused.v1"

    @Test func `holds nothing when one of many lines is short`() {
        let lines = (1...20).map { StockLine.of(.of("SKU-\($0)"), 1) }
        let movement = StockEvent.Movement(
            hold: OrderID.sample.hold(), order: .sample, warehouse: .north, lines: lines)
        for missing in lines {
            let stocked = lines.filter { $0 != missing }.map { StockEvent.counted($0.sku, 1) }
            let stock = given(StockDecider.self, stocked)
            let outcome = stock.when(.hold(movement)).then(
                .refused(
                    movement.hold, order: .sample, warehouse: .north,
                    short: [ShortLine(sku: missing.sku, wanted: 1, available: 0)]))
            for line in lines {
                #expect(outcome.entities.units(of: line.sku) == stock.units(of: line.sku))
            }
            #expect(outcome.entities.phase(of: movement) == .refused)
        }
    }

    @Test func `names every line that is short`() {
        given(StockDecider.self, .counted(.cup, 1), .counted(.tea, 5), .counted(.pot, 0))
            .when(.hold(.of(.of(.cup, 2), .of(.tea, 5), .of(.pot, 1))))
            .then(
                .refused(
                    OrderID.sample.hold(), order: .sample, warehouse: .north,
                    short: [
                        ShortLine(sku: .cup, wanted: 2, available: 1),
                        ShortLine(sku: .pot, wanted: 1, available: 0),
                    ]))
    }

    @Test func `has nothing of what was never counted`() {
        given(StockDecider.self)
            .when(.hold(.of(.of(.tea, 1))))
            .then(
                .refused(
                    OrderID.sample.hold(), order: .sample, warehouse: .north,
                    short: [ShortLine(sku: .tea, wanted: 1, available: 0)]))
    }

    @Test func `looks only into its own warehouse`() {
        let stock = given(
            StockDecider.self, .counted(StockKey(.tea, .main), onHand: 9, delta: 9))
        let outcome = stock.when(.hold(.of(.of(.tea, 1))))
        #expect(outcome.events.map(\.wireName.text) == [refused])
    }

    @Test func `a second time is told again and moves nothing`() {
        let held = given(StockDecider.self, Self.stocked + [.held(Self.wanted)])
        let again = held.when(.hold(Self.wanted)).then(.held(Self.wanted.toldAgain)).entities
        #expect(again.states == held.states)
    }

    /// More stock has come meanwhile: a refusal is final all the same, the order has moved on.
    @Test func `that was refused once stays refused`() {
        let short = given(StockDecider.self, .counted(.tea, 1)).when(.hold(Self.wanted))
        let again = short.when(.count(.tea, 100)).when(.count(.cup, 100)).when(.hold(Self.wanted))
        again.then(short.events)
        #expect(again.entities.units(of: .tea) == [100, 0, 0])
    }
}
