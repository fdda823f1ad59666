// SPDX-License-Identifier: Apache-2.0
/// A real trap in a real process, on a real file and a real note: the next process counts it, and
/// after a few sets aside what was running, while everything else goes on.

import Foundation
import Kernel
import Ports
import SQLiteAdapter
import SystemAdapter
import TemporaryFolders
import Testing

@testable import NodeEngine

/// Meters that end the process when they are asked to count one amount.
private enum TrappingMeterRules: Decider {
    static let initial = MeterRules.initial
    static func keys(_ command: MeterCommand) -> Keys<MeterKey> { MeterRules.keys(command) }
    static func changes(_ event: MeterEvent) -> Keys<MeterKey> { MeterRules.changes(event) }
    static func evolve(_ state: MeterState, _ event: MeterEvent, at key: MeterKey) -> MeterState {
        MeterRules.evolve(state, event, at: key)
    }
    static func decide(
        _ command: MeterCommand, _ states: States<MeterKey, MeterState>, _ moment: Moment
    ) throws(MeterRejection) -> [MeterEvent] {
        if case .add(_, Ward.deadlyCommand, _) = command { fatalError("as planned") }
        return try MeterRules.decide(command, states, moment)
    }
}

private enum TrappingMeters: Service {
    typealias Rules = TrappingMeterRules
    static let name = Meters.name
    static let subscribesTo = Meters.subscribesTo
    static let operations = Meters.operations
    static func call(of state: MeterState) -> OwedCall? { Meters.call(of: state) }
    static let queriedTables = Meters.queriedTables
    static var reactions: Reactions<MeterCommand> { Meters.reactions }
    static func wake(_ key: MeterKey, isRestart: Bool) -> MeterCommand {
        Meters.wake(key, isRestart: isRestart)
    }
    static func effect(owedBy state: MeterState, at key: MeterKey) -> Owed<Meters.Call>? { nil }
    static func reply(
        to command: MeterCommand, _ outcome: Result<Entity<MeterState>, MeterRejection>
    ) -> Reply { Meters.reply(to: command, outcome) }
}

/// Echoes that end the process when they hear of one amount.
private enum TrappingEchoRules: Decider {
    static let initial = EchoRules.initial
    static func keys(_ command: EchoEvent) -> Keys<EchoKey> { EchoRules.keys(command) }
    static func changes(_ event: EchoEvent) -> Keys<EchoKey> { EchoRules.changes(event) }
    static func evolve(
        _ state: FollowerState, _ event: EchoEvent, at key: EchoKey
    ) -> FollowerState { EchoRules.evolve(state, event, at: key) }
    static func decide(
        _ command: EchoEvent, _ states: States<EchoKey, FollowerState>, _ moment: Moment
    ) throws(NoRejection) -> [EchoEvent] {
        if command.amount == Ward.deadlyFact { fatalError("as planned") }
        return try EchoRules.decide(command, states, moment)
    }
}

private enum TrappingEchoes: Service {
    typealias Rules = TrappingEchoRules
    typealias Effect = Never
    static let name = Echoes.name
    static let subscribesTo = Echoes.subscribesTo
    static let queriedTables = Echoes.queriedTables
    static var reactions: Reactions<EchoEvent> { Echoes.reactions }
    static func wake(_ key: EchoKey, isRestart: Bool) -> EchoEvent {
        Echoes.wake(key, isRestart: isRestart)
    }
    static func effect(owedBy state: FollowerState, at key: EchoKey) -> Owed<Never>? { nil }
    static func reply(
        to command: EchoEvent, _ outcome: Result<Entity<FollowerState>, NoRejection>
    ) -> Reply { Echoes.reply(to: command, outcome) }
}

/// A node on the files of a folder, as a process would open it.
private final class Ward {
    static let deadlyCommand: Int64 = 667
    static let deadlyFact: Int64 = 666
    /// Where a child finds its folder.
    static let variable = "ORDERHOUSE_WARD"

    let node: Node
    let store: SQLiteStore
    private var ticket: Ticket = 0

