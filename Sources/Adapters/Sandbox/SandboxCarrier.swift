// SPDX-License-Identifier: Apache-2.0
/// A carrier for development, demonstrations and crash tests. It keeps truthful books of each
/// parcel and moves parcels along by itself; what it says of them may be lost, repeated or late.

import Kernel
package import Ports
import Synchronization

/// Guarantees: labels and cancellations happen once per shipment, a status is in the books before
/// anybody hears of it, and `track` tells the truth. Updates promise nothing.
package final class SandboxCarrier: Carrier {
    private let settings: Settings
    private let clock: any Clock
    private let office: Mutex<Office>
    private let agenda = Agenda<CarrierModel.Move>()
    private let listener = Mutex<Listener<CarrierUpdate>?>(nil)

    /// Behind the lock: the books, and what they say. Read at the first use, so that a long history
    /// does not delay the start of the house.
    fileprivate struct Office: ~Copyable {
        let path: String
        let settings: Settings
        var books: Books
        var model: CarrierModel
        var isRead = false
    }

    /// Opens or founds the books at `path`.
    package init(
        books path: String, clock: any Clock, settings: Settings = Settings()
    ) throws(BooksFailure) {
        self.settings = settings
        self.clock = clock
        office = Mutex(
            Office(
                path: path, settings: settings, books: try Books(path: path),
                model: CarrierModel(settings)))
    }

    /// From now on `handler` gets the carrier's updates; they come while `run` does.
    package func onUpdate(_ handler: @escaping @Sendable ([CarrierUpdate]) -> Void) {
        listener.withLock { $0 = Listener(handler) }
    }

    /// Moves the parcels until the task is canceled, those of an earlier run included. To be called
    /// once. Updates that an earlier run did not send are not sent any more: whoever misses one
    /// asks by `track`.
    package func run() async {
        try? load()
        await agenda.run { moves in
            let round = office.withLock { $0.advance(moves, at: clock.now()) }
            if !round.updates.isEmpty { listener.withLock { $0 }?.hear(round.updates) }
            agenda.add(round.moves)
        }
    }

    package func perform(
        _ calls: [CarrierCall], _ answers: @escaping Answers<CarrierAnswer>
    ) async {
        try? load()
        let round = office.withLock { $0.serve(calls, at: clock.now()) }
        // A parcel moves also when nobody waits for the answer any more.
        defer { agenda.add(round.moves) }
        guard await pause(settings.latency) else { return }
        answers(round.answers)
    }

    /// Reads the books if that has not happened yet. The first call does it otherwise; while it
    /// fails, every call is answered `unavailable`.
    package func load() throws(BooksFailure) {
        let resumed = try office.withLock { office throws(BooksFailure) in
            try office.read(at: clock.now())
        }
        agenda.add(resumed)
    }
}

extension SandboxCarrier.Office {
    fileprivate mutating func serve(
        _ calls: [CarrierCall], at now: Timestamp
    ) -> CarrierModel.Round {
        guard isRead else { return Self.sameAnswer(.unavailable, to: calls) }
        let round = model.serve(calls, at: now)
        if books.append(round.lines.bytes) { return round }
        model.takeBack(round)
        // Some of it may stand in the books all the same, so no other answer is true.
        return Self.sameAnswer(.unknown, to: calls)
    }

    fileprivate mutating func advance(
        _ moves: [CarrierModel.Move], at now: Timestamp
    ) -> CarrierModel.Round {
        let round = model.advance(moves, at: now)
        if books.append(round.lines.bytes) { return round }
        model.takeBack(round)
        var postponed = CarrierModel.Round()
        postponed.moves = moves.map { ($0, .seconds(1)) }
        return postponed
    }

    /// Gives the moves of the parcels that were under way. Nothing when the books are read already.
    fileprivate mutating func read(
        at now: Timestamp
    ) throws(BooksFailure) -> [(item: CarrierModel.Move, delay: Duration)] {
        guard !isRead else { return [] }
        var read = model
        var underWay: [UUIDv7: CarrierFact] = [:]
        try Books.forEachLine(of: path) { line in
            guard let fact = CarrierFact(line: line) else { return false }
            read.restore(fact)
            let isMoving = fact.status == .labeled || fact.status == .shipped
            underWay[fact.shipment] = isMoving ? fact : nil
            return true
        }
        model = read
        isRead = true
        return underWay.values.sorted { ($0.at, $0.shipment) < ($1.at, $1.shipment) }.map { fact in
            let isLabeled = fact.status == .labeled
            let delay = isLabeled ? settings.pickupDelay : settings.deliveryDelay
            let passed = Duration.milliseconds(now.since(fact.at).milliseconds)
            let move = CarrierModel.Move(
                shipment: fact.shipment, status: isLabeled ? .shipped : .delivered)
            return (move, delay - passed)
        }
    }

    private static func sameAnswer(
        _ answer: CarrierAnswer, to calls: [CarrierCall]
    ) -> CarrierModel.Round {
        var round = CarrierModel.Round()
        round.answers = calls.indices.map { ($0, answer) }
        return round
    }
}
