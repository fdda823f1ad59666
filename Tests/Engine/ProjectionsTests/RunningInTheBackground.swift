// SPDX-License-Identifier: Apache-2.0
/// The thread of the read models: it wakes for what was committed, lets readers wait for a
/// position, does what operators ask for, comes back after failures, and stops.

import Foundation
import Kernel
import MemoryAdapter
import NodeRuntime
import Ports
import Synchronization
import SystemAdapter
import Testing

@testable import NodeEngine
@testable import Projections

/// A runner over scripted logs.
private final class Running: Sendable {
    let logs = ScriptedLogs()
    let disk = MemoryViews.Disk()
    let runner: ProjectionRunner
    let broken = Broken()

    init(_ change: (inout ProjectionRunner.Settings) -> Void = { _ in }) {
        var settings = ProjectionRunner.Settings()
        settings.interval = .milliseconds(5)
        settings.retryInterval = .milliseconds(20)
        change(&settings)
        let (logs, disk, broken) = (logs, disk, broken)
        runner = ProjectionRunner(settings: settings, clock: SystemClock()) {
            Projector(
                [Sums(), Journal()], views: BreakableViews(disk, broken), source: logs,
                codecs: LogCodec.all)
        }
    }

    func run(_ body: @Sendable @escaping (Running) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [runner] in try await runner.run() }
            defer { runner.stop() }
            try await body(self)
            runner.stop()
            try await group.waitForAll()
        }
    }

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

    var isFollowing: Bool {
        !runner.statuses.isEmpty && runner.statuses.allSatisfy { $0.state == .following }
    }
}

final class Broken: Sendable {
    private let isHeldUp = Atomic(false)
    private let value = Atomic(false)
    var isBroken: Bool { value.load(ordering: .sequentiallyConsistent) }
    func set(_ isBroken: Bool) { value.store(isBroken, ordering: .sequentiallyConsistent) }

    func holdUp(_ isHeldUp: Bool) {
        self.isHeldUp.store(isHeldUp, ordering: .sequentiallyConsistent)
    }

    /// Ends when nobody is held up.
    func pass() {
        while isHeldUp.load(ordering: .sequentiallyConsistent) { usleep(1_000) }
    }
}

/// Fails while it is told to.
private final class BreakableViews: Views {
    private let views: MemoryViews
    private let broken: Broken

    init(_ disk: MemoryViews.Disk, _ broken: Broken) {
        views = MemoryViews(disk)
        self.broken = broken
    }

    private func check() throws(ViewFailure) {
        broken.pass()
        if broken.isBroken { throw .unavailable }
    }

    func open(isErasing: Bool) throws(ViewFailure) -> [StoredGeneration] {
        try check()
        return try views.open(isErasing: isErasing)
    }

    func create(_ schema: ViewSchema) throws(ViewFailure) -> ViewGeneration {
        try check()
        return try views.create(schema)
    }

    func row(
        _ key: ViewKey, in table: ViewTable, of generation: ViewGeneration
    ) throws(ViewFailure) -> ViewRow? {
        try check()
        return try views.row(key, in: table, of: generation)
    }

    func commit(_ batch: ViewBatch) throws(ViewFailure) {
        try check()
        try views.commit(batch)
    }

    func remove(_ generation: ViewGeneration) throws(ViewFailure) {
        try check()
        try views.remove(generation)
    }
}

