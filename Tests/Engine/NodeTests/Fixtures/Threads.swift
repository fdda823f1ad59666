// SPDX-License-Identifier: Apache-2.0
/// What tests of the asynchronous shell need: a clock in the test's hands, a place to collect what
/// comes from other threads, and patience with a limit.

import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Synchronization
import Testing

@testable import NodeEngine

final class ManualClock: Ports.Clock {
    private struct Faces {
        var wall = Bench.noon
        var elapsed = Span.hours(1)
    }

    private let faces = Mutex(Faces())

    func now() -> Timestamp { faces.withLock { $0.wall } }
    func elapsed() -> Span { faces.withLock { $0.elapsed } }

    /// Time passes.
    func pass(_ span: Span) {
        faces.withLock { faces in
            faces.wall = faces.wall.advanced(by: span)
            faces.elapsed = Span(
                milliseconds: faces.elapsed.milliseconds + span.milliseconds)
        }
    }

    /// Somebody sets the wall clock.
    func jump(_ span: Span) { faces.withLock { $0.wall = $0.wall.advanced(by: span) } }
}

final class CountingEntropy: Entropy {
    private let count = Mutex<UInt64>(0)

    func next() -> UInt64 {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Collects what comes from other threads.
final class Box<Element: Sendable>: Sendable {
    private let elements = Mutex<[Element]>([])

    var all: [Element] { elements.withLock { $0 } }
    var count: Int { elements.withLock { $0.count } }

    func add(_ new: [Element]) { elements.withLock { $0.append(contentsOf: new) } }
    func add(_ new: Element) { elements.withLock { $0.append(new) } }
}

/// Waits until `condition` holds, half a minute at most.
func eventually(
    _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
) async throws {
    for _ in 0..<6_000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record(what, sourceLocation: sourceLocation)
}

/// A node with its thread, on a disk that the test sees, too.
final class Hosted: Sendable {
    let disk: MemoryStore.Disk
    let clock: ManualClock
    let host: NodeHost
    /// What happens to the next commits, in order.
    private let moods: Mutex<[MoodyStore.Mood]>

    init(
        _ crew: Bench.Crew = .meters, disk: MemoryStore.Disk = MemoryStore.Disk(),
        settings: NodeHost.Settings = NodeHost.Settings(), remote: [RemoteLog] = [],
        clock: ManualClock = ManualClock()
    ) {
        self.disk = disk
        self.clock = clock
        moods = Mutex([])
        let start = Box<@Sendable () throws -> Node>()
        host = NodeHost(
            name: "test", clock: TrustedClock(clock), entropy: CountingEntropy(),
            settings: settings,
            makeNode: { try (start.all.first ?? { throw StoreFailure.unavailable })() })
        start.add { [unowned self] in
            let store = MoodyStore(disk)
            store.onCommit = { [weak store] in
                store?.moods = self.moods.withLock { $0.isEmpty ? [] : [$0.removeFirst()] }
            }
            return Bench.node(
                crew, store, RecordingNote(), RecentMap(), remote, ServiceRunnerLimits(),
                NodeLimits())
        }
    }

    func expect(_ moods: [MoodyStore.Mood]) { self.moods.withLock { $0 = moods } }

    /// Runs the node while `body` lasts; then stops it, and returns what it ended with.
    @discardableResult
    func run(_ body: @Sendable @escaping () async throws -> Void) async throws -> (any Error)? {
        try await withThrowingTaskGroup(of: (any Error)?.self) { group in
            group.addTask { [host] in
                do { try await host.run() } catch { return error }
                return nil
            }
            do { try await body() } catch {
                host.stop()
                throw error
            }
            host.stop()
            return try await group.next() ?? nil
        }
    }

    func ask(
        _ command: MeterCommand, key: String? = nil, body: [UInt8] = []
    ) async -> Reply {
        await host.submit(
            command, runner: 0, principal: .anonymous,
            request: key.map { Request(principal: .anonymous, key: $0, about: body) }, trace: nil)
    }

    func post(_ commands: [MeterCommand]) {
        host.post(
            commands.map {
                .submission(Submission(runner: 0, command: $0, principal: .house))
            })
    }

    func events<Event: WireEvent>(_ log: LogName, _ type: Event.Type) throws -> [Event] {
        let frames = try MemoryStore(disk).frames(of: log, after: 0, limit: .max)
        return try frames.flatMap { try $0.records() }.map { record in
            var reader = record.reader
            let name = try #require(Event.names.first { $0.code == record.code })
            return try Event.read(name, from: &reader)
        }
    }

    var meterEvents: [MeterEvent] { get throws { try events(Bench.meters, MeterEvent.self) } }
}
