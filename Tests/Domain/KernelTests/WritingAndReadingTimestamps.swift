// SPDX-License-Identifier: Apache-2.0
/// Timestamps as RFC 3339, to the millisecond and back.

import Kernel
import Testing

@Suite struct `Writing a timestamp` {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
            (1, "1970-01-01T00:00:00.001Z"), (1_795_255_200_000, "2026-11-21T10:00:00.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (-2_203_891_200_000, "1900-03-01T00:00:00.000Z"),
            (-2_203_891_200_001, "1900-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `gives UTC with milliseconds, and is read back`(_ milliseconds: Int64, _ text: String) {
        let timestamp = Timestamp(milliseconds: milliseconds)
        #expect(timestamp.text == text)
        #expect("\(timestamp)" == text)
        #expect(Timestamp(text: text) == timestamp)
    }

    @Test(
        arguments: [
            (Int64.min, "0000-01-01T00:00:00.000Z"),
            (-62_167_219_200_001, "0000-01-01T00:00:00.000Z"),
            (253_402_300_800_000, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
        ] as [(Int64, String)])
    func `stays within four digits of year`(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp(milliseconds: milliseconds).text == text)
    }

    @Test func `goes behind what is there`() {
        var bytes = Array("> ".utf8)
        Timestamp(milliseconds: 0).write(to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == "> 1970-01-01T00:00:00.000Z")
    }

    /// A whole era of the Gregorian calendar, day by day, against a calendar that only counts.
    @Test func `knows every day of 400 years`() {
        var (year, month, day) = (1_800, 1, 1)
        var milliseconds: Int64 = -5_364_662_400_000
        for _ in 0..<146_097 {
            let text = Timestamp(milliseconds: milliseconds).text
            let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            guard text == date + "T00:00:00.000Z",
                Timestamp(text: text)?.milliseconds == milliseconds
            else {
                Issue.record("\(milliseconds) gives \(text), not \(date)")
                return
            }
            milliseconds += 86_400_000
            day += 1
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect((year, month, day) == (2_200, 1, 1))
    }

    @Test func `is read back from anywhere between`() {
        var random = SplitMix64(seed: 10)
        for _ in 0..<5_000 {
            let milliseconds = Int64(random.below(315_569_520_000_000)) - 62_167_219_200_000
            let timestamp = Timestamp(milliseconds: milliseconds)
            #expect(Timestamp(text: timestamp.text) == timestamp)
        }
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}

@Suite struct `Reading a timestamp` {
    /// The examples of RFC 3339, section 5.8, and their equals in UTC.
    @Test(arguments: [
        ("1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.520Z"),
        ("1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57.000Z"),
        ("1990-12-31T23:59:60Z", "1990-12-31T23:59:59.999Z"),
        ("1990-12-31T15:59:60-08:00", "1990-12-31T23:59:59.999Z"),
        ("1937-01-01T12:00:27.87+00:20", "1937-01-01T11:40:27.870Z"),
    ])
    func `takes the RFC's examples`(_ text: String, _ utc: String) {
        #expect(Timestamp(text: text)?.text == utc)
    }

    @Test(arguments: [
        ("2026-11-21t10:00:00z", "2026-11-21T10:00:00.000Z"),
        ("2026-11-21T10:00:00.1Z", "2026-11-21T10:00:00.100Z"),
        ("2026-11-21T10:00:00.0129Z", "2026-11-21T10:00:00.012Z"),
        ("2026-11-21T10:00:00.999999999Z", "2026-11-21T10:00:00.999Z"),
        ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
        ("2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00.000Z"),
        ("2026-11-21T10:00:00-00:00", "2026-11-21T10:00:00.000Z"),
        ("2026-11-21T10:00:00+23:59", "2026-11-20T10:01:00.000Z"),
        ("2026-11-21T10:00:00-23:59", "2026-11-22T09:59:00.000Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"),
        ("2017-01-01T01:29:60+01:30", "2016-12-31T23:59:59.999Z"),
        ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999Z"),
    ])
    func `takes either case, fractions, offsets and leap seconds`(_ text: String, _ utc: String) {
        #expect(Timestamp(text: text)?.text == utc)
    }

    @Test(arguments: [
        "", "2026", "2026-11-21", "2026-11-21T10:00Z", "2026-11-21T10:00:00",
        "2026-11-21 10:00:00Z", "2026-11-21_10:00:00Z", "20261121T100000Z",
        "2026-11-21T10:00:00.Z", "2026-11-21T10:00:00,5Z", "2026-11-21T10:00:00.1234567890Z",
        "2026-11-21T10:00:00ZZ", "2026-11-21T10:00:00Z ", " 2026-11-21T10:00:00Z",
        "2026-11-21T10:00:00+1:00", "2026-11-21T10:00:00+0100", "2026-11-21T10:00:00+01",
        "2026-11-21T10:00:00+24:00", "2026-11-21T10:00:00+00:60", "2026-11-21T10:00:00 01:00",
        "2026-11-21T10:00:00−01:00", "2026-11-21T24:00:00Z", "2026-11-21T10:60:00Z",
        "2026-11-21T10:00:61Z", "2026-11-21T10:00:60Z", "2026-11-21T23:59:60+01:00",
        "2026-00-21T10:00:00Z", "2026-13-21T10:00:00Z", "2026-11-00T10:00:00Z",
        "2026-11-31T10:00:00Z", "2026-04-31T10:00:00Z", "2026-12-32T10:00:00Z",
        "2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2024-02-30T00:00:00Z", "+2026-11-21T10:00:00Z", "-026-11-21T10:00:00Z",
        "12026-11-21T10:00:00Z", "2026-1-21T10:00:00Z", "2026-11-21T1:00:00Z",
        "2026-11-21T10:00:0٠Z", "2026-11-21T10:00:00\0", "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01", "2026-W47-6T10:00:00Z",
    ])
    func `refuses everything else`(_ text: String) {
        #expect(Timestamp(text: text) == nil)
    }

    @Test func `refuses every prefix and every foreign byte`() {
        let whole = "2026-11-21T10:00:00.123+01:00"
        for count in 0..<whole.count { #expect(Timestamp(text: whole.prefix(count)) == nil) }
        for position in 0..<whole.count {
            for byte in "/x \0".utf8 {
                var text = Array(whole.utf8)
                text[position] = byte
                #expect(Timestamp(text: String(decoding: text, as: UTF8.self)) == nil)
            }
        }
    }
}
