// SPDX-License-Identifier: Apache-2.0
/// Reports as programs and spreadsheets read them.

import JSONCodec
import Kernel
package import Ports
import ReportingDomain

extension SalesReport {
    /// True for amounts; the others are numbers of something.
    package static func isMoney(_ column: ViewColumn) -> Bool {
        moneyNames.contains(column.name) || column.name.hasSuffix("_amount")
    }

    private static let moneyNames: Set = [
        "revenue", "tax", "discounts", "shipping", "canceled_revenue",
    ]

    /// By RFC 4180, with a line of names. Money is in major units, beside its currency.
    package var csv: String {
        let names = ["period"] + groups + ["currency"] + columns.map(\.name)
        var text = names.joined(separator: ",") + "\r\n"
        for row in rows {
            var cells = [row.period.label] + row.groups.map(CSV.cell) + [row.currency]
            cells += row.figures(of: columns)
            text += cells.joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// An array of objects. Money is in minor units, beside its currency; what the shop has not
    /// said is null.
    package var json: [UInt8] {
        let names = columns.map { Self.camelCase($0.name) }
        var json = JSONWriter(capacity: 256 + rows.count * 320)
        json.beginArray()
        for row in rows {
            json.beginObject()
            json.key("period")
            json.string(row.period.label)
            json.key("start")
            json.string(row.period.start.text)
            json.key("end")
            json.string(row.period.end.text)
            for (name, group) in zip(groups, row.groups) {
                json.key(name)
                if group.isEmpty { json.null() } else { json.string(group) }
            }
            json.key("currency")
            json.string(row.currency)
            for (name, value) in zip(names, row.values) {
                json.key(name)
                json.int(value)
            }
            json.endObject()
        }
        json.endArray()
        return json.bytes
    }

    private static func camelCase(_ name: String) -> String {
        let words = name.split(separator: "_")
        return words.prefix(1).joined()
            + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension SalesReport.Row {
    /// The values as a person reads them.
    fileprivate func figures(of columns: [ViewColumn]) -> [String] {
        let currency = Currency(code: currency)
        return zip(columns, values).map { column, value in
            guard SalesReport.isMoney(column), let currency else { return String(value) }
            return Money(amount: value, currency: currency).decimal
        }
    }
}

enum CSV {
    /// A cell that begins no formula where a spreadsheet opens it: one that would gets an
    /// apostrophe before it and is quoted (OWASP, "CSV Injection"; its wide forms included). By
    /// code points: a quotation mark under an accent is still one.
    static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map(beginners.contains) ?? false
        guard isFormula || text.unicodeScalars.contains(where: breakers.contains) else {
            return text
        }
        var cell = isFormula ? "\"'" : "\""
        for scalar in text.unicodeScalars {
            cell.unicodeScalars.append(scalar)
            if scalar == "\"" { cell.unicodeScalars.append(scalar) }
        }
        return cell + "\""
    }

    private static let beginners = Set("=+-@\t\r\n＝＋－＠".unicodeScalars)
    private static let breakers = Set(",;\"\t\r\n".unicodeScalars)
}
