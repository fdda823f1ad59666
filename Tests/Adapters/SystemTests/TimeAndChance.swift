// SPDX-License-Identifier: Apache-2.0
/// The clock tells the machine's time, and random bits are random enough for ids.

import Foundation
import Kernel
import Ports
import SystemAdapter
import Testing

@Suite struct `Time and chance` {
    @Test func `the clock tells the machine's time`() {
        let before = Int64(Date().timeIntervalSince1970 * 1_000)
        let now = SystemClock().now().milliseconds
        let after = Int64(Date().timeIntervalSince1970 * 1_000)
        #expect((before - 1...after + 1).contains(now))
    }

    @Test func `what elapses is counted in the same unit, and never falls`() async throws {
        let clock = SystemClock()
        let before = clock.elapsed()
        let began = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(50))
        let passed = clock.elapsed().since(before).milliseconds
        let measured = (ContinuousClock.now - began) / .milliseconds(1)
        #expect(before > .milliseconds(0))
        #expect(passed >= 49 && Double(passed) <= measured + 2)
    }

    @Test func `no number is drawn twice, whichever thread draws it`() async {
        let entropy = SystemEntropy()
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<10_000).map { _ in entropy.next() } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(numbers).count == 40_000)
    }

    @Test func `every bit is set about every other time`() {
        let entropy = SystemEntropy()
        var counts = [Int](repeating: 0, count: 64)
        for _ in 0..<10_000 {
            let number = entropy.next()
            for bit in 0..<64 where number >> UInt64(bit) & 1 == 1 { counts[bit] += 1 }
        }
        // Eight standard deviations of 50.
        #expect(counts.allSatisfy { abs($0 - 5_000) < 400 })
    }

    @Test func `two processes would not draw the same numbers`() {
        let one = SystemEntropy()
        let other = SystemEntropy()
        let drawn = Set((0..<1_000).map { _ in one.next() })
        #expect((0..<1_000).allSatisfy { _ in !drawn.contains(other.next()) })
    }
}
