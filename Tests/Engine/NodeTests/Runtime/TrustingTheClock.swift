// SPDX-License-Identifier: Apache-2.0
/// What a process takes for the time, whatever becomes of the wall clock.

import Kernel
import NodeRuntime
import Ports
import Testing

/// A machine whose clocks a test moves.
private struct Machine {
    var wall = Bench.noon
    var elapsed = Span.hours(1)
    var time: TrustedTime

    init(anchor: ClockReading? = nil, jumpedBy jump: Span = .milliseconds(0)) {
        wall = wall.advanced(by: jump)
        time = TrustedTime(at: ClockReading(wall: wall, elapsed: elapsed), anchor: anchor)
    }

    /// Time passes in steps of `step`; returns what was told.
    @discardableResult
    mutating func pass(_ span: Span, by step: Span = .seconds(1)) -> Timestamp {
        var left = span.milliseconds
        while left > 0 {
            let part = Span(milliseconds: min(left, step.milliseconds))
            wall = wall.advanced(by: part)
            elapsed = Span(milliseconds: elapsed.milliseconds + part.milliseconds)
            _ = look()
            left -= part.milliseconds
        }
        return time.moment
    }

    @discardableResult
    mutating func look() -> Timestamp {
        time.read(ClockReading(wall: wall, elapsed: elapsed))
    }

    mutating func jump(_ span: Span) { wall = wall.advanced(by: span) }
}

private func noon(_ span: Span) -> Timestamp { Bench.noon.advanced(by: span) }

@Suite struct `Trusting the clock` {
    @Test func `is to say what it shows, while nobody sets it`() {
        var machine = Machine()
        #expect(machine.look() == Bench.noon)
        #expect(machine.pass(.hours(1)) == noon(.hours(1)))
        #expect(machine.pass(.days(3), by: .days(1)) == noon(.hours(73)))
        #expect(machine.time.takeAlarms() == [])
    }

    /// Looked at often or seldom, in any unit: three quarters and five quarters of what elapses.
    @Test(arguments: [Span.milliseconds(1), .milliseconds(7), .seconds(1), .seconds(20)])
    func `is to catch up with a small jump without a leap or a halt`(step: Span) {
        var back = Machine()
        back.jump(.seconds(-60))
        #expect(back.look() == Bench.noon)
        #expect(back.pass(.seconds(40), by: step) == noon(.seconds(30)))
        #expect(back.pass(.seconds(200), by: step) == noon(.seconds(180)))
        #expect(back.pass(.seconds(60), by: step) == noon(.seconds(240)))

        var ahead = Machine()
        ahead.jump(.seconds(60))
        #expect(ahead.look() == Bench.noon)
        #expect(ahead.pass(.seconds(40), by: step) == noon(.seconds(50)))
        #expect(ahead.pass(.seconds(200), by: step) == noon(.seconds(300)))
        #expect(ahead.pass(.seconds(60), by: step) == noon(.seconds(360)))
        #expect(back.time.takeAlarms() == [] && ahead.time.takeAlarms() == [])
        #expect(back.time.steps == .milliseconds(0) && ahead.time.steps == .milliseconds(0))
    }

    @Test(arguments: [Span.days(1_095), .days(-1_095), .milliseconds(300_001)])
    func `is to go by what elapses until a large jump has stood`(jump: Span) {
        var machine = Machine()
        machine.jump(jump)
        #expect(machine.look() == Bench.noon)
        #expect(machine.time.takeAlarms() == [.doubted(jump)])
        #expect(machine.time.isDoubting)
        #expect(machine.pass(.milliseconds(299_999)) == noon(.milliseconds(299_999)))
        #expect(machine.time.steps == .milliseconds(0))
        #expect(machine.time.takeAlarms() == [])
        #expect(machine.pass(.milliseconds(1)) == noon(.minutes(5)).advanced(by: jump))
        #expect(machine.time.steps == jump)
        #expect(machine.time.takeAlarms() == [.believed(jump)])
        #expect(machine.pass(.hours(1)) == noon(.minutes(65)).advanced(by: jump))
    }

    @Test(arguments: [Span.minutes(5), .minutes(-5)])
    func `is to believe a jump of just the bound`(jump: Span) {
        var machine = Machine()
        machine.jump(jump)
        machine.look()
        #expect(!machine.time.isDoubting)
        #expect(machine.pass(.hours(1)) == noon(.hours(1)).advanced(by: jump))
        #expect(machine.time.steps == .milliseconds(0))
    }

    @Test func `is to forget a jump that is undone in time`() {
        var machine = Machine()
        machine.jump(.days(1_095))
        machine.pass(.minutes(4))
        machine.jump(.days(-1_095))
        #expect(machine.pass(.minutes(4)) == noon(.minutes(8)))
        #expect(machine.time.takeAlarms() == [.doubted(.days(1_095)), .undone])
        // Another one has all its time before it.
        machine.jump(.days(1_095))
        #expect(machine.pass(.minutes(4)) == noon(.minutes(12)))
    }

    @Test func `is to let each jump stand for itself`() {
        var machine = Machine()
        for _ in 0..<8 {
            machine.jump(.days(30))
            machine.pass(.minutes(4))
        }
        #expect(machine.time.moment == noon(.minutes(32)))
        #expect(machine.time.isDoubting)
        #expect(machine.time.takeAlarms().count == 8)
        // A small jump meanwhile is no other one.
        machine.jump(.minutes(4))
        machine.pass(.seconds(61))
        #expect(machine.time.moment > noon(.days(200)))
        // A clock that jumps to and fro fills no memory.
        for _ in 0..<100 {
            machine.jump(.days(30))
            machine.pass(.seconds(2))
        }
        #expect(machine.time.takeAlarms().count == 16)
    }

