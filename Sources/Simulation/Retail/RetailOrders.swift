// SPDX-License-Identifier: Apache-2.0
/// The orders of a real shop, out of its file of invoice lines (see `data/README.md`). What is no
/// order is left out and counted: `RetailSkip` lists every reason, `RetailNote` what was kept as it
/// is or mended. Fields are read with blanks around them.

package import Contracts
package import Kernel

/// One invoice of the shop as an order.
package struct RetailOrder: Sendable, Equatable {
    package let invoice: Int
    /// Of its first line.
    package let at: Timestamp
    /// Nil for a guest.
    package let customer: Int?
    package let country: Country
    /// As on the invoice: an article may stand on several lines, at different prices. At least one.
    package let lines: [OrderLine]
}

/// What was read. Every row is a line of an order or has one reason to be skipped:
/// `rows == lines + skipped`.
package struct RetailReport: Sendable, Equatable, Codable {
    /// Without the header line.
    package var rows = 0
    package var orders = 0
    package var lines = 0
    package var skipped: [RetailSkip: Int] = [:]
    package var notes: [RetailNote: Int] = [:]

    package init() {}
}

/// Reads a file order by order, in the order of their first lines. A row may come up to an hour of
/// the shop's time after the one before it of the same invoice, with others in between.
package struct RetailOrders {
    private static let patience = Span.hours(1)
    private static let openMax = 100_000

    package private(set) var report = RetailReport()

    private var rows: CSVReader
    private let columns: RetailColumns
    /// Invoices that may still get lines, in the order of their first ones.
    private var open: [Int: OpenInvoice] = [:]
    private var queue: [Int] = []
    private var queueStart = 0
    /// At most a million, since a number has six digits.
    private var closed: Set<Int> = []
    /// The latest time of a line so far.
    private var now = Timestamp(milliseconds: .min)
    private var isAtEnd = false

    package init(path: String) throws(CSVError) { try self.init(CSVReader(path: path)) }

    package init(text: String) throws(CSVError) { try self.init(CSVReader(text: text)) }

    private init(_ reader: CSVReader) throws(CSVError) {
        rows = reader
        guard let header = try rows.next() else { throw .badHeader(column: "invoiceno") }
        columns = try RetailColumns(header)
    }

    /// All orders of a file at once.
    package static func all(
        path: String
    ) throws(CSVError) -> (orders: [RetailOrder], report: RetailReport) {
        var file = try RetailOrders(path: path)
        return (try file.rest(), file.report)
    }

    /// The next order, nil behind the last one.
    package mutating func next() throws(CSVError) -> RetailOrder? {
        while true {
            if let order = closeFirst() { return order }
            guard !isAtEnd else { return nil }
            if let row = try rows.next() { take(row) } else { isAtEnd = true }
        }
    }

    /// What is left of the file.
    package mutating func rest() throws(CSVError) -> [RetailOrder] {
        var orders: [RetailOrder] = []
        while let order = try next() { orders.append(order) }
        return orders
    }

    private mutating func take(_ row: CSVRow) {
        report.rows += 1
        do throws(RetailSkip) {
            let invoice = try invoice(row)
            let sale = try RetailSale(row, columns)
            add(sale, row, to: invoice)
        } catch {
            report.skipped[error, default: 0] += 1
        }
    }

    /// The number of a sale's invoice.
    private func invoice(_ row: CSVRow) throws(RetailSkip) -> Int {
        guard row.count == columns.count else { throw .fieldCount }
        let text = trimmed(row[columns.invoice]).uppercased()
        let isLettered = text.utf8.count == 7
        let digits = isLettered ? text.dropFirst() : text[...]
        guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let number = Int(digits)
        else { throw .invoiceForm }
        if isLettered {
            throw text.hasPrefix("C")
                ? .cancellation : text.hasPrefix("A") ? .adjustment : .invoiceForm
        }
        guard !closed.contains(number) else { throw .lateLine }
        return number
    }

    private mutating func add(_ sale: RetailSale, _ row: CSVRow, to number: Int) {
        if sale.isNormalized { note(.codeNormalized) }
        if !sale.line.unitPrice.tenThousandths.isMultiple(of: 10_000) { note(.subPenny) }
        report.lines += 1
        if let invoice = open[number] {
            for found in invoice.add(sale, row) { note(found) }
        } else {
            let invoice = OpenInvoice(sale)
            _ = invoice.add(sale, row)
            open[number] = invoice
            queue.append(number)
        }
        now = max(now, sale.at)
    }

    /// Ends the invoice that began first, if nothing more can come for it.
    private mutating func closeFirst() -> RetailOrder? {
        guard queueStart < queue.count, let invoice = open[queue[queueStart]] else { return nil }
        let isOver = now.since(invoice.lastAt) > Self.patience
        guard isAtEnd || isOver || open.count > Self.openMax else { return nil }
        let number = queue[queueStart]
        queueStart += 1
        if queueStart == Self.openMax {
            queue.removeFirst(queueStart)
            queueStart = 0
        }
        open[number] = nil
        closed.insert(number)
        return order(number, invoice)
    }

    private mutating func order(_ number: Int, _ invoice: OpenInvoice) -> RetailOrder {
        report.orders += 1
        if invoice.customer == nil { note(.guestOrder) }
        let country = RetailCountries.country(named: invoice.country)
        if country == nil { note(.unknownCountry) }
        return RetailOrder(
            invoice: number, at: invoice.at, customer: invoice.customer,
            country: country ?? RetailCountries.unknown, lines: invoice.lines)
    }

    private mutating func note(_ note: RetailNote) { report.notes[note, default: 0] += 1 }
}

/// An invoice that may still get lines.
private final class OpenInvoice {
    let at: Timestamp
    private(set) var lastAt: Timestamp
    private(set) var customer: Int?
    let country: String
    private(set) var lines: [OrderLine] = []
    private var rows: Set<[UInt8]> = []

    init(_ first: RetailSale) {
        at = first.at
        lastAt = first.at
        customer = first.customer
        country = first.country
    }

    /// Adds a line, and tells what is odd about it.
    func add(_ sale: RetailSale, _ row: CSVRow) -> [RetailNote] {
        var notes: [RetailNote] = []
        if !rows.insert(row.fingerprint).inserted { notes.append(.repeatedLine) }
        if sale.at != at { notes.append(.secondTime) }
        if let other = sale.customer, let customer, other != customer {
            notes.append(.secondCustomer)
        }
        if sale.country != country { notes.append(.secondCountry) }
        customer = customer ?? sale.customer
        lastAt = max(lastAt, sale.at)
        lines.append(sale.line)
        return notes
    }
}
