// SPDX-License-Identifier: Apache-2.0
/// The carrier is called again until it answers, and asked about parcels of which nothing is heard.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import ShippingDomain
import Testing

@Suite struct `Asking the carrier` {
    private static let retryAt = Timestamp.noon + .firstPause

    @Test(arguments: [Stage.labeling, .canceling])
    func `is tried again after silence`(_ stage: Stage) throws {
        let attempt = try #require(stage.shipment.open).attempts.number
        let silent = stage.shipment.when(.note(.silent)).then(.deferred(until: Self.retryAt))
        silent.when(.wake, at: Self.retryAt + .milliseconds(-1)).thenNothing()
        silent.when(.wake, at: Self.retryAt).then(.attempted(attempt + 1, at: Self.retryAt))
    }

    @Test(arguments: [Stage.labeling, .trackingLabeled, .trackingShipped, .canceling])
    func `is tried again when nobody answered in time`(_ stage: Stage) throws {
        let attempt = try #require(stage.shipment.open).attempts.number
        let lost = Timestamp.noon + .lease
        stage.shipment.when(.wake, at: lost + .milliseconds(-1)).thenNothing()
        stage.shipment.when(.wake, at: lost).then(.attempted(attempt + 1, at: lost))
    }

    @Test(arguments: [Stage.labeled, .shipped])
    func `happens to a parcel of which nothing is heard`(
        _ stage: Stage
    ) throws {
        let attempt = try #require(stage.shipment.open).attempts.number
        let poll = Timestamp.noon + .poll
        stage.shipment.when(.wake, at: poll + .milliseconds(-1)).thenNothing()
        let asked = stage.shipment.when(.wake, at: poll).then(.attempted(attempt + 1, at: poll))
        let word: CarrierWord = stage == .labeled ? .labeled : .shipped
        asked.when(.note(word), at: poll).then(.nothingNew(until: poll + .poll))
            .when(.wake, at: poll + .poll)
            .then(.attempted(attempt + 2, at: poll + .poll))
    }

    @Test func `pauses longer and longer, up to twenty seconds`() {
        for draw in [0, UInt64.max] {
            var shipment = Stage.labeling.shipment
            for attempt in Int64(1)...20 {
                let silent = shipment.when(.note(.silent), draw: draw)
                let due = silent.entities.open?.due ?? .noon
                let whole: Int64 = min(250 << (attempt - 1), 20_000)
                #expect((whole / 2...whole).contains(due.since(.noon).milliseconds))
                shipment = silent.when(.wake, at: due).entities
            }
        }
    }

    @Test func `waits for credit without an attempt or a pause`() {
        let created = given(ShipmentDecider.self).when(.create, credit: .none)
        #expect(created.entities.open?.attempts.number == 0)
        #expect(created.entities.shipment.due == .noon)
        created.when(.wake, credit: .none).thenNothing()
        created.when(.wake).then(.attempted(1))
        Stage.labeled.shipment.when(.restart, credit: .none).thenNothing()
        let canceling = Stage.labeled.shipment.when(.cancel, credit: .none)
        #expect(canceling.entities.open?.isInFlight == false)
        canceling.when(.wake).then(.attempted(2))
    }

    /// Updates may have been lost with the process: every parcel is asked about at once.
    @Test(arguments: Stage.allCases)
    func `happens after a restart to every parcel that is not at its end`(_ stage: Stage) {
        let outcome = stage.shipment.when(.restart)
        if let open = stage.shipment.open, !stage.shipment.shipment.isAtRest {
            outcome.then(.attempted(open.attempts.number + 1))
            #expect(outcome.entities.open?.isInFlight == true)
        } else {
            outcome.thenNothing()
        }
    }

    @Test(arguments: Stage.allCases)
    func `does not happen before something is due`(_ stage: Stage) {
        stage.shipment.when(.wake).thenNothing()
    }

    @Test(arguments: [Stage.absent, .tombstone, .delivered, .canceled])
    func `never happens to what has come to its end`(_ stage: Stage) {
        stage.shipment.when(.wake, at: .noon + .days(400)).thenNothing()
    }

    /// An effect is started when the number of its attempt is new: each one needs its own.
    @Test(arguments: Stage.allCases)
    func `numbers every attempt anew`(_ stage: Stage) throws {
        guard let before = stage.shipment.open else { return }
        let commands: [ShipmentCommand] =
            CarrierWord.all.map { .note($0) } + [.create, .cancel, .announce, .wake, .restart]
        for command in commands {
            let outcome = stage.shipment.when(command, at: .noon + .hours(1))
            let open = try #require(outcome.entities.open)
            let isSame = (open.phase, open.isInFlight) == (before.phase, before.isInFlight)
            #expect(open.attempts.number > before.attempts.number || isSame || !open.isInFlight)
            #expect(open.attempts.number >= before.attempts.number)
            #expect(open.attempts.failures >= 0)
        }
    }
}

@Suite struct `Asking where a parcel is` {
    /// Its carrier's word may have been lost with a process; but most parcels take days, and each
    /// question is two events.
    @Test func `happens soon at first, then every few hours`() {
        var shipment = Stage.labeled.shipment
        var time = Timestamp.noon
        let first = Timestamp.noon + .poll
        for number in 1...40 {
            let due = shipment.open?.due ?? .noon
            let waited = max(0, time.since(first).milliseconds)
            let whole = min(max(20_000, 3 * waited), 4 * 3_600_000)
            #expect((whole / 2...whole).contains(due.since(time).milliseconds), "\(number)")
            time = due
            shipment = shipment.when(.wake, at: time).entities
            shipment = shipment.when(.note(.labeled), at: time).entities
        }
        #expect(time.since(first) > .days(2))
    }
}
