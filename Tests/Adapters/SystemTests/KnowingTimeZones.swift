// SPDX-License-Identifier: Apache-2.0
/// Time zones are known by their IANA names, with their past and their summers.

import Kernel
import SystemAdapter
import Testing

@Suite struct `Knowing time zones` {
    private let zones = SystemTimeZones()

    @Test(arguments: [
        ("UTC", "2026-07-01T00:00:00.000Z", 0), ("Europe/Berlin", "2026-07-01T00:00:00.000Z", 120),
        ("Europe/Berlin", "2026-01-01T00:00:00.000Z", 60),
        ("Europe/Berlin", "2026-03-29T00:59:59.999Z", 60),
        ("Europe/Berlin", "2026-03-29T01:00:00.000Z", 120),
        ("Africa/Cairo", "2023-04-27T21:59:59.999Z", 120),
        ("Africa/Cairo", "2023-04-27T22:00:00.000Z", 180),
        ("Australia/Lord_Howe", "2026-07-01T00:00:00.000Z", 630),
        ("Asia/Kathmandu", "2026-07-01T00:00:00.000Z", 345),
        ("America/St_Johns", "2026-01-01T00:00:00.000Z", -210),
        ("Asia/Pyongyang", "2017-01-01T00:00:00.000Z", 510),
        ("Etc/GMT+5", "2026-07-01T00:00:00.000Z", -300),
        ("US/Eastern", "2026-07-01T00:00:00.000Z", -240),
    ])
    func `tells how far clocks are ahead`(
        _ name: String, _ text: String, _ minutes: Int64
    ) throws {
        let offset = try #require(zones.offset(of: name))
        #expect(try offset(#require(Timestamp(text: text))) == minutes * 60_000)
    }

    @Test(arguments: [
        "", "CEST", "EST", "GMT", "GMT+2", "GMT+02:00", "+02:00", "utc", "europe/berlin",
        "Europe/Atlantis", "Europe/Berlin ", "Europe/Berlin\0", "/", "../../etc/passwd",
        "posix/Europe/Berlin", "Europe/Bérlin",
    ])
    func `knows no others`(_ name: String) { #expect(zones.offset(of: name) == nil) }
}
