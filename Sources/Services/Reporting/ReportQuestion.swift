// SPDX-License-Identifier: Apache-2.0
/// Which report is wanted, as callers ask for it: read strictly, and told what is allowed.

package import Ports
package import ReportingDomain
package import ServiceModel

package struct ReportQuestion: Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case sales, products, funnel
    }

    /// What rows of a period can be told apart by, beside their currency; products always are by
    /// their articles.
    package enum Dimension: String, CaseIterable, Sendable {
        case country, region, source
    }

    package let kind: Kind
    package let from: LocalDate
    /// The day after the last.
    package let to: LocalDate
    package let unit: PeriodUnit
    package let zone: Zone
    package let groups: [Dimension]
    /// From the start of `from` to the start of `to`.
    package let periods: [Period]

    /// The names of its options, as routes and programs take them.
    package enum Option: String, CaseIterable {
        case from, to, by, zone, group
    }

    package init(
        _ kind: Kind, zones: any TimeZones, option: (Option) -> String?
    ) throws(ProblemError) {
        var faults = Faults()
        let from = Self.day(
            option(.from), .from, "The first day, such as 2010-12-01.", &faults)
        let to = Self.day(
            option(.to), .to, "The day after the last, such as 2011-01-01.", &faults)
        let unit = PeriodUnit(rawValue: option(.by) ?? PeriodUnit.day.rawValue)
        if unit == nil { faults.add(.by, "One of hour, day, week, month.") }
        let name = option(.zone) ?? "UTC"
        let offset = zones.offset(of: name)
        if offset == nil {
            faults.add(.zone, "The IANA name of a time zone, such as Europe/Berlin, or UTC.")
        }
        groups = Self.groups(option(.group), kind, &faults)
        try faults.check()
        guard let from, let to, let unit, let offset else {
            throw ProblemError(RequestProblem.invalid)
        }
        let zone = Zone(name, offset)
        do throws(PeriodFailure) {
            periods = try zone.periods(unit, from: from, to: to)
        } catch {
            Self.tell(error, &faults)
            try faults.check()
            throw ProblemError(RequestProblem.invalid)
        }
        self.kind = kind
        self.from = from
        self.to = to
        self.unit = unit
        self.zone = zone
    }

    private static func day(
        _ text: String?, _ option: Option, _ about: String, _ faults: inout Faults
    ) -> LocalDate? {
        let day = text.flatMap { LocalDate(text: $0) }
        if day == nil { faults.add(option, about) }
        return day
    }

    private static func groups(
        _ text: String?, _ kind: Kind, _ faults: inout Faults
    ) -> [Dimension] {
        guard let text else { return [] }
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let groups = names.compactMap { Dimension(rawValue: String($0)) }
        if kind == .products {
            faults.add(.group, "Products are told apart by nothing else.")
        } else if groups.count != names.count || Set(groups).count != groups.count {
            faults.add(.group, "Some of country, region, source, each once, with commas between.")
        }
        return groups
    }

    private static func tell(_ failure: PeriodFailure, _ faults: inout Faults) {
        let years = "\(Zone.years.lowerBound) to \(Zone.years.upperBound)"
        switch failure {
        case .empty: faults.add(.to, "A day after `from`: it is the day after the last.")
        case .tooMany:
            faults.add(
                .by, "At most \(Zone.periodsMax) periods: a longer unit, or fewer days.")
        case .outOfRange: faults.add(.from, "Days of the years \(years).")
        }
    }
}

extension Faults {
    fileprivate mutating func add(_ option: ReportQuestion.Option, _ detail: String) {
        add("/\(option.rawValue)", detail)
    }
}
