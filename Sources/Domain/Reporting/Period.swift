// SPDX-License-Identifier: Apache-2.0
/// The rows of a report in time: half-open, so that the parts make the whole.

package import Kernel

/// A part of a report's time.
package struct Period: Sendable, Equatable {
    /// `2010-12`, `2010-W48`, `2010-12-01` or `2010-12-01T13:00+01:00`.
    package let label: String
    package let start: Timestamp
    /// The first instant after it.
    package let end: Timestamp
}

package enum PeriodUnit: String, Sendable, CaseIterable {
    case hour, day, week, month
}

package enum PeriodFailure: Error, Equatable, Sendable {
    /// The first day must come before the day after the last.
    case empty
    /// More rows than a report has.
    case tooMany
    case outOfRange
}

extension Zone {
    /// Rows of one report: a year of hours and a day more.
    package static let periodsMax = 8_808
    /// Before 1980 some zones differed from UTC by odd minutes; after 2199 nobody knows.
    package static let years: ClosedRange<Int64> = 1980...2199

    /// The periods from the start of `first` to the start of `end`. Those at the ends are cut
    /// where a week or month begins before or goes on beyond.
    package func periods(
        _ unit: PeriodUnit, from first: LocalDate, to end: LocalDate
    ) throws(PeriodFailure) -> [Period] {
        guard Self.years.contains(first.civil.year), Self.years.contains(end.civil.year) else {
            throw .outOfRange
        }
        guard first < end else { throw .empty }
        // Cheaper than to make them: no day has fewer than 22 hours.
        guard unit != .hour || end.days - first.days <= Int64(Self.periodsMax) / 22,
            end.days - first.days <= Int64(Self.periodsMax) * 31
        else { throw .tooMany }
        var periods: [Period] = []
        var date = first
        var start = self.start(of: first)
        while date < end {
            let next = min(end, Self.next(unit, after: date))
            let until = self.start(of: next)
            if unit == .hour {
                appendHours(from: start, to: until, &periods)
            } else {
                periods.append(Period(label: Self.label(unit, date), start: start, end: until))
            }
            guard periods.count <= Self.periodsMax else { throw .tooMany }
            (date, start) = (next, until)
        }
        return periods
    }

    private static let hour: Int64 = 3_600_000

    private static func next(_ unit: PeriodUnit, after date: LocalDate) -> LocalDate {
        switch unit {
        case .hour, .day: date.adding(days: 1)
        case .week: date.adding(days: 8 - date.weekday)
        case .month: date.nextMonth
        }
    }

    /// From full hour to full hour of local clocks: a day of 25 hours has 25 of them. Where
    /// clocks change by half an hour, one is shorter.
    private func appendHours(from start: Timestamp, to end: Timestamp, _ periods: inout [Period]) {
        var hour = start
        while hour < end {
            let local = hour.milliseconds + offset(at: hour)
            let past = (local % Self.hour + Self.hour) % Self.hour
            let next = min(end, Timestamp(milliseconds: hour.milliseconds + Self.hour - past))
            periods.append(Period(label: hourLabel(hour), start: hour, end: next))
            hour = next
        }
    }

    private func hourLabel(_ hour: Timestamp) -> String {
        let offset = offset(at: hour)
        // Local time, written as if it were UTC: `2010-12-01T13:00:00.000Z`.
        let local = Timestamp(milliseconds: hour.milliseconds + offset).text.prefix(16)
        let minutes = abs(offset) / 60_000
        let sign = offset < 0 ? "-" : "+"
        return "\(local)\(sign)\(LocalDate.padded(minutes / 60, to: 2))"
            + ":\(LocalDate.padded(minutes % 60, to: 2))"
    }

    private static func label(_ unit: PeriodUnit, _ date: LocalDate) -> String {
        switch unit {
        case .hour, .day: return date.text
        case .week:
            let week = date.week
            return "\(LocalDate.padded(week.year, to: 4))-W\(LocalDate.padded(week.number, to: 2))"
        case .month: return String(date.text.prefix(7))
        }
    }
}
