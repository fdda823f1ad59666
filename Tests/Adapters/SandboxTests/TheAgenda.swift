// SPDX-License-Identifier: Apache-2.0
/// Things happen in the order of their time, at once when they are due at once.

import Synchronization
import Testing

@testable import SandboxAdapter

@Suite struct `The agenda` {
    private func run(
        _ agenda: Agenda<Int>, until count: Int, _ body: () async -> Void
    ) async -> [Int] {
        let done = Recorder<Int>()
        await beside({ await agenda.run(limit: 3) { done.add($0) } }) {
            await body()
            _ = await done.wait(for: count)
        }
        return done.all
    }

    @Test func `keeps the order of what is due at once`() async {
        let agenda = Agenda<Int>()
        let done = await run(agenda, until: 100) {
            for number in 0..<10 {
                agenda.add((0..<10).map { (number * 10 + $0, .zero) })
            }
        }
        #expect(done == Array(0..<100))
    }

    @Test func `keeps the order of deadlines`() async {
        let agenda = Agenda<Int>()
        let done = await run(agenda, until: 6) {
            agenda.add([(5, .milliseconds(50)), (2, .milliseconds(20)), (3, .milliseconds(20))])
            agenda.add([(4, .milliseconds(30)), (1, .milliseconds(1)), (0, .milliseconds(-5))])
        }
        #expect(done == [0, 1, 2, 3, 4, 5])
    }

    @Test func `does not wait for a later one that came first`() async {
        let agenda = Agenda<Int>()
        let done = await run(agenda, until: 1) {
            agenda.add([(2, .seconds(3_600))])
            try? await Task.sleep(for: .milliseconds(20))
            agenda.add([(1, .milliseconds(5))])
        }
        #expect(done == [1])
    }

    @Test func `has what was added before it ran`() async {
        let agenda = Agenda<Int>()
        agenda.add([(1, .zero), (2, .milliseconds(10))])
        #expect(await run(agenda, until: 2) {} == [1, 2])
    }

    @Test func `takes what is added while it acts`() async {
        let agenda = Agenda<Int>()
        let done = Recorder<Int>()
        await beside({
            await agenda.run { batch in
                done.add(batch)
                agenda.add(batch.filter { $0 < 5 }.map { ($0 + 1, .milliseconds(1)) })
            }
        }) {
            agenda.add([(0, .zero)])
            _ = await done.wait(for: 6)
        }
        #expect(done.all == [0, 1, 2, 3, 4, 5])
    }

    @Test func `rests and wakes again`() async {
        let agenda = Agenda<Int>()
        let done = await run(agenda, until: 3) {
            for number in 0..<3 {
                agenda.add([(number, .milliseconds(5))])
                try? await Task.sleep(for: .milliseconds(40))
            }
        }
        #expect(done == [0, 1, 2])
    }

    @Test func `ends when it is canceled`() async {
        let agenda = Agenda<Int>()
        agenda.add([(1, .seconds(3_600))])
        await beside({ await agenda.run { _ in Issue.record("nothing is due") } }) {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }
}

@Suite struct `The dice` {
    @Test func `of one seed fall the same way`() {
        var one = Dice(seed: 7)
        var two = Dice(seed: 7)
        #expect((0..<100).map { _ in one.roll() } == (0..<100).map { _ in two.roll() })
    }

    @Test func `are fair`() {
        var dice = Dice(seed: 1)
        var counts = [0, 0, 0]
        for _ in 0..<10_000 {
            switch dice.pick([100, 300]) {
            case 0: counts[0] += 1
            case 1: counts[1] += 1
            default: counts[2] += 1
            }
        }
        #expect(abs(counts[0] - 1_000) < 150 && abs(counts[1] - 3_000) < 200)
    }

    @Test(arguments: [(0, 0), (1_000, 100)])
    func `never or always come up when they are told to`(chance: Int, expected: Int) {
        var dice = Dice(seed: 3)
        #expect((0..<100).count { _ in dice.comesUp(chance) } == expected)
    }
}