    init(_ folder: String, hasEchoes: Bool = true) throws {
        store = SQLiteStore(path: "\(folder)/store.sqlite")
        var runners: [any AnyServiceRunner] = [
            ServiceRunner(TrappingMeters.self, keyText: { "\($0)" })
        ]
        if hasEchoes { runners.append(ServiceRunner(TrappingEchoes.self, keyText: \.text)) }
        node = Node(
            runners: runners, store: store, chain: SHA256Chain(),
            note: try MappedNote(path: "\(folder)/running"))
        try node.open()
    }

    /// The one that the parent left to this child.
    static func inherited() throws -> Ward {
        try Ward(try #require(ProcessInfo.processInfo.environment[variable]))
    }

    func ask(_ command: MeterCommand, key: String? = nil) -> Reply? {
        ticket += 1
        let submission = Submission(
            runner: 0, command: command, principal: .anonymous,
            request: key.map { Request(principal: .anonymous, key: $0, about: []) },
            ticket: ticket)
        let turn = node.turn([.submission(submission)], at: Bench.noon, seed: ticket)
        return turn.replies.first { $0.0 == ticket }?.1
    }

    var deaths: [Int] {
        get throws {
            try store.rows(
                in: Parking.deathsTable, after: nil, isDueOnly: false, limit: 10
            ).map { Int($0.value[0]) }
        }
    }

    var echoed: [Int64] {
        get throws {
            try store.frames(of: Bench.echoes, after: 0, limit: .max).flatMap { try $0.records() }
                .map { record in
                    var reader = record.reader
                    return try EchoEvent.read(EchoEvent.names[0], from: &reader).amount
                }
        }
    }
}

@Suite(.serialized) struct `A trap in a process of its own` {
    @Test func `parks the command that was running, and the others go on`() async throws {
        try await TestFolder.with { folder in
            setenv(Ward.variable, folder.path, 1)
            for death in 1...ServiceRunnerLimits().poisonAttempts {
                await #expect(processExitsWith: .failure) {
                    let ward = try Ward.inherited()
                    // What was answered before the trap is durable.
                    guard ward.ask(.add(.meter(1), 1))?.status == 200 else { exit(0) }
                    _ = ward.ask(.add(.meter(1), Ward.deadlyCommand), key: "bad")
                    // A house that outlives the command has not been asked to run it.
                    exit(0)
                }
                let ward = try Ward(folder.path)
                #expect(try ward.deaths == [death])
                #expect(ward.ask(.look(.meter(1)))?.text == "value \(death)")
                ward.store.close()
            }
            let ward = try Ward(folder.path)
            #expect(ward.ask(.add(.meter(1), Ward.deadlyCommand), key: "bad")?.status == 500)
            #expect(
                ward.ask(.add(.meter(1), Ward.deadlyCommand), key: "bad")
                    == EngineProblem.parked.reply())
            #expect(ward.ask(.add(.meter(1), 1), key: "good")?.text == "value 4")
            #expect(try ward.deaths == [3])
        }
    }

    @Test func `parks the fact that was running, and what is behind it`() async throws {
        try await TestFolder.with { folder in
            let source = try Ward(folder.path, hasEchoes: false)
            for amount in [1, Ward.deadlyFact, 2] as [Int64] {
                #expect(source.ask(.add(.meter(1), amount))?.status == 200)
            }
            #expect(source.ask(.add(.meter(2), 3))?.status == 200)
            source.store.close()
            setenv(Ward.variable, folder.path, 1)
            for _ in 0..<ServiceRunnerLimits().poisonAttempts {
                await #expect(processExitsWith: .failure) {
                    _ = try Ward.inherited().ask(.look(.meter(1)))
                    exit(0)
                }
            }
            let ward = try Ward(folder.path)
            #expect(try ward.deaths == [3])
            #expect(ward.ask(.add(.meter(1), 4))?.status == 200)
            #expect(try ward.echoed == [1, 3])
            let parked = try ward.store.rows(
                in: Parking.table, after: nil, isDueOnly: false, limit: 10
            ).map { try ParkedItem(value: $0.value) }
            #expect(parked.map(\.position) == [2, 3, 5])
            #expect(parked.map(\.reason) == ["poison", "behind-parked", "behind-parked"])
        }
    }
}
