// SPDX-License-Identifier: Apache-2.0
/// Sums of time stop at the ends of the range; they never wrap round into the past.

import Kernel
import Testing

@Suite struct `Moving through time` {
    @Test func `adds spans`() {
        let start = Timestamp(milliseconds: 1_000)
        #expect(start.advanced(by: .milliseconds(5)) == Timestamp(milliseconds: 1_005))
        #expect(start.advanced(by: .seconds(-2)) == Timestamp(milliseconds: -1_000))
        #expect(start.advanced(by: .days(1)).milliseconds == 86_401_000)
    }

    @Test(
        arguments: [
            (Int64.max, 1, Int64.max), (.max, .max, .max), (.max - 1, 1, .max),
            (.max, -1, .max - 1),
            (.min, -1, .min), (.min, .min, .min), (.min + 1, -1, .min), (.min, 1, .min + 1),
            (.min, .max, -1), (0, .min, .min),
        ] as [(Int64, Int64, Int64)])
    func `stops at the ends`(_ start: Int64, _ span: Int64, _ end: Int64) {
        let moved = Timestamp(milliseconds: start).advanced(by: .milliseconds(span))
        #expect(moved == Timestamp(milliseconds: end))
    }

    @Test func `measures what lies between`() {
        let noon = Timestamp(milliseconds: 43_200_000)
        let one = Timestamp(milliseconds: 46_800_000)
        #expect(one.since(noon) == .hours(1))
        #expect(noon.since(one) == .hours(-1))
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(last.since(Timestamp(milliseconds: -1)) == .milliseconds(.max))
        #expect(first.since(Timestamp(milliseconds: 1)) == .milliseconds(.min))
        #expect(Timestamp(milliseconds: 0).since(first) == .milliseconds(.max))
    }

    @Test func `reaches what is due, and what has elapsed`() {
        let noon = Timestamp(milliseconds: 43_200_000)
        let later = noon.advanced(by: .days(900))
        let plain = Moment(at: noon, draw: 0, principal: .house)
        #expect(plain.reaches(noon) && plain.reaches(noon.advanced(by: .milliseconds(-1))))
        #expect(!plain.reaches(noon.advanced(by: .milliseconds(1))) && !plain.reaches(later))
        let ahead = Moment(at: noon, draw: 0, principal: .house, elapsed: later)
        #expect(ahead.reaches(later) && ahead.reaches(noon))
        #expect(!ahead.reaches(later.advanced(by: .milliseconds(1))))
        #expect(!ahead.reaches(later.advanced(by: .milliseconds(-1))))
    }

    @Test func `compares spans`() {
        #expect(Span.seconds(5).since(.seconds(7)) == .seconds(-2))
        #expect(Span.milliseconds(.max).since(.milliseconds(-1)) == .milliseconds(.max))
        #expect(Span.milliseconds(.min).since(.milliseconds(1)) == .milliseconds(.min))
    }

    @Test func `compares`() {
        #expect(Timestamp(milliseconds: -1) < Timestamp(milliseconds: 0))
        #expect(Span.seconds(59) < .minutes(1))
        #expect(!(Span.seconds(60) < .minutes(1)))
    }
}

@Suite struct `A span of time` {
    @Test func `counts in milliseconds`() {
        #expect(Span.milliseconds(7).milliseconds == 7)
        #expect(Span.seconds(7).milliseconds == 7_000)
        #expect(Span.minutes(7) == .seconds(420))
        #expect(Span.hours(7) == .minutes(420))
        #expect(Span.days(-7) == .hours(-168))
    }

    @Test func `stops at the ends`() {
        #expect(Span.seconds(.max).milliseconds == .max)
        #expect(Span.days(.min).milliseconds == .min)
        #expect(Span.days(106_751_991_167).milliseconds == 9_223_372_036_828_800_000)
        #expect(Span.days(106_751_991_168).milliseconds == .max)
    }
}