@Suite struct `The thread of the read models` {
    @Test func `shows what was committed to who waits for it`() async throws {
        try await Running().run { world in
            for round in 1...20 as ClosedRange<Int64> {
                world.logs.append([.added(1, 1)], to: .first)
                world.runner.wake()
                #expect(
                    await world.runner.wait(
                        for: "sums", at: [.first: round], atMost: .seconds(30)))
                let rows = try MemoryViews(world.disk).rows(of: Sums())
                #expect(rows[0].first?[1] == .int(round))
            }
        }
    }

    @Test func `lets nobody wait for ever`() async throws {
        try await Running().run { world in
            world.logs.append([.added(1, 1)], to: .first)
            #expect(
                await world.runner.wait(for: "sums", at: [.first: 1], atMost: .seconds(30)))
            #expect(
                await !world.runner.wait(for: "sums", at: [.first: 2], atMost: .milliseconds(30)))
            #expect(
                await !world.runner.wait(
                    for: "nobody", at: [.first: 1], atMost: .milliseconds(30)))
            #expect(
                await world.runner.wait(for: "sums", at: [.other: 9], atMost: .milliseconds(30)))
            // Nothing will come: it stopped.
            world.logs.append([.added(1, 1)], to: .first, code: 77)
            world.runner.wake()
            try await world.eventually("it stops at the fact") {
                world.runner.statuses.first?.state == .failed
            }
            #expect(
                await !world.runner.wait(for: "sums", at: [.first: 2], atMost: .seconds(3_600)))
        }
    }

    /// What the thread does may take as long as it likes.
    @Test func `keeps nobody waiting for longer than asked, also while it is held up`() async throws
    {
        try await Running().run { world in
            try await world.eventually("it follows") { world.isFollowing }
            for patience in [0, 1, 50, 200] as [Int64] {
                world.broken.holdUp(true)
                world.logs.append([.added(1, 1)], to: .first)
                world.runner.wake()
                let heads = try world.logs.heads()
                let begun = ContinuousClock.now
                #expect(
                    await !world.runner.wait(
                        for: "sums", at: heads, atMost: .milliseconds(patience)))
                let waited = ContinuousClock.now - begun
                #expect(waited >= .milliseconds(patience))
                #expect(waited < .milliseconds(patience + 700), "it waited for \(waited)")
                world.broken.holdUp(false)
                #expect(await world.runner.wait(for: "sums", at: heads, atMost: .seconds(30)))
            }
        }
    }

    @Test func `lets go of a waiter whose task is canceled`() async throws {
        try await Running().run { world in
            try await world.eventually("it follows") { world.isFollowing }
            let begun = ContinuousClock.now
            await withTaskGroup(of: Bool.self) { group in
                for turn in 0..<40 {
                    group.addTask {
                        if turn % 2 == 0 { await Task.yield() }
                        return await world.runner.wait(
                            for: "sums", at: [.first: 9], atMost: .seconds(3_600))
                    }
                }
                group.cancelAll()
                for await answer in group { #expect(!answer) }
            }
            #expect(ContinuousClock.now - begun < .seconds(30))
        }
    }

    /// Whoever asked may forget it only then.
    @Test func `says when a request is carried out, not when it is taken`() async throws {
        let world = Running()
        let done = Broken()
        try await world.run { world in
            history(world.logs, count: 5)
            world.runner.wake()
            try await world.eventually("it follows") { world.isFollowing }
            let before = try MemoryViews(world.disk).open(isErasing: false).map(\.generation.number)
            world.broken.set(true)
            for _ in 0..<3 {
                let isKnown = world.runner.rebuild("sums") {
                    let now = try? MemoryViews(world.disk).open(isErasing: false)
                    let numbers = now?.map(\.generation.number) ?? []
                    // Twice asked is once done.
                    #expect(Set(numbers) == Set(before + [before.count + 1]))
                    done.set(true)
                }
                #expect(isKnown)
                try await Task.sleep(for: .milliseconds(50))
                #expect(!done.isBroken)
            }
            world.broken.set(false)
            try await world.eventually("it is carried out") { done.isBroken }
            try await world.eventually("it is rebuilt") { world.isFollowing }
        }
    }

    @Test func `answers who waits when it ends`() async throws {
        let world = Running()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await world.run { world in
                    try await world.eventually("it is open") { world.isFollowing }
                    world.runner.stop()
                }
                return false
            }
            group.addTask {
                await world.runner.wait(for: "sums", at: [.first: 9], atMost: .seconds(3_600))
            }
            for try await answer in group { #expect(!answer) }
        }
        #expect(await !world.runner.wait(for: "sums", at: [.first: 9], atMost: .seconds(3_600)))
    }

    @Test func `rebuilds and resumes what it is asked to`() async throws {
        try await Running().run { world in
            history(world.logs, count: 30)
            world.runner.wake()
            try await world.eventually("it follows") { world.isFollowing }
            let before = try MemoryViews(world.disk).open(isErasing: false).map(\.generation)
            #expect(!world.runner.rebuild("nobody") && !world.runner.resume("nobody"))
            #expect(world.runner.rebuild("sums"))
            try await world.eventually("it is rebuilt") {
                let now = try MemoryViews(world.disk).open(isErasing: false)
                return now.count == 2 && now.allSatisfy(\.isPublished)
                    && Set(now.map(\.generation)) != Set(before)
            }
            #expect(try MemoryViews(world.disk).rows(of: Sums()) == filled(Sums(), world.logs))
            world.logs.append([.added(1, 1)], to: .first, code: 77)
            world.runner.wake()
            try await world.eventually("it stops") {
                world.runner.statuses.allSatisfy { $0.state == .failed }
            }
            #expect(world.runner.resume("sums"))
            try await world.eventually("it stops again") {
                world.runner.statuses.allSatisfy { $0.state == .failed }
            }
        }
    }

    @Test func `comes back when its store does`() async throws {
        let world = Running()
        world.broken.set(true)
        try await world.run { world in
            history(world.logs, count: 10)
            try await Task.sleep(for: .milliseconds(60))
            #expect(!world.isFollowing)
            world.broken.set(false)
            try await world.eventually("it follows") { world.isFollowing }
            world.broken.set(true)
            history(world.logs, count: 10, from: 10)
            world.runner.wake()
            try await Task.sleep(for: .milliseconds(60))
            world.broken.set(false)
            let heads = try world.logs.heads()
            #expect(await world.runner.wait(for: "journal", at: heads, atMost: .seconds(30)))
            #expect(
                try MemoryViews(world.disk).rows(of: Journal()) == filled(Journal(), world.logs))
        }
    }

    @Test func `reads the logs rarely while nothing is committed`() async throws {
        try await Running { $0.idleInterval = .seconds(3_600) }.run { world in
            world.logs.append([.added(1, 1)], to: .first)
            #expect(
                await world.runner.wait(for: "sums", at: [.first: 1], atMost: .seconds(30)))
            try await Task.sleep(for: .milliseconds(100))
            let before = world.logs.reads
            try await Task.sleep(for: .milliseconds(200))
            #expect(world.logs.reads == before)
            // And at once when something is.
            world.logs.append([.added(1, 1)], to: .first)
            world.runner.wake()
            #expect(
                await world.runner.wait(for: "sums", at: [.first: 2], atMost: .seconds(30)))
        }
    }
}
