// SPDX-License-Identifier: Apache-2.0
/// Every kind of dirt in a shop's file: what becomes an order, what is skipped, and why.

import Contracts
import Foundation
import Kernel
import Retail
import Testing

@Suite struct `Reading a shop's orders` {
    @Test func `an invoice becomes an order`() throws {
        let (orders, report) = try read(
            sale("536365", "85123A", 6, "2010-12-01T08:26:00", "2.55", "17850", "United Kingdom"),
            sale("536365", "71053", 1, "2010-12-01T08:26:00", "3.39", "17850", "United Kingdom"))
        let order = try #require(orders.first)
        #expect(orders.count == 1 && order.invoice == 536_365 && order.customer == 17_850)
        #expect(order.at == Timestamp(text: "2010-12-01T08:26:00Z") && order.country.code == "GB")
        #expect(order.lines.map(\.sku.code) == ["85123A", "71053"])
        #expect(order.lines.map(\.quantity.units) == [6, 1])
        #expect(order.lines.map(\.unitPrice.decimal) == ["2.55", "3.39"])
        #expect(order.lines.map(\.total.amount) == [1_530, 339])
        #expect(report.rows == 2 && report.orders == 1 && report.lines == 2)
        #expect(report.skipped.isEmpty && report.notes.isEmpty)
    }

    @Test(
        arguments: [
            ("C536365,22752,A,-1,\(noon),7.65,17850,France", .cancellation),
            ("c536365,22752,A,1,\(noon),7.65,17850,France", .cancellation),
            ("A563186,B,Adjust bad debt,1,\(noon),-11062.06,,United Kingdom", .adjustment),
            ("A563186,22752,A,1,\(noon),11062.06,,United Kingdom", .adjustment),
            ("B536365,22752,A,1,\(noon),7.65,17850,France", .invoiceForm),
            ("53636,22752,A,1,\(noon),7.65,17850,France", .invoiceForm),
            ("5363655,22752,A,1,\(noon),7.65,17850,France", .invoiceForm),
            ("C53636,22752,A,1,\(noon),7.65,17850,France", .invoiceForm),
            (",22752,A,1,\(noon),7.65,17850,France", .invoiceForm),
            ("536589,21777,damages,-10,\(noon),0,,United Kingdom", .writeOff),
            ("536589,21777,A,-10,\(noon),1.25,12345,United Kingdom", .writeOff),
            ("536589,21777,A,0,\(noon),1.25,12345,United Kingdom", .writeOff),
            ("536365,22752,A,1000001,\(noon),7.65,17850,France", .quantityTooLarge),
            ("536414,22139,,56,\(noon),0,,United Kingdom", .zeroPrice),
            ("536414,22139,,56,\(noon),0.00,,United Kingdom", .zeroPrice),
            ("536365,22752,A,1,\(noon),-7.65,17850,France", .negativePrice),
            ("536365,POST,POSTAGE,3,\(noon),18,12583,France", .notGoods),
            ("536365,DOT,DOTCOM POSTAGE,1,\(noon),569.77,,United Kingdom", .notGoods),
            ("536365,m,Manual,1,\(noon),5,,United Kingdom", .notGoods),
            ("536365,C2,CARRIAGE,1,\(noon),50,14911,EIRE", .notGoods),
            ("536365,BANK CHARGES,Bank Charges,1,\(noon),15,,United Kingdom", .notGoods),
            ("536365,gift_0001_40,Voucher,1,\(noon),34.04,,United Kingdom", .notGoods),
            ("536365,DCGS0003,BOXED GLASS,1,\(noon),2.51,,United Kingdom", .notGoods),
            ("536365,2275,A,1,\(noon),7.65,17850,France", .notGoods),
            ("536365,22752ABC,A,1,\(noon),7.65,17850,France", .notGoods),
            ("536365,,A,1,\(noon),7.65,17850,France", .notGoods),
            ("536365,22752,A,one,\(noon),7.65,17850,France", .unreadable),
            ("536365,22752,A,1.5,\(noon),7.65,17850,France", .unreadable),
            ("536365,22752,A,1,\(noon),\"7,65\",17850,France", .unreadable),
            ("536365,22752,A,1,\(noon),,17850,France", .unreadable),
            ("536365,22752,A,1,2010-12-01,7.65,17850,France", .unreadable),
            ("536365,22752,A,1,2010-13-01T12:00:00,7.65,17850,France", .unreadable),
            ("536365,22752,A,1,\(noon),7.65,17a50,France", .unreadable),
            ("536365,22752,A,1,\(noon),7.65,17850", .fieldCount),
            ("536365,22752,A,1,\(noon),7.65,17850,France,more", .fieldCount),
            ("", .fieldCount),
        ] as [(String, RetailSkip)])
    func `a row that is no sale is skipped and counted`(
        _ row: String, _ reason: RetailSkip
    ) throws {
        let (orders, report) = try read(row)
        #expect(orders.isEmpty)
        #expect(report.skipped == [reason: 1])
        #expect(report.rows == 1 && report.lines == 0 && report.orders == 0)
    }

