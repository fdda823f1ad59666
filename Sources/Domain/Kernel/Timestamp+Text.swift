// SPDX-License-Identifier: Apache-2.0
/// Timestamps as text by RFC 3339. Dates are of the proleptic Gregorian calendar, computed with
/// `days_from_civil` and `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date
/// Algorithms" (https://howardhinnant.github.io/date_algorithms.html).

extension Timestamp: CustomStringConvertible {
    /// Characters of `text`.
    static var textCount: Int { 24 }
    /// 0000-01-01T00:00:00.000Z
    private static var textMin: Int64 { -62_167_219_200_000 }
    /// 9999-12-31T23:59:59.999Z
    private static var textMax: Int64 { 253_402_300_799_999 }

    /// `2026-11-21T10:00:00.000Z`. Outside the years 0000 to 9999, the nearest end of them.
    public var text: String {
        String(unsafeUninitializedCapacity: Self.textCount) { buffer in
            writeText(to: buffer)
            return Self.textCount
        }
    }

    public var description: String { text }

    /// Appends the UTF-8 of `text`.
    public func write(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.textCount) { buffer in
            writeText(to: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    /// Reads a date-time of RFC 3339: `T` and `Z` in either case, any offset from UTC, no fraction
    /// or 1 to 9 digits of it, cut to milliseconds. A leap second (second 60 of the minute 23:59
    /// UTC) is read as .999 of the second before. Nil for everything else, and for points outside
    /// the years 0000 to 9999 in UTC.
    public init?(text: some StringProtocol) {
        let parsed =
            text.utf8.withContiguousStorageIfAvailable(Self.parse)
            ?? Array(text.utf8).withUnsafeBufferPointer(Self.parse)
        guard let parsed else { return nil }
        self.init(milliseconds: parsed)
    }

    /// Writes `text` to a buffer that has room for it.
    func writeText(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let clamped = max(Self.textMin, min(milliseconds, Self.textMax))
        // From the first day of year 0000 on, everything is positive.
        let total = UInt64(clamped - Self.textMin)
        let date = civil(daysOfYear0000: total / 86_400_000)
        let ofDay = total % 86_400_000
        var digits = DigitWriter(buffer: buffer)
        digits.write(date.year, width: 4)
        digits.write("-")
        digits.write(date.month, width: 2)
        digits.write("-")
        digits.write(date.day, width: 2)
        digits.write("T")
        digits.write(ofDay / 3_600_000, width: 2)
        digits.write(":")
        digits.write(ofDay / 60_000 % 60, width: 2)
        digits.write(":")
        digits.write(ofDay / 1_000 % 60, width: 2)
        digits.write(".")
        digits.write(ofDay % 1_000, width: 3)
        digits.write("Z")
    }

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var scanner = DigitScanner(text: text)
        guard let year = scanner.number(width: 4), scanner.take("-"),
            let month = scanner.number(width: 2), scanner.take("-"),
            let day = scanner.number(width: 2), scanner.take("T") || scanner.take("t"),
            let hour = scanner.number(width: 2), scanner.take(":"),
            let minute = scanner.number(width: 2), scanner.take(":"),
            let second = scanner.number(width: 2),
            let fraction = scanner.millisecondsOfFraction(),
            let offset = scanner.minutesOfOffset(), scanner.isAtEnd
        else { return nil }
        guard month >= 1, month <= 12, day >= 1, day <= daysOf(month, year),
            hour <= 23, minute <= 59, second <= 60
        else { return nil }
        let minutes = (daysFromCivil(year, month, day) * 24 + hour) * 60 + minute - offset
        let isLeap = second == 60
        guard !isLeap || (minutes % 1_440 + 1_440) % 1_440 == 1_439 else { return nil }
        let ofMinute = isLeap ? 59_999 : second * 1_000 + fraction
        let parsed = minutes * 60_000 + ofMinute
        return parsed >= textMin && parsed <= textMax ? parsed : nil
    }

    private static func daysOf(_ month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01; the year is not negative.
    private static func daysFromCivil(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        // Years begin in March, and the era 400 years earlier so that all is positive.
        let shifted = (month <= 2 ? year - 1 : year) + 400
        let era = shifted / 400
        let yearOfEra = shifted % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era - 1) * 146_097 + dayOfEra - 719_468
    }
}

/// The date `days` after 0000-01-01.
private func civil(
    daysOfYear0000 days: UInt64
) -> (year: UInt64, month: UInt64, day: UInt64) {
    // Hinnant's count begins on 0000-03-01; an era earlier all is positive.
    let shifted = days + 146_097 - 60
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra =
        (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0) - 400
    return (year, month, day)
}

/// Writes digits and signs into a buffer that has room for all of them.
private struct DigitWriter {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    var end = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func write(_ number: UInt64, width: Int) {
        var rest = number
        for position in stride(from: end + width - 1, through: end, by: -1) {
            buffer[position] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        end += width
    }

    mutating func write(_ sign: Unicode.Scalar) {
        buffer[end] = UInt8(ascii: sign)
        end += 1
    }
}

/// Reads digits and signs, never past the end.
private struct DigitScanner {
    let text: UnsafeBufferPointer<UInt8>
    var offset = 0

    init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    var isAtEnd: Bool { offset == text.count }

    mutating func digit() -> Int64? {
        guard offset < text.count else { return nil }
        let value = text[offset] &- UInt8(ascii: "0")
        guard value <= 9 else { return nil }
        offset += 1
        return Int64(value)
    }

    /// Exactly `width` digits.
    mutating func number(width: Int) -> Int64? {
        var number: Int64 = 0
        for _ in 0..<width {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    mutating func take(_ sign: Unicode.Scalar) -> Bool {
        guard offset < text.count, text[offset] == UInt8(ascii: sign) else { return false }
        offset += 1
        return true
    }

    /// Nothing, or a point and 1 to 9 digits, of which three count.
    mutating func millisecondsOfFraction() -> Int64? {
        guard take(".") else { return 0 }
        var milliseconds: Int64 = 0
        var weight: Int64 = 100
        var count = 0
        while let digit = digit() {
            milliseconds += digit * weight
            weight /= 10
            count += 1
        }
        return (1...9).contains(count) ? milliseconds : nil
    }

    /// `Z` or an offset such as `-08:00`; in minutes to be taken off.
    mutating func minutesOfOffset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(width: 2), take(":"),
            let minutes = number(width: 2), hours <= 23, minutes <= 59
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 60 + minutes)
    }
}
