// SPDX-License-Identifier: Apache-2.0
/// Services that react to meters: one that echoes every addition once, and one that keeps the order
/// in which it heard of both.

import Kernel
import NodeEngine
import Ports

enum EchoKind: Identified { static let prefix = "echo" }
typealias EchoKey = ID<EchoKind>

extension ID {
    /// The entity that belongs to a meter.
    init(_ meter: MeterKey) {
        self.init(
            UUIDv7(
                milliseconds: Int64(meter.number), bucket: meter.bucket,
                entropy: UInt64(meter.table)))
    }
}

/// An addition that was heard of.
struct EchoEvent: WireEvent {
    let meter: MeterKey
    let amount: Int64
    let hops: Int64

    static let names = [WireName(1, "echo.heard.v1")]
    static let kind = FactKind<EchoEvent, EchoEvent>(names[0]) { $0 }
    var wireName: WireName { Self.names[0] }
    var correlation: String? { meter.description }

    func write(to writer: inout WireWriter) {
        writer.field("table", Int64(meter.table))
        writer.field("number", Int64(meter.number))
        writer.field("amount", amount)
        writer.field("hops", hops)
    }

    static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> EchoEvent {
        EchoEvent(
            meter: try MeterKey(table: reader.int("table"), number: reader.int("number")),
            amount: try reader.int("amount"), hops: try reader.int("hops"))
    }
}

/// A sum, or a list: what a follower remembers.
struct FollowerState: EntityState {
    var amounts: [Amount] = []

    struct Amount: WireCoded, Sendable, Equatable {
        let value: Int64
        init(_ value: Int64) { self.value = value }
        init(from reader: inout WireReader) throws(WireError) { value = try reader.int("value") }
        func write(to writer: inout WireWriter) { writer.field("value", value) }
    }

    var due: Timestamp? { nil }
    var isAtRest: Bool { false }

    init() {}
    init(from reader: inout WireReader) throws(WireError) {
        amounts = try reader.list("amounts")
    }
    func write(to writer: inout WireWriter) { writer.list("amounts", amounts) }
}

enum NoRejection: Error, Equatable, Sendable {}

enum EchoRules: Decider {
    static let initial = FollowerState()
    static func keys(_ command: EchoEvent) -> Keys<EchoKey> { [EchoKey(command.meter)] }
    static func changes(_ event: EchoEvent) -> Keys<EchoKey> { keys(event) }
    static func decide(
        _ command: EchoEvent, _ states: States<EchoKey, FollowerState>, _ moment: Moment
    ) throws(NoRejection) -> [EchoEvent] { [command] }
    static func evolve(
        _ state: FollowerState, _ event: EchoEvent, at key: EchoKey
    ) -> FollowerState {
        var state = state
        state.amounts = [.init((state.amounts.first?.value ?? 0) + event.amount)]
        return state
    }
}

enum Echoes: Service {
    typealias Rules = EchoRules
    typealias Effect = Never

    static let name = "echoes"
    static let subscribesTo = ["meters"]
    static let queriedTables: Set<String> = []

    static let reactions = Reactions<EchoEvent>(
        .on(MeterEvent.addedKind) { EchoEvent(meter: $0.meter, amount: $0.amount, hops: $0.hops) })

    static func wake(_ key: EchoKey, isRestart: Bool) -> EchoEvent {
        preconditionFailure("nothing is due here")
    }

    static func effect(owedBy state: FollowerState, at key: EchoKey) -> Owed<Never>? { nil }

    static func reply(
        to command: EchoEvent, _ outcome: Result<Entity<FollowerState>, NoRejection>
    ) -> Reply { Reply(status: 200, body: []) }
}

enum TallyKind: Identified { static let prefix = "tally" }

enum TallyRules: Decider {
    static let initial = FollowerState()
    /// One tally for all meters; an echo counts negative.
    static let key = ID<TallyKind>(UUIDv7(milliseconds: 1, bucket: 1, entropy: 1))

    static func keys(_ command: Int64) -> Keys<ID<TallyKind>> { [key] }
    static func changes(_ event: TallyEvent) -> Keys<ID<TallyKind>> { [key] }
    static func decide(
        _ command: Int64, _ states: States<ID<TallyKind>, FollowerState>, _ moment: Moment
    ) throws(NoRejection) -> [TallyEvent] { [TallyEvent(amount: command)] }
    static func evolve(
        _ state: FollowerState, _ event: TallyEvent, at key: ID<TallyKind>
    ) -> FollowerState {
        var state = state
        state.amounts.append(.init(event.amount))
        return state
    }
}

struct TallyEvent: WireEvent {
    let amount: Int64
    static let names = [WireName(1, "tally.noted.v1")]
    var wireName: WireName { Self.names[0] }
    var correlation: String? { nil }
    func write(to writer: inout WireWriter) { writer.field("amount", amount) }
    static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> TallyEvent { TallyEvent(amount: try reader.int("amount")) }
}

enum Tallies: Service {
    typealias Rules = TallyRules
    typealias Effect = Never

    static let name = "tallies"
    static let subscribesTo = ["meters", "echoes"]
    static let queriedTables: Set<String> = []

    static let reactions = Reactions<Int64>(
        .on(MeterEvent.addedKind) { $0.amount }, .on(EchoEvent.kind) { -$0.amount })

    static func wake(_ key: ID<TallyKind>, isRestart: Bool) -> Int64 { 0 }
    static func effect(owedBy state: FollowerState, at key: ID<TallyKind>) -> Owed<Never>? { nil }
    static func reply(
        to command: Int64, _ outcome: Result<Entity<FollowerState>, NoRejection>
    ) -> Reply { Reply(status: 200, body: []) }
}
