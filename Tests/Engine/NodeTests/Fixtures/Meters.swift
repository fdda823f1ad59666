// SPDX-License-Identifier: Apache-2.0
/// A small service to try the engine with: meters that count, move counts between each other, ring
/// when their time comes, and call a service outside until it answers.

import Kernel
import NodeEngine
import Ports

/// A meter, or a pool; two tables, so that the engine's handling of both is seen.
struct MeterKey: EntityKey, CustomStringConvertible {
    static let tables = ["meter", "pool"]

    let number: UInt16
    let table: Int

    static func meter(_ number: UInt16) -> MeterKey { MeterKey(number: number, table: 0) }
    static func pool(_ number: UInt16) -> MeterKey { MeterKey(number: number, table: 1) }

    init(number: UInt16, table: Int) {
        self.number = number
        self.table = table
    }

    init?(table: Int, bytes: [UInt8]) {
        guard bytes.count == 2, Self.tables.indices.contains(table) else { return nil }
        self.init(number: UInt16(bytes[0]) << 8 | UInt16(bytes[1]), table: table)
    }

    init(table: Int64, number: Int64) throws(WireError) {
        guard let table = Int(exactly: table), Self.tables.indices.contains(table),
            let number = UInt16(exactly: number)
        else { throw .badField("key") }
        self.init(number: number, table: table)
    }

    func writeKey(to bytes: inout [UInt8]) {
        bytes.append(UInt8(number >> 8))
        bytes.append(UInt8(number & 255))
    }

    /// Meters one after the other lie in partitions one after the other.
    var bucket: UInt16 { (number &* 64) & 4_095 }
    var description: String { "\(Self.tables[table])-\(number)" }
}

enum MeterCommand: Sendable, Equatable {
    /// Counts on; `hops` times the fact goes round through another service and comes back.
    case add(MeterKey, Int64, hops: Int64 = 0)
    case move(MeterKey, MeterKey, Int64)
    case remind(MeterKey, at: Timestamp)
    case call(MeterKey)
    case answer(MeterKey, Bool)
    case close(MeterKey)
    case look(MeterKey)
    case wake(MeterKey, isRestart: Bool)
}

enum MeterRejection: Error, Equatable, Sendable { case short, closed }

struct MeterState: EntityState {
    var value: Int64 = 0
    var rings: Int64 = 0
    var attempts = Attempts(since: Bench.noon)
    var owes = false
    var isClosed = false
    var dueAt: Timestamp?

    var due: Timestamp? { owes ? attempts.due : dueAt }
    var isAtRest: Bool { isClosed }

    init() {}

    init(from reader: inout WireReader) throws(WireError) {
        value = try reader.int("value")
        rings = try reader.int("rings")
        attempts = try Attempts(from: &reader)
        owes = try reader.bool("owes")
        isClosed = try reader.bool("isClosed")
        dueAt = try reader.optionalTimestamp("remindAt")
    }

    func write(to writer: inout WireWriter) {
        writer.field("value", value)
        writer.field("rings", rings)
        attempts.write(to: &writer)
        writer.field("owes", owes)
        writer.field("isClosed", isClosed)
        writer.field("remindAt", dueAt)
    }
}

enum MeterRules: Decider {
    static let initial = MeterState()
    static let patience = Span.seconds(10)

    static func keys(_ command: MeterCommand) -> Keys<MeterKey> {
        switch command {
        case .add(let key, _, _), .remind(let key, _), .call(let key), .answer(let key, _),
            .close(let key), .look(let key), .wake(let key, _):
            [key]
        case .move(let from, let to, _): [from, to]
        }
    }

    static func decide(
        _ command: MeterCommand, _ states: States<MeterKey, MeterState>, _ moment: Moment
    ) throws(MeterRejection) -> [MeterEvent] {
        let state = states.first
        switch command {
        case .look: return []
        case .wake(let key, let isRestart): return wake(key, state, isRestart, moment)
        case .answer(let key, let isDone): return state.owes ? [.answered(key, isDone)] : []
        case .add, .move, .remind, .call, .close: break
        }
        guard !states.values.contains(where: \.isClosed) else { throw .closed }
        switch command {
        case .add(let key, let amount, let hops): return [.added(key, amount, hops: hops)]
        case .move(let from, let to, let amount):
            guard state.value >= amount else { throw .short }
            return [.moved(from, to, amount)]
        case .remind(let key, let at): return [.reminded(key, at)]
        case .call(let key): return state.owes ? [] : [call(key, state, moment)]
        case .close(let key): return [.closed(key)]
        case .look, .wake, .answer: return []
        }
    }