    @Test func `is to hear an operator`() {
        var machine = Machine()
        machine.time.confirm()
        machine.jump(.days(2))
        #expect(machine.look() == Bench.noon)
        machine.time.confirm()
        #expect(machine.pass(.seconds(1)) == noon(.days(2)).advanced(by: .seconds(1)))
        #expect(machine.time.steps == .days(2))
    }

    @Test func `is to survive nonsense`() {
        var machine = Machine()
        for wall in [Int64.min, .max, 0, -1] {
            for elapsed in [Int64.min, 0, .max] {
                let before = machine.time.moment
                let reading = ClockReading(
                    wall: Timestamp(milliseconds: wall), elapsed: .milliseconds(elapsed))
                let told = machine.time.read(reading)
                #expect(told >= before || machine.time.steps != .milliseconds(0))
            }
        }
        var later = TrustedTime(
            at: ClockReading(wall: Timestamp(milliseconds: .max), elapsed: .milliseconds(.max)),
            anchor: ClockReading(
                wall: Timestamp(milliseconds: .min), elapsed: .milliseconds(.min)))
        _ = later.read(
            ClockReading(wall: Timestamp(milliseconds: .min), elapsed: .milliseconds(.min)))
        #expect(later.moment >= Timestamp(milliseconds: 0))
    }
}

@Suite struct `Starting by the clock` {
    private static let anchor = ClockReading(
        wall: Bench.noon.advanced(by: .minutes(-30)), elapsed: .minutes(30))

    @Test func `takes it as it is when nothing is known of it`() {
        var machine = Machine(jumpedBy: .days(1_095))
        #expect(machine.look() == noon(.days(1_095)))
        #expect(machine.time.takeAlarms() == [])
    }

    @Test func `doubts it when it jumped ahead since the machine was booted`() {
        var machine = Machine(anchor: Self.anchor, jumpedBy: .days(1_095))
        #expect(machine.look() == Bench.noon)
        #expect(machine.time.takeAlarms() == [.doubted(.days(1_095))])
        machine.pass(.minutes(4))
        #expect(machine.time.believed == Self.anchor)
        machine.jump(.days(-1_095))
        #expect(machine.pass(.minutes(1)) == noon(.minutes(5)))
        #expect(machine.time.takeAlarms() == [.undone])
    }

    @Test(arguments: [Span.minutes(5), .minutes(-5), .days(-1_095)])
    func `takes it when it did not`(jump: Span) {
        var machine = Machine(anchor: Self.anchor, jumpedBy: jump)
        #expect(machine.look() == noon(jump))
        #expect(machine.time.takeAlarms() == (jump == .days(-1_095) ? [.believed(jump)] : []))
    }

    @Test func `goes on after the last moment of the store`() {
        var machine = Machine()
        #expect(machine.time.start(after: noon(.minutes(-9))) == Bench.noon)
        #expect(machine.time.start(after: noon(.seconds(60))) == noon(.seconds(60)))
        #expect(machine.pass(.seconds(4)) == noon(.seconds(63)))
        #expect(machine.pass(.seconds(300)) == noon(.seconds(304)))
    }

    @Test func `leaves alone a store that was written in the future`() {
        var machine = Machine()
        #expect(machine.time.start(after: noon(.milliseconds(300_001))) == Bench.noon)
        #expect(machine.time.takeAlarms() == [.storeAhead(.milliseconds(300_001))])
        #expect(machine.pass(.seconds(1)) == noon(.seconds(1)))
    }
}

@Suite struct `Ids` {
    private static func generator(_ clock: ManualClock, logs: Int = 0) -> IDGenerator {
        IDGenerator(clock: TrustedClock(clock), entropy: CountingEntropy(), logs: logs)
    }

    @Test func `carry the time and the bucket`() {
        let clock = ManualClock()
        let ids = Self.generator(clock)
        clock.pass(.minutes(1))
        let id = ids.next(bucket: 77)
        #expect(id.milliseconds == noon(.minutes(1)).milliseconds && id.bucket == 77)
    }

    @Test func `ascend though the clock is set back, for years even`() {
        let clock = ManualClock()
        let ids = Self.generator(clock)
        var last = ids.next(bucket: 0)
        for jump in [Span.seconds(-60), .minutes(-4), .days(-1_095), .hours(-1)] {
            clock.jump(jump)
            for _ in 0..<800 {
                clock.pass(.seconds(1))
                let next = ids.next(bucket: 0)
                #expect(next.milliseconds > last.milliseconds)
                last = next
            }
        }
    }

    @Test func `ascend over a start`() {
        let clock = ManualClock()
        let first = Self.generator(clock)
        clock.pass(.seconds(1))
        let last = first.next(bucket: 4_095)
        clock.jump(.days(-1_095))
        let second = Self.generator(clock, logs: 2)
        #expect(!second.isReady)
        second.start(after: nil)
        #expect(!second.isReady)
        second.start(after: last)
        #expect(second.isReady)
        #expect(second.next(bucket: 0) > last)
    }
}