    @Test func `what is skipped takes nothing else with it`() throws {
        let (orders, report) = try read(
            "536365,POST,POSTAGE,3,\(noon),18,12583,France",
            sale("536365", "22752", 2, noon, "7.65", "12583", "France"),
            "536365,22139,,56,\(noon),0,12583,France")
        #expect(orders.map(\.lines.count) == [1])
        #expect(report.skipped == [.notGoods: 1, .zeroPrice: 1])
        #expect(report.rows == 3 && report.lines == 1)
    }

    @Test func `a sale to nobody known is a guest's order`() throws {
        let (orders, report) = try read(sale("536365", "22752", 1, noon, "7.65", "", "France"))
        #expect(orders.first?.customer == nil && orders.count == 1)
        #expect(report.notes == [.guestOrder: 1])
    }

    @Test(arguments: [("85099b", "85099B"), (" 85099B", "85099B"), ("15056bl ", "15056BL")])
    func `codes lose their blanks and small letters`(_ raw: String, _ code: String) throws {
        let (orders, report) = try read(sale("536365", raw, 1, noon, "7.65", "1", "France"))
        #expect(orders.first?.lines.first?.sku.code == code)
        #expect(report.notes == [.codeNormalized: 1])
    }

    @Test func `a line that repeats another was charged twice and stays`() throws {
        let row = sale("536409", "22111", 1, noon, "4.95", "17908", "United Kingdom")
        let (orders, report) = try read(row, row, row)
        #expect(orders.first?.lines.count == 3)
        #expect(report.notes == [.repeatedLine: 2])
    }

    @Test func `an article may stand on several lines at several prices`() throws {
        let (orders, report) = try read(
            sale("536409", "22111", 1, noon, "4.95", "17908", "United Kingdom"),
            sale("536409", "22111", 5, noon, "4.25", "17908", "United Kingdom"))
        #expect(orders.first?.lines.map(\.unitPrice.decimal) == ["4.95", "4.25"])
        #expect(report.notes.isEmpty)
    }

    @Test func `an invoice with two times counts from the first`() throws {
        let (orders, report) = try read(
            sale("536591", "22111", 1, "2010-12-01T16:57:00", "4.95", "17908", "United Kingdom"),
            sale("536592", "22112", 1, "2010-12-01T16:57:00", "4.95", "17909", "United Kingdom"),
            sale("536591", "22113", 1, "2010-12-01T16:58:00", "4.95", "17908", "United Kingdom"))
        #expect(orders.map(\.invoice) == [536_591, 536_592])
        #expect(orders.map(\.lines.count) == [2, 1])
        #expect(orders.first?.at == Timestamp(text: "2010-12-01T16:57:00Z"))
        #expect(report.notes == [.secondTime: 1])
    }

    @Test(arguments: [("13:00:00", 1, 2), ("13:01:00", 2, 1)])
    func `an invoice has ended an hour after its last line`(
        _ later: String, _ orders: Int, _ lines: Int
    ) throws {
        let (found, report) = try read(
            sale("536591", "22111", 1, noon, "4.95", "17908", "United Kingdom"),
            sale("536599", "22112", 1, "2010-12-01T\(later)", "4.95", "1", "United Kingdom"),
            sale("536591", "22113", 1, "2010-12-01T\(later)", "4.95", "17908", "United Kingdom"))
        #expect(found.first?.lines.count == lines && found.count == 2)
        #expect(report.skipped == (orders == 1 ? [:] : [.lateLine: 1]))
    }

    @Test func `prices below a penny are kept exactly`() throws {
        let (orders, report) = try read(
            sale("536365", "22752", 1_000, noon, "0.001", "1", "France"),
            sale("536365", "22753", 1, noon, "0.04", "1", "France"))
        #expect(orders.first?.lines.map(\.unitPrice.decimal) == ["0.001", "0.04"])
        #expect(orders.first?.lines.map(\.total.amount) == [100, 4])
        #expect(report.notes == [.subPenny: 1])
    }

    @Test func `the first customer and country of an invoice count`() throws {
        let (orders, report) = try read(
            sale("536365", "22752", 1, noon, "1", "", "France"),
            sale("536365", "22753", 1, noon, "1", "7", "France"),
            sale("536365", "22754", 1, noon, "1", "8", "Germany"))
        #expect(orders.first?.customer == 7 && orders.first?.country.code == "FR")
        #expect(report.notes == [.secondCustomer: 1, .secondCountry: 1])
    }

