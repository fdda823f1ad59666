// SPDX-License-Identifier: Apache-2.0
/// Points in time as mail writes them (RFC 5322, section 3.3): `Thu, 01 Jan 1970 00:00:00 +0000`.

import Kernel

extension Timestamp {
    var mailDate: String {
        // 2026-01-02T03:04:05.678Z
        let text = Array(text.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let day = Int(milliseconds.flooredQuotient(86_400_000).remainder(7))
        let month = Int(part(5..<7)) ?? 1
        return "\(weekdays[day]), \(part(8..<10)) \(months[month - 1]) \(part(0..<4)) "
            + "\(part(11..<19)) +0000"
    }
}

extension Int64 {
    fileprivate func flooredQuotient(_ divisor: Int64) -> Int64 {
        self / divisor - (self % divisor < 0 ? 1 : 0)
    }

    /// Never negative.
    fileprivate func remainder(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
