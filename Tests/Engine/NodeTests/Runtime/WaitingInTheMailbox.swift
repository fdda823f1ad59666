// SPDX-License-Identifier: Apache-2.0
/// Inputs wait in a bounded mailbox; what belongs to open work goes first and always fits.

import Foundation
import Kernel
import NodeEngine
import Ports
import Synchronization
import Testing

@testable import NodeRuntime

@Suite struct `A mailbox` {
    private func submission(_ ticket: Ticket) -> Submission {
        Submission(
            runner: 0, command: MeterCommand.look(.meter(1)), principal: .anonymous, ticket: ticket)
    }

    private func tickets(_ inputs: [Input]) -> [Ticket?] {
        inputs.map { input in
            if case .submission(let submission) = input { submission.ticket } else { nil }
        }
    }

    private func checkpoint(_ position: Int64) -> Input {
        .published(Bench.meters, OutboxCheckpoint(through: position, last: []))
    }

    @Test func `gives out open work first, then callers in order`() {
        let mailbox = Mailbox(capacity: 10)
        for ticket in 1...3 as ClosedRange<Ticket> {
            #expect(mailbox.offer(submission(ticket)) == nil)
        }
        mailbox.post([checkpoint(1), checkpoint(2)])
        #expect(tickets(mailbox.take(limit: 10, waitingAtMost: 0).inputs) == [nil, nil, 1, 2, 3])
        #expect(mailbox.take(limit: 10, waitingAtMost: 0).inputs.isEmpty)
    }

    @Test func `gives out no more than asked for`() {
        let mailbox = Mailbox(capacity: 10)
        for ticket in 1...3 as ClosedRange<Ticket> { _ = mailbox.offer(submission(ticket)) }
        mailbox.post([checkpoint(1), checkpoint(2), checkpoint(3)])
        #expect(tickets(mailbox.take(limit: 2, waitingAtMost: 0).inputs) == [nil, nil])
        #expect(tickets(mailbox.take(limit: 2, waitingAtMost: 0).inputs) == [nil, 1])
        #expect(mailbox.depth == 2)
        #expect(tickets(mailbox.take(limit: 2, waitingAtMost: 0).inputs) == [2, 3])
    }

    private func beacon(_ position: Int64) -> Input {
        .message(
            BusMessage(
                beaconOf: Bench.meters, epoch: 1, epochBase: 0, partition: 0, position: position))
    }

    @Test func `gives out no more beacons than a bound, and all in the end`() {
        let mailbox = Mailbox(capacity: 10)
        mailbox.post((1...100).map { beacon($0) })
        mailbox.post([checkpoint(1)])
        let sizes = (0..<5).map { _ in mailbox.take(limit: 2, waitingAtMost: 0).inputs.count }
        #expect(sizes == [32, 32, 32, 5, 0])
        #expect(mailbox.hasTaken(101))
    }

    @Test func `holds on to nothing that was taken, though it never empties`() {
        var queue = InputQueue(capacity: 10)
        weak var taken: Submission?
        do {
            let first = submission(1)
            taken = first
            queue.post([.submission(first)])
        }
        queue.post([checkpoint(1)])
        for position in 2..<100 as Range<Int64> {
            _ = queue.take(limit: 1)
            queue.post([checkpoint(position)])
        }
        #expect(taken == nil && !queue.isEmpty)
    }

    @Test func `turns callers away when it is full, and nobody else`() {
        let mailbox = Mailbox(capacity: 2)
        #expect(mailbox.offer(submission(1)) == nil)
        #expect(mailbox.offer(submission(2)) == nil)
        #expect(mailbox.offer(submission(3)) == EngineProblem.overloaded)
        mailbox.post((0..<100).map { checkpoint($0) })
        #expect(mailbox.take(limit: 1_000, waitingAtMost: 0).inputs.count == 102)
        #expect(mailbox.offer(submission(4)) == nil)
    }

    @Test func `lets nobody in once it is stopped, and gives out the rest`() {
        let mailbox = Mailbox(capacity: 2)
        _ = mailbox.offer(submission(1))
        mailbox.stop()
        #expect(mailbox.offer(submission(2)) == EngineProblem.stopping)
        mailbox.post([checkpoint(1)])
        let taken = mailbox.take(limit: 10, waitingAtMost: 60)
        #expect(tickets(taken.inputs) == [nil, 1])
        #expect(taken.isStopping)
        // It does not wait any more.
        #expect(mailbox.take(limit: 10, waitingAtMost: 60).inputs.isEmpty)
    }

    @Test func `keeps the order of a hundred thousand callers`() {
        let mailbox = Mailbox(capacity: 200_000)
        for ticket in 0..<100_000 as Range<Ticket> { _ = mailbox.offer(submission(ticket)) }
        var next: Ticket = 0
        while next < 150_000 {
            let taken = mailbox.take(limit: 999, waitingAtMost: 0).inputs
            guard !taken.isEmpty else { break }
            for ticket in tickets(taken) {
                #expect(ticket == next)
                next += 1
            }
            if next == 999 * 70 {
                for ticket in 100_000..<150_000 as Range<Ticket> {
                    _ = mailbox.offer(submission(ticket))
                }
            }
        }
        #expect(next == 150_000)
    }

    @Test func `wakes up whoever waits`() {
        let mailbox = Mailbox(capacity: 10)
        let taken = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            for _ in 0..<3 {
                let inputs = mailbox.take(limit: 10, waitingAtMost: 60).inputs
                taken.withLock { $0.append(inputs.count) }
                done.signal()
            }
        }
        let begun = ContinuousClock.now
        thread.start()
        mailbox.post([checkpoint(1)])
        done.wait()
        _ = mailbox.offer(submission(1))
        done.wait()
        mailbox.stop()
        done.wait()
        #expect(ContinuousClock.now - begun < .seconds(30))
        #expect(taken.withLock { $0 } == [1, 1, 0])
    }

    @Test func `lets a few answers wait for company, which a caller or a crowd is`() {
        let mailbox = Mailbox(capacity: 10)
        let counts = Mutex<[Int]>([])
        let done = DispatchSemaphore(value: 0)
        let thread = Thread {
            for _ in 0..<3 {
                let taken = mailbox.take(limit: 1_000, waitingAtMost: 60, lingering: 60)
                counts.withLock { $0.append(taken.inputs.count) }
                done.signal()
            }
        }
        let begun = ContinuousClock.now
        mailbox.post([checkpoint(1)])
        thread.start()
        for position in 2...20 as ClosedRange<Int64> { mailbox.post([checkpoint(position)]) }
        #expect(done.wait(timeout: .now() + .milliseconds(50)) == .timedOut)
        _ = mailbox.offer(submission(1))
        done.wait()
        for position in 0..<300 as Range<Int64> { mailbox.post([checkpoint(position)]) }
        done.wait()
        mailbox.stop()
        done.wait()
        #expect(ContinuousClock.now - begun < .seconds(30))
        let taken = counts.withLock { $0 }
        #expect(taken.first == 21)
        #expect(taken.dropFirst().reduce(0, +) == 300)
    }

    @Test func `leaves answers no longer than it is told`() {
        let mailbox = Mailbox(capacity: 10)
        mailbox.post([checkpoint(1)])
        let begun = ContinuousClock.now
        #expect(mailbox.take(limit: 10, waitingAtMost: 60, lingering: 0.05).inputs.count == 1)
        let passed = ContinuousClock.now - begun
        #expect(passed >= .milliseconds(45) && passed < .seconds(20))
        mailbox.post([checkpoint(2)])
        #expect(mailbox.take(limit: 10, waitingAtMost: 0).inputs.count == 1)
    }
}