    @Test func `orders as large as eighty thousand units are orders`() throws {
        let (orders, _) = try read(sale("581483", "23843", 80_995, noon, "2.08", "16446", "EIRE"))
        #expect(orders.first?.lines.first?.total.amount == 16_846_960)
        #expect(orders.first?.country.code == "IE")
    }

    @Test func `other years name and order their columns differently`() throws {
        var file = try RetailOrders(
            text: """
                Country,Invoice,StockCode,Quantity,Price,InvoiceDate,Customer ID\r
                 EIRE ,489434,85048,12,6.95,2009-12-01 07:45:00,13085.0\r

                """)
        let orders = try file.rest()
        #expect(orders.map(\.customer) == [13_085] && orders.first?.country.code == "IE")
        #expect(orders.first?.at == Timestamp(text: "2009-12-01T07:45:00Z"))
    }

    @Test(arguments: ["", "a,b\n", "InvoiceNo,InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice"])
    func `a file without the columns is refused`(_ text: String) {
        #expect(throws: CSVError.self) { try RetailOrders(text: text) }
    }

    @Test func `a file that is no CSV is refused where it breaks`() throws {
        var file = try RetailOrders(text: "\(header)\n536365,22752,\"A\"B,1,\(noon),1,1,France\n")
        #expect(throws: CSVError.textAfterQuote(line: 2)) { try file.rest() }
    }
}

@Suite struct `Naming countries` {
    @Test func `all 43 names have two capital letters`() {
        #expect(RetailCountries.names.count == 43)
        for name in RetailCountries.names {
            #expect(RetailCountries.country(named: name) != nil, "\(name)")
        }
    }

    @Test(arguments: [
        ("United Kingdom", "GB"), ("EIRE", "IE"), ("eire", "IE"), ("RSA", "ZA"), ("USA", "US"),
        ("Channel Islands", "JE"), ("Unspecified", "XX"), ("European Community", "XX"),
    ])
    func `names as the shop writes them`(_ name: String, _ code: String) {
        #expect(RetailCountries.country(named: name)?.code == code)
    }

    @Test func `an unknown name is noted and goes to XX`() throws {
        let (orders, report) = try read(sale("536365", "22752", 1, noon, "1", "1", "Atlantis"))
        #expect(orders.first?.country == RetailCountries.unknown)
        #expect(report.notes == [.unknownCountry: 1])
    }
}

@Suite struct `The month that ships with the project` {
    // Computed independently, with Python's csv and decimal modules.
    @Test func `has the orders that were counted by other means`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../data/online-retail-2010-12.csv")
        let (orders, report) = try RetailOrders.all(path: root.standardizedFileURL.path)
        #expect(report.rows == 42_481 && report.orders == 1_550 && report.lines == 41_310)
        #expect(
            report.skipped == [
                .cancellation: 728, .notGoods: 170, .zeroPrice: 203, .writeOff: 70,
            ])
        #expect(
            report.notes == [
                .repeatedLine: 489, .secondTime: 6, .codeNormalized: 235, .guestOrder: 156,
            ])
        let lines = orders.flatMap(\.lines)
        #expect(orders.count == 1_550 && lines.count == 41_310)
        #expect(lines.reduce(0) { $0 + Int($1.quantity.units) } == 358_743)
        #expect(lines.reduce(0) { $0 + $1.total.amount } == 77_786_564)
        #expect(Set(orders.compactMap(\.customer)).count == 884)
        #expect(orders.map(\.lines.count).max() == 674)
        let byCountry = Dictionary(grouping: orders, by: \.country.code).mapValues(\.count)
        #expect(byCountry["GB"] == 1_440 && byCountry["DE"] == 29 && byCountry["IE"] == 17)
        #expect(orders.first?.invoice == 536_365 && orders.last?.invoice == 539_992)
        #expect(zip(orders, orders.dropFirst()).allSatisfy { $0.at <= $1.at })
    }
}

private let noon = "2010-12-01T12:00:00"
private let header = """
    InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
    """

private func sale(
    _ invoice: String, _ sku: String, _ quantity: Int, _ at: String, _ price: String,
    _ customer: String, _ country: String
) -> String {
    "\(invoice),\(sku),\"AN ARTICLE, BOXED\",\(quantity),\(at),\(price),\(customer),\(country)"
}

private func read(_ rows: String...) throws -> ([RetailOrder], RetailReport) {
    var file = try RetailOrders(text: ([header] + rows).joined(separator: "\n") + "\n")
    return (try file.rest(), file.report)
}
