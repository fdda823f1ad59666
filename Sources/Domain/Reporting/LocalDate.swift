// SPDX-License-Identifier: Apache-2.0
/// A day of the calendar, without a place: which instants it has is a question of the time zone.

/// A date of the proleptic Gregorian calendar. Computed with `days_from_civil` and
/// `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"
/// (https://howardhinnant.github.io/date_algorithms.html).
package struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let days: Int64

    package init(days: Int64) { self.days = days }

    /// Nil when there is no such day.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
            return nil
        }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let ofEra = shifted - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
        let back = civil
        guard back.year == year, back.month == month, back.day == day else { return nil }
    }

    /// Reads `2010-12-31`; nil for everything else.
    package init?(text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var number: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return number
    }

    package var civil: (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let part = (5 * ofYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * part + 2) / 5 + 1)
    }

    /// `2010-12-31`.
    package var text: String {
        let (year, month, day) = civil
        return "\(Self.padded(year, to: 4))-\(Self.padded(month, to: 2))-\(Self.padded(day, to: 2))"
    }

    static func padded(_ number: Int64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    package func adding(days more: Int64) -> LocalDate { LocalDate(days: days + more) }

    /// The first day of the next month.
    package var nextMonth: LocalDate {
        let (year, month, _) = civil
        let next = month == 12 ? (year + 1, Int64(1)) : (year, month + 1)
        guard let date = LocalDate(year: next.0, month: next.1, day: 1) else {
            preconditionFailure("every month has a first day")
        }
        return date
    }

    /// 1 for Monday to 7 for Sunday.
    package var weekday: Int64 {
        // 1970-01-01 was a Thursday.
        let shifted = (days + 3) % 7
        return (shifted < 0 ? shifted + 7 : shifted) + 1
    }

    /// The week by ISO 8601: it begins on a Monday and belongs to the year of its Thursday.
    package var week: (year: Int64, number: Int64) {
        let thursday = adding(days: 4 - weekday)
        let year = thursday.civil.year
        guard let first = LocalDate(year: year, month: 1, day: 1) else {
            preconditionFailure("every year has a first day")
        }
        return (year, (thursday.days - first.days) / 7 + 1)
    }

    package static func < (one: LocalDate, other: LocalDate) -> Bool { one.days < other.days }
}
