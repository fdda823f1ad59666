// SPDX-License-Identifier: Apache-2.0
/// A hold is sold, sent or given back; its units go with it. A whole table says what every command
/// means in every phase of a hold.

import Contracts
import GivenWhenThen
import InventoryDomain
import Kernel
import SampleFacts
import Testing

@Suite struct `Moving a hold` {
    private static let hold = StockEvent.Movement.of(.of(.cup, 2), .of(.tea, 4))
    private static let stocked: [StockEvent] = [
        .counted(.cup, 5), .changed(.cup, 5), .counted(.tea, 9), .changed(.tea, 9),
    ]
    /// What is announced of a hold, and of one that was given back.
    private static let taken = StockEvent.changed([.of(.cup, 3, 2), .of(.tea, 5, 2)])
    private static let returned = StockEvent.changed([.of(.cup, 5, 3), .of(.tea, 9, 3)])
    private static let held = stocked + [.held(hold), taken]
    private static let nothing = StockEvent.Movement(
        hold: hold.hold, order: .sample, warehouse: .main, lines: [])

    /// What stock and hold are in a phase, and what then follows from hold, commit, ship, release.
    private struct Row {
        let history: [StockEvent]
        let onHold: [StockEvent]
        var onCommit: [StockEvent] = []
        var onShip: [StockEvent] = []
        var onRelease: [StockEvent] = []
        /// On hand, held and allocated teas.
        let teas: [Int64]
    }

    private static let refusal = StockEvent.refused(
        hold.hold, order: .sample, warehouse: .north,
        short: [ShortLine(sku: .tea, wanted: 4, available: 3)])

    private static let rows: [String: Row] = [
        "unknown": Row(
            history: stocked, onHold: [.held(hold), taken],
            onRelease: [.released(nothing, wasAllocated: false)], teas: [9, 0, 0]),
        "held": Row(
            history: held, onHold: [.held(hold.toldAgain)],
            onCommit: [.committed(hold)], onShip: [.committed(hold), .shipped(hold)],
            onRelease: [.released(hold, wasAllocated: false), returned], teas: [9, 4, 0]),
        "committed": Row(
            history: held + [.committed(hold)],
            onHold: [.committed(hold.toldAgain)], onShip: [.shipped(hold)],
            onRelease: [.released(hold, wasAllocated: true), returned], teas: [9, 0, 4]),
        "shipped": Row(
            history: held + [.committed(hold), .shipped(hold)],
            onHold: [.shipped(hold.toldAgain)], teas: [5, 0, 0]),
        "released from held": Row(
            history: held + [.released(hold, wasAllocated: false), returned],
            onHold: [.released(hold.toldAgain, wasAllocated: false)],
            onRelease: [.released(hold.toldAgain, wasAllocated: false)], teas: [9, 0, 0]),
        "released from committed": Row(
            history: held + [.committed(hold), .released(hold, wasAllocated: true), returned],
            onHold: [.released(hold.toldAgain, wasAllocated: false)],
            onRelease: [.released(hold.toldAgain, wasAllocated: false)], teas: [9, 0, 0]),
        "released before it was held": Row(
            history: stocked + [.released(nothing, wasAllocated: false)],
            onHold: [.released(nothing, wasAllocated: false)],
            onRelease: [.released(nothing, wasAllocated: false)], teas: [9, 0, 0]),
        "refused": Row(
            history: stocked + [refusal], onHold: [refusal],
            onRelease: [.released(hold.toldAgain, wasAllocated: false)], teas: [9, 0, 0]),
    ]

    @Test(arguments: rows.keys.sorted())
    func `follows the table`(_ phase: String) throws {
        let row = try #require(Self.rows[phase])
        let stock = given(StockDecider.self, row.history)
        #expect(stock.units(of: .tea) == row.teas)
        stock.when(.hold(Self.hold)).then(row.onHold)
        stock.when(.commit(Self.hold.hold)).then(row.onCommit)
        stock.when(.ship(Self.hold.hold)).then(row.onShip)
        stock.when(.release(Self.hold)).then(row.onRelease)
        stock.when(.wake(.hold(Self.hold.hold))).thenNothing()
        stock.when(.wake(.item(StockKey(.tea, .north)))).thenNothing()
    }

    @Test func `has a row for every phase`() {
        let phases = Set(
            Self.rows.values.map { row in
                given(StockDecider.self, row.history).phase(of: Self.hold)
            })
        #expect(phases == Set(InventoryState.Hold.Phase.allCases.map(Optional.some) + [nil]))
    }

    /// Whatever a command does a first time, a second time it moves no unit.
    @Test(arguments: rows.keys.sorted())
    func `moves nothing twice`(_ phase: String) throws {
        let row = try #require(Self.rows[phase])
        let commands: [StockCommand] = [
            .hold(Self.hold), .commit(Self.hold.hold), .ship(Self.hold.hold),
            .release(Self.hold),
        ]
        for command in commands {
            let once = given(StockDecider.self, row.history).when(command).entities
            let twice = once.when(command).entities
            #expect(twice.states == once.states)
        }
    }

    @Test func `moves the units of every line with it`() {
        var stock = given(StockDecider.self, Self.stocked)
        stock.apply([.held(Self.hold)])
        #expect([stock.units(of: .cup), stock.units(of: .tea)] == [[5, 2, 0], [9, 4, 0]])
        stock.apply([.committed(Self.hold)])
        #expect([stock.units(of: .cup), stock.units(of: .tea)] == [[5, 0, 2], [9, 0, 4]])
        stock.apply([.shipped(Self.hold)])
        #expect([stock.units(of: .cup), stock.units(of: .tea)] == [[3, 0, 0], [5, 0, 0]])
    }

    @Test func `makes what was given back available again`() {
        let all = StockEvent.Movement.of(.of(.tea, 9), order: .stranger)
        let held = given(StockDecider.self, Self.stocked + [.held(Self.hold)])
        #expect(held.when(.hold(all)).entities.phase(of: all) == .refused)
        let none = StockEvent.changed(.tea, 0, 2)
        held.when(.release(Self.hold)).when(.hold(all)).then(.held(all), none)
        held.when(.commit(Self.hold.hold)).when(.release(Self.hold))
            .when(.hold(all)).then(.held(all), none)
    }

    @Test func `rests when nothing of it is promised any more`() {
        for row in Self.rows.values {
            let stock = given(StockDecider.self, row.history)
            let state = stock[.hold(Self.hold.hold)]
            let phase = stock.phase(of: Self.hold)
            #expect(state.isAtRest == (phase != nil && phase != .held && phase != .committed))
            #expect(state.due == nil)
            #expect(!stock[.item(StockKey(.tea, .north))].isAtRest)
        }
    }
}

@Suite struct `Releasing before holding` {
    private let hold = StockEvent.Movement.of(.of(.tea, 1))

    /// The order was canceled, and the cancel was faster than the order.
    @Test func `refuses the hold that comes late`() {
        let stock = given(StockDecider.self, .counted(.tea, 5)).when(.release(hold))
        let late = stock.when(.hold(hold))
        #expect(late.events.map(\.wireName.text) == ["stock.released.v1"])
        #expect(late.entities.units(of: .tea) == [5, 0, 0])
        #expect(late.entities.phase(of: hold) == .released)
    }

    @Test func `names the order that gave it back`() throws {
        let events = given(StockDecider.self).when(.release(hold)).events
        #expect(events.map(\.correlation) == [OrderID.sample.text])
        #expect(events.flatMap(StockDecider.changes) == [.hold(hold.hold)])
    }
}
