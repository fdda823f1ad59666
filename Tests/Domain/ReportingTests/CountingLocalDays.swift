// SPDX-License-Identifier: Apache-2.0
/// Days, weeks and months by the clocks of a place: each is as long as it is, and together they
/// leave nothing out.

import Foundation
import Kernel
import ReportingDomain
import Testing

@Suite struct `Counting local days` {
    private static func zone(_ name: String) throws -> Zone {
        let zone = try #require(TimeZone(identifier: name))
        return Zone(name) { instant in
            let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
            return Int64(zone.secondsFromGMT(for: date)) * 1_000
        }
    }

    private static func date(_ text: String) throws -> LocalDate {
        try #require(LocalDate(text: text))
    }

    /// In minutes.
    private static let lengths: [(zone: String, day: String, minutes: Int64)] = [
        ("Europe/Berlin", "2010-03-27", 1_440), ("Europe/Berlin", "2010-03-28", 1_380),
        ("Europe/Berlin", "2010-10-31", 1_500), ("Europe/Berlin", "2010-11-01", 1_440),
        ("America/New_York", "2026-03-08", 1_380), ("America/New_York", "2026-11-01", 1_500),
        // Midnight is leapt over.
        ("America/Sao_Paulo", "2018-11-04", 1_380),
        ("America/Sao_Paulo", "2018-11-03", 1_440),
        // Clocks go back to midnight, and back over it.
        ("America/Havana", "2010-10-31", 1_500), ("America/Sao_Paulo", "2018-02-17", 1_500),
        ("Australia/Lord_Howe", "2010-10-03", 1_410),
        ("Australia/Lord_Howe", "2010-04-04", 1_470),
        ("Asia/Kathmandu", "2026-07-01", 1_440),
        // Egypt leaps over midnight again since 2023, and goes back to the day before.
        ("Africa/Cairo", "2023-04-28", 1_380), ("Africa/Cairo", "2023-10-26", 1_500),
        ("Africa/Cairo", "2023-10-27", 1_440),
        ("Asia/Beirut", "2022-03-27", 1_380), ("Asia/Beirut", "2022-10-29", 1_500),
        // A minute after midnight back to the day before: the first midnight began it.
        ("America/St_Johns", "2010-11-06", 1_440), ("America/St_Johns", "2010-11-07", 1_500),
        // Samoa went over the date line: it had no such day.
        ("Pacific/Apia", "2011-12-30", 0), ("Pacific/Apia", "2011-12-29", 1_440),
        ("UTC", "2024-02-29", 1_440),
    ]

    @Test(arguments: lengths)
    func `gives each its length`(_ name: String, _ day: String, _ minutes: Int64) throws {
        let zone = try Self.zone(name)
        let date = try Self.date(day)
        let length = zone.start(of: date.adding(days: 1)).since(zone.start(of: date))
        #expect(length.milliseconds == minutes * 60_000)
    }

