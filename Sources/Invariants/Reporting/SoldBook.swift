// SPDX-License-Identifier: Apache-2.0
/// What reports must say, computed from the facts of orders alone: each sale and each cancellation
/// is kept with its moment, and days are counted by a place's clocks. It shares no code with the
/// read model that it judges.

package import Contracts
package import Kernel

package struct SoldBook: Sendable {
    package enum Kind: Sendable, CaseIterable { case sales, products, funnel }

    /// A row of a report of days.
    package struct Place: Hashable, Sendable {
        /// Days since 1970-01-01, as local calendars count them.
        package let day: Int64
        /// The article, of products; otherwise the country.
        package let group: String
        package let currency: String

        package init(day: Int64, group: String, currency: String) {
            self.day = day
            self.group = group
            self.currency = currency
        }
    }

    /// By place and column; what is 0 is left out.
    package typealias Sums = [Place: [String: Int64]]

    /// Something that counts, and when.
    private struct Entry: Sendable {
        let kind: Kind
        let at: Timestamp
        let group: String
        let currency: String
        var figures: [String: Int64]
    }

    private struct Sale: Sendable {
        let placed: OrderEvent.Placed
        var isSold = false
        /// Where it stands among the entries of the funnel.
        let funnel: Int
    }

    private var sales: [OrderID: Sale] = [:]
    private var entries: [Entry] = []

    package init() {}

    /// When something was placed or canceled.
    package var moments: [Timestamp] { entries.map(\.at) }

    // MARK: Facts

    /// The next fact of a log of orders, recorded at `moment`.
    package mutating func note(_ event: OrderEvent, at moment: Timestamp) {
        switch event {
        case .placed(let placed): place(placed)
        case .reserved(let reserved):
            reach("reserved", reserved.order)
            guard let sale = sales[reserved.order], !sale.isSold else { return }
            sales[reserved.order]?.isSold = true
            enter(sale.placed, at: sale.placed.at, "")
        case .canceled(let canceled):
            reach("canceled", canceled.order)
            guard let sale = sales[canceled.order], sale.isSold else { return }
            enter(sale.placed, at: moment, "canceled_")
        case .confirmed(let confirmed): reach("confirmed", confirmed.order)
        case .inFulfillment(let order): reach("shipped", order)
        case .paid(let order): reach("paid", order)
        case .delivered(let order): reach("delivered", order)
        case .completed(let order):
            for stage in ["paid", "delivered", "completed"] { reach(stage, order) }
        case .rejected(let order, _): reach("rejected", order)
        case .exception(let order, _): reach("exception", order)
        case .canceling, .stopped, .cancelFailed, .reminded, .stockReturned, .paymentUndone: break
        }
    }

    private mutating func place(_ placed: OrderEvent.Placed) {
        sales[placed.order] = Sale(placed: placed, funnel: entries.count)
        entries.append(
            Entry(
                kind: .funnel, at: placed.at, group: placed.recipient.country.code,
                currency: placed.total.currency.code, figures: [:]))
        reach("placed", placed.order)
    }

    /// A stage counts once, however often it is told.
    private mutating func reach(_ stage: String, _ order: OrderID) {
        guard let sale = sales[order], entries[sale.funnel].figures[stage] == nil else { return }
        entries[sale.funnel].figures[stage] = 1
        entries[sale.funnel].figures["\(stage)_amount"] = sale.placed.total.amount
    }

    private mutating func enter(
        _ placed: OrderEvent.Placed, at moment: Timestamp, _ prefix: String
    ) {
        var figures: [String: Int64] = [
            "\(prefix)orders": 1, "\(prefix)revenue": placed.total.amount,
            "\(prefix)units": placed.lines.reduce(0) { $0 &+ Int64($1.quantity.units) },
        ]
        if prefix.isEmpty {
            for (kind, column) in [
                (AdjustmentKind.tax, "tax"), (.discount, "discounts"), (.shipping, "shipping"),
            ] {
                figures[column] = placed.adjustments.reduce(0) {
                    $1.kind == kind ? $0 &+ $1.amount.amount : $0
                }
            }
        }
        let currency = placed.total.currency.code
        entries.append(
            Entry(
                kind: .sales, at: moment, group: placed.recipient.country.code,
                currency: currency, figures: figures))
        for (sku, lines) in Dictionary(grouping: placed.lines, by: \.sku.code) {
            entries.append(
                Entry(
                    kind: .products, at: moment, group: sku, currency: currency,
                    figures: [
                        "\(prefix)orders": 1,
                        "\(prefix)units": lines.reduce(0) { $0 &+ Int64($1.quantity.units) },
                        "\(prefix)revenue": lines.reduce(0) { $0 &+ $1.total.amount },
                    ]))
        }
    }

    // MARK: Sums

    /// The day that local calendars show, where clocks are `offset` milliseconds ahead of UTC. When
    /// they go back over midnight, by an hour at most, the day that has begun goes on.
    package static func day(of moment: Timestamp, _ offset: (Timestamp) -> Int64) -> Int64 {
        let quarters = (0...4).map { Timestamp(milliseconds: moment.milliseconds - $0 * 900_000) }
        return quarters.reduce(.min) { max($0, shown(at: $1, offset)) }
    }

    private static func shown(at moment: Timestamp, _ offset: (Timestamp) -> Int64) -> Int64 {
        let local = moment.milliseconds + offset(moment)
        return local >= 0 ? local / 86_400_000 : (local - 86_399_999) / 86_400_000
    }

    package func sums(_ kind: Kind, _ offset: (Timestamp) -> Int64) -> Sums {
        var sums: Sums = [:]
        for entry in entries where entry.kind == kind {
            let place = Place(
                day: Self.day(of: entry.at, offset), group: entry.group, currency: entry.currency)
            let figures = entry.figures.filter { $0.value != 0 }
            sums[place, default: [:]].merge(figures, uniquingKeysWith: Self.added)
        }
        return sums
    }

    /// All of `sums` without their days, as if they were of one.
    package static func together(_ sums: Sums, on day: Int64) -> Sums {
        sums.reduce(into: [:]) { all, entry in
            let place = Place(day: day, group: entry.key.group, currency: entry.key.currency)
            all[place, default: [:]].merge(entry.value, uniquingKeysWith: added)
        }
    }

    /// A sum that does not fit stays at the greatest number.
    private static func added(_ one: Int64, _ other: Int64) -> Int64 {
        let (sum, overflows) = one.addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    /// Compares what a report says of `days` with `sums`, which are those of all days.
    package static func check(
        _ report: Sums, _ sums: Sums, days: Range<Int64>, _ name: String,
        _ findings: inout Findings
    ) {
        let expected = sums.filter { days.contains($0.key.day) }
        for place in Set(report.keys).union(expected.keys).sorted(by: { $0.text < $1.text })
        where report[place] != expected[place] {
            findings.note(.q9) {
                "\(name) of \(place.text): \(text(report[place])), and the orders say "
                    + text(expected[place])
            }
        }
    }

    private static func text(_ figures: [String: Int64]?) -> String {
        guard let figures else { return "nothing" }
        return figures.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            .joined(separator: ", ")
    }
}

extension SoldBook.Place {
    /// For people, who are shown days as numbers.
    fileprivate var text: String { "day \(day), \(group), \(currency)" }
}