    private static func wake(
        _ key: MeterKey, _ state: MeterState, _ isRestart: Bool, _ moment: Moment
    ) -> [MeterEvent] {
        guard let due = state.due, moment.reaches(due) || (isRestart && state.owes) else {
            return []
        }
        guard state.owes else { return [.rang(key)] }
        return moment.credit.covers(0) ? [call(key, state, moment)] : []
    }

    /// Without credit the call is owed, and its attempt is not counted on.
    private static func call(_ key: MeterKey, _ state: MeterState, _ moment: Moment) -> MeterEvent {
        let number = state.attempts.number
        return moment.credit.covers(0)
            ? .called(key, attempt: number + 1, due: moment.at.advanced(by: patience))
            : .called(key, attempt: number, due: moment.at)
    }

    static func changes(_ event: MeterEvent) -> Keys<MeterKey> {
        switch event {
        case .added(let key, _, _), .reminded(let key, _), .rang(let key),
            .called(let key, _, _), .answered(let key, _), .closed(let key):
            [key]
        case .moved(let from, let to, _): [from, to]
        }
    }

    static func evolve(_ state: MeterState, _ event: MeterEvent, at key: MeterKey) -> MeterState {
        var state = state
        switch event {
        case .added(_, let amount, _): state.value += amount
        case .moved(let from, _, let amount): state.value += key == from ? -amount : amount
        case .reminded(_, let at): state.dueAt = at
        case .rang:
            state.rings += 1
            state.dueAt = nil
        case .called(_, let attempt, let due):
            state.dueAt = nil
            if state.owes {
                state.attempts.make(attempt, leaseUntil: due)
            } else {
                let isAttempted = attempt > state.attempts.number
                state.attempts.begin(
                    isAttempted ? .now(leaseUntil: due) : .later(since: due), lease: patience)
            }
            state.owes = true
        case .answered(_, let isDone):
            state.owes = !isDone
            if isDone {
                state.attempts.rest()
            } else if let due = state.attempts.due {
                state.attempts.postpone(to: due, isFailure: true)
            }
        case .closed:
            state.isClosed = true
            state.owes = false
            state.dueAt = nil
            state.attempts.rest()
        }
        return state
    }
}

enum Meters: Service {
    typealias Rules = MeterRules

    struct Call: Sendable, Equatable {
        let key: MeterKey
        let attempt: Int64
    }

    static let name = "meters"
    static let subscribesTo = ["echoes"]
    static let queriedTables: Set<String> = ["meter"]

    /// What came back goes round again, until its hops are used up.
    static let reactions = Reactions<MeterCommand>(
        .on(EchoEvent.kind) { echo in
            echo.hops > 0 ? .add(echo.meter, echo.amount, hops: echo.hops - 1) : nil
        })

    static func wake(_ key: MeterKey, isRestart: Bool) -> MeterCommand {
        .wake(key, isRestart: isRestart)
    }

    static let operations = ["call"]

    static func call(of state: MeterState) -> OwedCall? {
        state.owes ? OwedCall(operation: 0, attempts: state.attempts) : nil
    }

    static func effect(owedBy state: MeterState, at key: MeterKey) -> Owed<Call>? {
        guard state.owes, state.attempts.isInFlight else { return nil }
        return Owed(
            operation: 0, attempt: state.attempts.number,
            isRetry: state.attempts.isRetry,
            effect: Call(key: key, attempt: state.attempts.number))
    }

    static func reply(
        to command: MeterCommand, _ outcome: Result<Entity<MeterState>, MeterRejection>
    ) -> Reply {
        switch outcome {
        case .success(let entity):
            Reply(
                status: 200, body: Array("value \(entity.state.value)".utf8),
                version: entity.version, location: "/meters")
        case .failure(let rejection):
            Problem(409, "\(rejection)", "No.").reply()
        }
    }
}
