// SPDX-License-Identifier: Apache-2.0
/// A time zone, as far as days need it: how far its clocks are ahead of UTC at an instant.

package import Kernel

package struct Zone: Sendable {
    /// The IANA name, such as `Europe/Berlin`.
    package let name: String
    /// Milliseconds that local clocks are ahead of UTC.
    private let offset: @Sendable (Timestamp) -> Int64

    package init(_ name: String, _ offset: @escaping @Sendable (Timestamp) -> Int64) {
        self.name = name
        self.offset = offset
    }

    package static let utc = Zone("UTC") { _ in 0 }

    package static let day: Int64 = 86_400_000

    package func offset(at instant: Timestamp) -> Int64 { offset(instant) }

    /// The date that local calendars show at `instant`.
    package func date(at instant: Timestamp) -> LocalDate {
        let local = instant.milliseconds + offset(instant)
        return LocalDate(days: local >= 0 ? local / Self.day : (local + 1) / Self.day - 1)
    }

    /// The first instant of `date`. Where clocks go back over midnight, the first of the two; where
    /// they leap over it, the instant of the leap. Days that follow each other share no instant and
    /// leave none out, so one has 23 hours and another 25.
    package func start(of date: LocalDate) -> Timestamp {
        let midnight = date.days * Self.day
        let before = offset(Timestamp(milliseconds: midnight - Self.day))
        let after = offset(Timestamp(milliseconds: midnight + Self.day))
        let candidates = [before, after].map { midnight - $0 }
            .filter { $0 + offset(Timestamp(milliseconds: $0)) == midnight }
        if let first = candidates.min() { return Timestamp(milliseconds: first) }
        // Local clocks never showed this midnight: they changed between the two.
        var low = midnight - max(before, after)
        var high = midnight - min(before, after)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let isBefore = offset(Timestamp(milliseconds: middle)) == before
            if isBefore { low = middle } else { high = middle }
        }
        return Timestamp(milliseconds: high)
    }
}
