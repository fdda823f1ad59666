// SPDX-License-Identifier: Apache-2.0
/// A node on a bench: one disk, a clock that the test moves, and a new node whenever the old one is
/// dropped.

import Kernel
import MemoryAdapter
import Ports
import Testing

@testable import NodeEngine

final class Bench {
    /// Which services share the node.
    enum Crew { case meters, withEchoes, withTallies, echoesOnly, alarms }

    static let meters = LogName("meters")
    static let echoes = LogName("echoes")
    static let tallies = LogName("tallies")
    static let noon = Timestamp(milliseconds: 1_700_000_000_000)

    let disk: MemoryStore.Disk
    let crew: Crew
    var runnerLimits: ServiceRunnerLimits
    var nodeLimits = NodeLimits()
    var remote: [RemoteLog] = []
    private(set) var store: MoodyStore
    private(set) var note = RecordingNote()
    private(set) var recent = RecentMap()
    private(set) var node: Node
    var now = noon
    private var ticket: Ticket = 0
    private var seed: UInt64 = 0
    /// What operators were told.
    private(set) var alarms: [Alarm] = []

    init(
        _ crew: Crew = .meters, disk: MemoryStore.Disk = MemoryStore.Disk(),
        runners: ServiceRunnerLimits = ServiceRunnerLimits(), nodes: NodeLimits = NodeLimits(),
        remote: [RemoteLog] = []
    ) throws {
        self.crew = crew
        self.disk = disk
        self.remote = remote
        runnerLimits = runners
        nodeLimits = nodes
        store = MoodyStore(disk)
        node = Self.node(crew, store, note, recent, remote, runners, nodes)
        try node.open()
    }

    /// Drops the node, whatever it was doing, and opens another on the same disk.
    func restart(leaving left: InputID? = nil) throws {
        store = MoodyStore(disk)
        note = RecordingNote(left: left)
        recent = RecentMap()
        node = Self.node(crew, store, note, recent, remote, runnerLimits, nodeLimits)
        try node.open()
    }

    static func node(
        _ crew: Crew, _ store: MoodyStore, _ note: RecordingNote, _ recent: RecentMap,
        _ remote: [RemoteLog], _ runners: ServiceRunnerLimits, _ nodes: NodeLimits
    ) -> Node {
        let meters = { ServiceRunner(Meters.self, limits: runners, keyText: { "\($0)" }) }
        let echoes = { ServiceRunner(Echoes.self, limits: runners, keyText: \.text) }
        let tallies = { ServiceRunner(Tallies.self, limits: runners, keyText: \.text) }
        let all: [any AnyServiceRunner] =
            switch crew {
            case .meters: [meters()]
            case .withEchoes: [meters(), echoes()]
            case .withTallies: [meters(), echoes(), tallies()]
            case .echoesOnly: [echoes()]
            case .alarms: [ServiceRunner(Alarms.self, limits: runners, keyText: { "\($0)" })]
            }
        return Node(
            runners: all, store: store, chain: MurmurChain(), note: note, recent: recent,
            remote: remote, limits: nodes)
    }

    // MARK: Acting

    @discardableResult
    func turn(_ inputs: [Input] = []) -> Turn {
        seed += 1
        let turn = node.turn(inputs, at: now, seed: seed)
        alarms += turn.alarms
        return turn
    }

    /// One batch of commands, each with a caller who waits: the answers in their order.
    func ask(_ commands: MeterCommand...) -> [Reply?] {
        let inputs = commands.map { submission($0) }
        let turn = turn(inputs.map { .submission($0) })
        return inputs.map { input in turn.replies.first { $0.0 == input.ticket }?.1 }
    }

    /// A command under an idempotency key; the body is what the fingerprint is made of.
    func ask(_ command: MeterCommand, key: String, body: String = "body") -> Reply? {
        let input = submission(command, key: key, body: body)
        return turn([.submission(input)]).replies.first { $0.0 == input.ticket }?.1
    }

    func submission(
        _ command: MeterCommand, key: String? = nil, body: String = "body", isAsked: Bool = true
    ) -> Submission {
        if isAsked { ticket += 1 }
        return Submission(
            runner: 0, command: command, principal: .anonymous,
            request: key.map {
                Request(principal: .anonymous, key: $0, about: Array(body.utf8))
            }, ticket: isAsked ? ticket : nil)
    }

    /// Turns without inputs until the node has nothing to do and every row is written.
    func rest() {
        for _ in 0..<1_000 where !isResting { turn() }
        #expect(isResting, "the node does not come to rest")
    }

    private var isResting: Bool {
        !node.hasBacklog && !node.hasUnstored && (node.nextDue ?? now.advanced(by: .days(1))) > now
    }

    func pass(_ span: Span) { now = now.advanced(by: span) }

    // MARK: Seeing

    var meterRunner: ServiceRunner<Meters> { runner(Meters.self) }

    func runner<S: Service>(_ service: S.Type) -> ServiceRunner<S> {
        guard let runner = node.runners.lazy.compactMap({ $0 as? ServiceRunner<S> }).first else {
            preconditionFailure("the crew has no \(S.name)")
        }
        return runner
    }

    /// The meter as it stands in memory or, if it does not, in its row.
    func meter(_ key: MeterKey) throws -> MeterState {
        if let entity = meterRunner.entities[key] { return entity.state }
        guard let row = try store.load([RowKey("\(MeterKey.tables[key.table])_0", key.bytes)])[0]
        else { return MeterState() }
        return try StateRow.read(row.value, of: MeterState.self).state
    }

    func events<Event: WireEvent>(_ log: LogName, _ type: Event.Type) throws -> [Event] {
        try records(log).map { record in
            guard let name = Event.names.first(where: { $0.code == record.code }) else {
                throw WireError.unknownName("\(record.code)")
            }
            var reader = record.reader
            return try Event.read(name, from: &reader)
        }
    }

    var meterEvents: [MeterEvent] { get throws { try events(Self.meters, MeterEvent.self) } }

    func records(_ log: LogName) throws -> [Record] {
        try store.frames(log).flatMap { try $0.records() }
    }
}

extension Reply {
    var text: String { String(decoding: body, as: UTF8.self) }
}

extension ServiceRunner {
    /// A runner with a codec made from the service's types.
    convenience init(
        _ service: S.Type, limits: ServiceRunnerLimits = ServiceRunnerLimits(),
        keyText: @escaping @Sendable (Key) -> String
    ) {
        self.init(service, limits: limits, codec: LogCodec(of: S.self, keyText: keyText))
    }
}
