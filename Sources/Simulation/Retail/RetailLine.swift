// SPDX-License-Identifier: Apache-2.0
/// One row of the shop's file, read and judged: a line that was sold, or the reason why it is none.

import Contracts
import Kernel

/// Why a row does not become a line of an order. A row has one reason: the first that fits, in this
/// order.
package enum RetailSkip: String, Error, CaseIterable, Sendable, Codable,
    CodingKeyRepresentable
{
    /// It has not as many fields as the header line.
    case fieldCount = "field-count"
    /// `C` and a number: a credit note. It does not name the sale that it undoes, so no order can
    /// be canceled by it.
    case cancellation
    /// `A` and a number: a correction in the books, not a sale.
    case adjustment
    /// The invoice has any other form than six digits.
    case invoiceForm = "invoice-form"
    /// The invoice had ended more than an hour before; an order is placed once.
    case lateLine = "late-line"
    /// The time, the quantity or the price can't be read.
    case unreadable
    /// Less than one unit: broken, lost or thrown away in the warehouse. Nobody bought it.
    case writeOff = "write-off"
    /// More than a line of an order can hold, one million units.
    case quantityTooLarge = "quantity-too-large"
    /// Sold at nothing: a sample, a gift, a correction of the stock. Nobody paid for it.
    case zeroPrice = "zero-price"
    /// A price below zero: bad debt and other corrections.
    case negativePrice = "negative-price"
    /// Postage, a fee, a voucher, a test, a manual entry: nothing that could be held in stock.
    case notGoods = "not-goods"
}

/// What was found and mended, or left as it is.
package enum RetailNote: String, CaseIterable, Sendable, Codable, CodingKeyRepresentable {
    /// The article's code was written in small letters or with blanks around it, and now is not.
    case codeNormalized = "code-normalized"
    /// The line repeats an earlier one of its invoice in every field. It is kept: it was charged.
    case repeatedLine = "repeated-line"
    /// The line's time is not that of its invoice's first line, which counts.
    case secondTime = "second-time"
    /// The line names another customer or country than its order, whose first naming counts.
    case secondCustomer = "second-customer"
    case secondCountry = "second-country"
    /// A country's name that is not in the table; the order goes to `XX`.
    case unknownCountry = "unknown-country"
    /// The price is not in whole pence. It is kept exactly.
    case subPenny = "sub-penny"
    /// Nobody knows who bought it: an order without customer, as a guest's.
    case guestOrder = "guest-order"
}

/// The columns that are read, wherever they stand. Other years call some of them differently.
struct RetailColumns {
    let invoice, sku, quantity, at, price, customer, country: Int
    let count: Int

    init(_ header: CSVRow) throws(CSVError) {
        let names = (0..<header.count).map { trimmed(header[$0]).lowercased() }
        invoice = try Self.find(["invoiceno", "invoice"], in: names)
        sku = try Self.find(["stockcode"], in: names)
        quantity = try Self.find(["quantity"], in: names)
        at = try Self.find(["invoicedate"], in: names)
        price = try Self.find(["unitprice", "price"], in: names)
        customer = try Self.find(["customerid", "customer id"], in: names)
        country = try Self.find(["country"], in: names)
        count = header.count
    }

    private static func find(_ names: [String], in header: [String]) throws(CSVError) -> Int {
        let found = header.indices.filter { names.contains(header[$0]) }
        guard found.count == 1 else { throw .badHeader(column: names[0]) }
        return found[0]
    }
}

/// A row that was sold.
struct RetailSale {
    let at: Timestamp
    let line: OrderLine
    let customer: Int?
    /// As the shop wrote it.
    let country: String
    let isNormalized: Bool

    /// The sale of a row on the invoice of a sale.
    init(_ row: CSVRow, _ columns: RetailColumns) throws(RetailSkip) {
        let buyer = trimmed(row[columns.customer])
        let digits = buyer.hasSuffix(".0") ? buyer.dropLast(2) : buyer[...]
        guard let at = Self.time(trimmed(row[columns.at])),
            let units = Int64(trimmed(row[columns.quantity])),
            let price = UnitPrice(decimal: trimmed(row[columns.price]), currency: .gbp),
            digits.utf8.count <= 18, digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { throw .unreadable }
        guard units > 0 else { throw .writeOff }
        guard let quantity = Quantity(units) else { throw .quantityTooLarge }
        guard price.tenThousandths != 0 else { throw .zeroPrice }
        guard price.tenThousandths > 0 else { throw .negativePrice }
        let raw = row[columns.sku]
        let code = trimmed(raw).uppercased()
        guard Self.isGoods(code), let sku = SKU(code) else { throw .notGoods }
        guard let line = try? OrderLine(sku: sku, quantity: quantity, unitPrice: price) else {
            throw .unreadable
        }
        self.at = at
        self.line = line
        customer = Int(digits)
        country = trimmed(row[columns.country])
        isNormalized = raw != code
    }

    /// Five digits and at most two letters.
    private static func isGoods(_ code: String) -> Bool {
        let bytes = Array(code.utf8)
        return (5...7).contains(bytes.count)
            && bytes.prefix(5).allSatisfy { (48...57).contains($0) }
            && bytes.dropFirst(5).allSatisfy { (65...90).contains($0) }
    }

    /// The shop's own time, which has no zone, is taken for UTC: it is right in winter and an hour
    /// late in summer, and never out of order.
    private static func time(_ text: String) -> Timestamp? {
        guard text.utf8.count == 19 else { return nil }
        return Timestamp(text: text + "Z")
            ?? Timestamp(text: text.replacing(" ", with: "T", maxReplacements: 1) + "Z")
    }
}

/// Without blanks at both ends.
func trimmed(_ text: String) -> String {
    guard let first = text.utf8.first, let last = text.utf8.last else { return text }
    guard first <= 32 || last <= 32 else { return text }
    guard let start = text.firstIndex(where: { !$0.isWhitespace }),
        let end = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[start...end])
}
