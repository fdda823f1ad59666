// SPDX-License-Identifier: Apache-2.0
/// The time that a process goes by, from two clocks: what has elapsed since boot, which is right
/// about spans, and the wall clock, which is right about the date until somebody sets it wrongly.
/// Decision 21 gives the reasons.

package import Kernel
package import Ports

/// What an operator should know of the clock. Spans are by how much it shows more than expected.
package enum ClockAlarm: Sendable, Equatable {
    /// It jumped, and is not believed yet.
    case doubted(Span)
    /// A jump that was doubted is undone.
    case undone
    /// It is believed now, and the house goes by it.
    case believed(Span)
    /// The last moment of a store lies so far in the future: the house goes by the clock.
    case storeAhead(Span)
}

/// A value, so that the simulator and the program go by the same. It never stands still; it goes
/// back only when a jump is believed, of which `steps` tells.
package struct TrustedTime: Sendable {
    package struct Settings: Sendable, Equatable {
        /// How far the wall clock may be from what is expected without being doubted. The house
        /// then catches up little by little, so that nothing is waited for much less or longer.
        package var jumpMax = Span.minutes(5)
        /// How long a further jump must have stood before it is believed.
        package var standing = Span.minutes(5)

        package init() {}
    }

    package let settings: Settings
    /// The last reading that was believed: its line is what the clock is expected to show.
    package private(set) var believed: ClockReading
    private var doubt: Doubt?
    /// The sum of the jumps that were believed since the process began.
    package private(set) var steps = Span.milliseconds(0)
    private var pace: Pace
    private var alarms: [ClockAlarm] = []

    /// What the wall clock shows instead: since when, and the last reading.
    private struct Doubt {
        let since: Span
        var last: ClockReading
    }

    /// The process begins. `anchor` is the last reading that an earlier process believed since the
    /// machine was booted: with it, a clock that jumped ahead meanwhile is doubted.
    package init(
        at reading: ClockReading, anchor: ClockReading? = nil, settings: Settings = Settings()
    ) {
        self.settings = settings
        believed = reading
        pace = Pace(at: reading.wall, elapsed: reading.elapsed)
        guard let anchor, reading.elapsed >= anchor.elapsed else { return }
        let expected = anchor.wall(at: reading.elapsed)
        let ahead = reading.wall.since(expected)
        if ahead > settings.jumpMax {
            believed = anchor
            doubt = Doubt(since: reading.elapsed, last: reading)
            pace = Pace(at: expected, elapsed: reading.elapsed)
            alarms.append(.doubted(ahead))
        } else if !ahead.isWithin(settings.jumpMax) {
            alarms.append(.believed(ahead))
        }
    }

    /// True while time is what elapses, since the wall clock jumped.
    package var isDoubting: Bool { doubt != nil }

    /// The time that was told last.
    package var moment: Timestamp { pace.moment }

    /// The time, as it is when the clocks show `reading`.
    package mutating func read(_ reading: ClockReading) -> Timestamp {
        let elapsed = max(reading.elapsed, pace.elapsed)
        let ahead = reading.wall.since(pace.moment.advanced(by: elapsed.since(pace.elapsed)))
        if ahead.isWithin(settings.jumpMax) {
            if doubt != nil { alarm(.undone) }
            doubt = nil
            believed = reading
        } else if hasStood(reading, by: ahead) {
            doubt = nil
            believed = reading
            steps = Span(milliseconds: steps.milliseconds &+ ahead.milliseconds)
            pace = Pace(at: reading.wall, elapsed: elapsed)
            alarms.append(.believed(ahead))
        }
        return pace.follow(believed.wall(at: elapsed), elapsed: elapsed)
    }

    /// True when the clock has shown the same for long enough.
    private mutating func hasStood(_ reading: ClockReading, by ahead: Span) -> Bool {
        if let doubt,
            reading.wall.since(doubt.last.wall(at: reading.elapsed)).isWithin(settings.jumpMax)
        {
            self.doubt?.last = reading
            return reading.elapsed.since(doubt.since) >= settings.standing
        }
        doubt = Doubt(since: reading.elapsed, last: reading)
        alarm(.doubted(ahead))
        return false
    }

    /// A store is opened whose last moment is `last`: time goes on from there, unless that lies
    /// too far in the future. Returns the time.
    package mutating func start(after last: Timestamp) -> Timestamp {
        let ahead = last.since(pace.moment)
        if ahead > settings.jumpMax {
            alarms.append(.storeAhead(ahead))
        } else {
            pace.raise(to: last)
        }
        return pace.moment
    }

    /// An operator says that the wall clock is right: the next reading believes it.
    package mutating func confirm() {
        guard let doubt else { return }
        self.doubt = Doubt(since: doubt.since.since(settings.standing), last: doubt.last)
    }

    /// Bounded: a clock may jump any number of times.
    private mutating func alarm(_ alarm: ClockAlarm) {
        if alarms.count < 16 { alarms.append(alarm) }
    }

    /// What is new for operators since the last call.
    package mutating func takeAlarms() -> [ClockAlarm] {
        defer { alarms.removeAll() }
        return alarms
    }
}

extension Span {
    /// True when it is no longer than `bound`, in either direction.
    fileprivate func isWithin(_ bound: Span) -> Bool {
        (-bound.milliseconds...bound.milliseconds).contains(milliseconds)
    }
}