    @Test(arguments: [
        ("Europe/Berlin", "2010-10-31", "2010-10-30T22:00:00.000Z"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00.000Z"),
        ("Asia/Kathmandu", "2026-07-01", "2026-06-30T18:15:00.000Z"),
    ])
    func `begins each at its first instant`(_ name: String, _ day: String, _ start: String) throws {
        #expect(try Self.zone(name).start(of: Self.date(day)).text == start)
    }

    @Test(arguments: [
        "Europe/London", "America/St_Johns", "Australia/Lord_Howe", "Asia/Tehran",
        "America/Santiago", "Africa/Casablanca", "Pacific/Chatham", "UTC",
    ], PeriodUnit.allCases)
    func `leaves no instant out and has none twice`(_ name: String, _ unit: PeriodUnit) throws {
        let zone = try Self.zone(name)
        let first = try Self.date("2009-12-30")
        let end = try Self.date("2010-12-28")
        let periods = try zone.periods(unit, from: first, to: end)
        #expect(periods.first?.start == zone.start(of: first))
        #expect(periods.last?.end == zone.start(of: end))
        for (one, next) in zip(periods, periods.dropFirst()) {
            #expect(one.end == next.start && one.start < one.end)
            #expect(one.label != next.label)
        }
    }

    @Test func `says when each day is, as calendars there do`() throws {
        let zone = try Self.zone("Europe/Berlin")
        for days in try Self.date("2009-12-20").days...Self.date("2011-01-10").days {
            let date = LocalDate(days: days)
            let start = zone.start(of: date)
            #expect(zone.date(at: start) == date)
            #expect(zone.date(at: Timestamp(milliseconds: start.milliseconds - 1)).days == days - 1)
        }
    }

    @Test func `names hours with their distance from UTC`() throws {
        let day = try Self.date("2010-10-31")
        let hours = try Self.zone("Europe/Berlin")
            .periods(.hour, from: day, to: day.adding(days: 1))
        #expect(hours.count == 25)
        #expect(hours[2].label == "2010-10-31T02:00+02:00")
        #expect(hours[3].label == "2010-10-31T02:00+01:00")
        #expect(hours[24].label == "2010-10-31T23:00+01:00")
    }

    @Test func `gives hours the clocks of the place`() throws {
        for (name, day, count, labels) in [
            (
                "Australia/Lord_Howe", "2010-10-03", 24,
                ["T01:00+10:30", "T02:30+11:00", "T03:00+11:00"]
            ),
            (
                "Australia/Lord_Howe", "2010-04-04", 25,
                ["T01:00+11:00", "T01:30+10:30", "T02:00+10:30"]
            ),
            ("Asia/Kathmandu", "2026-07-01", 24, ["T01:00+05:45", "T02:00+05:45", "T03:00+05:45"]),
            (
                "America/Sao_Paulo", "2018-11-04", 23,
                ["T02:00-02:00", "T03:00-02:00", "T04:00-02:00"]
            ),
        ] {
            let first = try Self.date(day)
            let hours = try Self.zone(name).periods(.hour, from: first, to: first.adding(days: 1))
            #expect(hours.count == count, "\(name)")
            #expect(hours[1...3].map { $0.label.dropFirst(10) } == labels.map { $0[...] })
        }
    }

    /// Sums are kept by quarters of an hour: each must lie in one day.
    @Test(arguments: TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") })
    func `begins days at whole quarters of an hour`(name: String) throws {
        let zone = try Self.zone(name)
        var days = try Self.date("1980-01-01").days
        var offset = zone.offset(at: zone.start(of: LocalDate(days: days)))
        while days < 24_837 {
            let before = offset
            let next = days + 14
            offset = zone.offset(at: zone.start(of: LocalDate(days: next)))
            // Without a change of the clocks between them all days are alike.
            for day in (offset == before ? next...next : days...next) {
                let start = zone.start(of: LocalDate(days: day))
                #expect(start.milliseconds % 900_000 == 0, "\(LocalDate(days: day).text)")
            }
            days = next
        }
    }

    @Test func `cuts weeks and months at the ends`() throws {
        let weeks = try Zone.utc.periods(
            .week, from: Self.date("2010-12-30"), to: Self.date("2011-01-11"))
        #expect(weeks.map(\.label) == ["2010-W52", "2011-W01", "2011-W02"])
        #expect(weeks.map { $0.end.since($0.start).milliseconds / 86_400_000 } == [4, 7, 1])
        let months = try Zone.utc.periods(
            .month, from: Self.date("2010-12-31"), to: Self.date("2011-02-02"))
        #expect(months.map(\.label) == ["2010-12", "2011-01", "2011-02"])
        #expect(months.map { $0.end.since($0.start).milliseconds / 86_400_000 } == [1, 31, 1])
    }

    @Test func `refuses what is no time for a report`() throws {
        let first = try Self.date("2010-01-01")
        #expect(throws: PeriodFailure.empty) { try Zone.utc.periods(.day, from: first, to: first) }
        #expect(throws: PeriodFailure.empty) {
            try Zone.utc.periods(.day, from: first, to: first.adding(days: -1))
        }
        #expect(throws: PeriodFailure.tooMany) {
            try Zone.utc.periods(.hour, from: first, to: first.adding(days: 368))
        }
        let year = try Zone.utc.periods(.hour, from: first, to: first.adding(days: 367))
        #expect(year.count == 8_808)
        #expect(throws: PeriodFailure.tooMany) {
            try Zone.utc.periods(.day, from: first, to: first.adding(days: 8_809))
        }
        #expect(throws: PeriodFailure.outOfRange) {
            try Zone.utc.periods(.month, from: Self.date("1979-12-31"), to: first)
        }
        #expect(throws: PeriodFailure.outOfRange) {
            try Zone.utc.periods(.month, from: first, to: Self.date("2200-01-01"))
        }
    }

    @Test(arguments: [
        "2010-02-29", "2010-00-01", "2010-13-01", "2010-04-31", "2010-4-01", "10-04-01", "",
        "2010-04-01T00:00", "2010/04/01", "0000-01-01", "２010-04-01",
    ])
    func `reads only days that there are`(_ text: String) { #expect(LocalDate(text: text) == nil) }

    @Test(arguments: [
        ("2010-01-01", 5, "2009-W53"), ("2010-01-04", 1, "2010-W01"), ("2012-12-31", 1, "2013-W01"),
        ("2024-02-29", 4, "2024-W09"), ("1981-01-01", 4, "1981-W01"),
    ])
    func `knows weekdays and weeks`(_ text: String, _ weekday: Int64, _ week: String) throws {
        let date = try Self.date(text)
        #expect(date.text == text && date.weekday == weekday)
        #expect(
            try Zone.utc.periods(.week, from: date, to: date.adding(days: 1)).first?.label == week)
    }
}
