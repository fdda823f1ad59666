// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in how sums become reports of days.

import Invariants
import Kernel
import Ports

extension Mutant {
    static let reports = [
        Mutant("report-days-hold-the-next-midnight", trips: .q9) { overrides in
            overrides.viewReader = { Inclusive(base: $0) }
        },
        Mutant("report-counts-days-by-utc", trips: .q9) { overrides in
            overrides.zones = { _ in NoZones() }
        },
        Mutant("report-knows-no-summer", trips: .q9) { overrides in
            overrides.zones = { Wintry(base: $0) }
        },
    ]
}

/// Ranges end with their last value instead of before it.
private struct Inclusive: ViewReader {
    let base: any ViewReader

    func answer(
        _ questions: [ViewQuestion], of schema: ViewSchema
    ) throws(ViewFailure) -> ViewAnswer {
        try base.answer(questions.map(widened), of: schema)
    }

    private func widened(_ question: ViewQuestion) -> ViewQuestion {
        guard case .rows(var query) = question else { return question }
        query.filters = query.filters.map { filter in
            guard case .range(let column, let from, .int(let end)?) = filter else { return filter }
            return .range(column, from: from, to: .int(end + 1))
        }
        return .rows(query)
    }
}

/// Everybody's clocks show UTC.
private struct NoZones: TimeZones {
    func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)? { { _ in 0 } }
}

/// Clocks never change: what they were ahead of UTC at the beginning of 1980 they are for ever.
private struct Wintry: TimeZones {
    let base: any TimeZones

    func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)? {
        guard let offset = base.offset(of: name) else { return nil }
        let first = offset(Timestamp(milliseconds: 315_532_800_000))
        return { _ in first }
    }
}
