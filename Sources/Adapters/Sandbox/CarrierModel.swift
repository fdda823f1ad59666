// SPDX-License-Identifier: Apache-2.0
/// The carrier's side of the counter, pure: calls and the passing of time in, lines for the books,
/// answers and updates out. The sandbox writes the lines before anybody hears of them.

import Kernel
import Ports

struct CarrierModel {
    private let settings: SandboxCarrier.Settings
    private let chances: [Int]
    private let hasChances: Bool
    private var dice: Dice
    private(set) var parcels: [UUIDv7: Parcel] = [:]

    private enum Fault: CaseIterable {
        case timeoutBefore, timeoutAfter, unavailable
    }

    struct Parcel: Equatable {
        var status: CarrierStatus
        /// The update `shipped` waits until `delivered` was sent.
        var isUpdateHeld = false
    }

    /// A parcel is about to get a new status by itself.
    struct Move: Equatable {
        let shipment: UUIDv7
        let status: CarrierStatus
    }

    /// What follows from one batch of calls or moves.
    struct Round {
        var lines = LineWriter()
        var answers: [(Int, CarrierAnswer)] = []
        var updates: [CarrierUpdate] = []
        var moves: [(item: Move, delay: Duration)] = []
        /// The parcels as they were before this batch changed them, for `takeBack`.
        fileprivate var before: [(UUIDv7, Parcel?)] = []
        /// Updates that are sent a second time.
        fileprivate var repeats: [CarrierUpdate] = []
    }

    init(_ settings: SandboxCarrier.Settings) {
        self.settings = settings
        chances = [settings.timeoutBefore, settings.timeoutAfter, settings.unavailable]
        hasChances = chances.contains { $0 > 0 }
        dice = Dice(seed: settings.seed)
    }

    /// A fact that is in the books already.
    mutating func restore(_ fact: CarrierFact) {
        parcels[fact.shipment, default: Parcel(status: fact.status)].status = fact.status
    }

    mutating func serve(_ calls: [CarrierCall], at now: Timestamp) -> Round {
        var round = Round()
        round.answers.reserveCapacity(calls.count)
        for (index, call) in calls.enumerated() {
            let fault = drawn()
            switch fault {
            case .timeoutBefore: round.answers.append((index, .unknown))
            case .unavailable: round.answers.append((index, .unavailable))
            case .timeoutAfter:
                _ = answer(call, at: now, &round)
                round.answers.append((index, .unknown))
            case nil: round.answers.append((index, answer(call, at: now, &round)))
            }
        }
        return round
    }

    /// Moves parcels on, those that are canceled or further already excepted. What is due without a
    /// delay follows in the same round.
    mutating func advance(_ moves: [Move], at now: Timestamp) -> Round {
        var round = Round()
        for move in moves {
            var next: Move? = move
            while let move = next {
                next = nil
                guard step(move, at: now, &round), move.status == .shipped else { break }
                let delivery = Move(shipment: move.shipment, status: .delivered)
                if settings.deliveryDelay > .zero {
                    round.moves.append((delivery, settings.deliveryDelay))
                } else {
                    next = delivery
                }
            }
        }
        round.updates += round.repeats
        return round
    }

    /// The lines could not be written: nothing of the round has happened.
    mutating func takeBack(_ round: Round) {
        for (shipment, parcel) in round.before.reversed() { parcels[shipment] = parcel }
    }

    private mutating func answer(
        _ call: CarrierCall, at now: Timestamp, _ round: inout Round
    ) -> CarrierAnswer {
        let status = parcels[call.shipment]?.status
        switch (call.operation, status) {
        case (.label, nil):
            book(.labeled, call.shipment, at: now, &round)
            let pickup = Move(shipment: call.shipment, status: .shipped)
            round.moves.append((pickup, settings.pickupDelay))
            return .labeled(tracking: CarrierFact.tracking(of: call.shipment))
        case (.label, .labeled), (.label, .shipped), (.label, .delivered):
            return .labeled(tracking: CarrierFact.tracking(of: call.shipment))
        case (.label, .canceled), (.cancel, .canceled):
            return .canceled
        case (.cancel, nil), (.cancel, .labeled):
            // Also of a parcel that nobody knows: the call for its label may still be on its way.
            book(.canceled, call.shipment, at: now, &round)
            return .canceled
        case (.cancel, .shipped?), (.cancel, .delivered?): return .status(status ?? .shipped)
        case (.track, nil): return .notFound
        case (.track, let status?): return .status(status)
        }
    }

    /// True if the parcel took the step.
    private mutating func step(
        _ move: Move, at now: Timestamp, _ round: inout Round
    ) -> Bool {
        let before: CarrierStatus = move.status == .shipped ? .labeled : .shipped
        guard let parcel = parcels[move.shipment], parcel.status == before else { return false }
        book(move.status, move.shipment, at: now, &round)
        if move.status == .shipped, dice.comesUp(settings.outOfOrder) {
            parcels[move.shipment]?.isUpdateHeld = true
            return true
        }
        send(move.status, of: move.shipment, &round)
        if parcel.isUpdateHeld {
            parcels[move.shipment]?.isUpdateHeld = false
            send(.shipped, of: move.shipment, &round)
        }
        return true
    }

    private mutating func book(
        _ status: CarrierStatus, _ shipment: UUIDv7, at now: Timestamp, _ round: inout Round
    ) {
        CarrierFact(at: now, shipment: shipment, status: status).append(to: &round.lines)
        var parcel = parcels[shipment]
        round.before.append((shipment, parcel))
        parcel = Parcel(status: status, isUpdateHeld: parcel?.isUpdateHeld ?? false)
        parcels[shipment] = parcel
    }

    private mutating func send(
        _ status: CarrierStatus, of shipment: UUIDv7, _ round: inout Round
    ) {
        guard !dice.comesUp(settings.lostUpdate) else { return }
        let update = CarrierUpdate(shipment: shipment, status: status)
        round.updates.append(update)
        if dice.comesUp(settings.repeatedUpdate) { round.repeats.append(update) }
    }

    private mutating func drawn() -> Fault? {
        guard hasChances, let picked = dice.pick(chances) else { return nil }
        return Fault.allCases[picked]
    }
}
