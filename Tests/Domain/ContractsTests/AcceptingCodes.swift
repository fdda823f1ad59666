// SPDX-License-Identifier: Apache-2.0
/// Article numbers, warehouses and countries: what has the form is taken as it is, all else is not.

import Contracts
import JSONCodec
import Kernel
import SampleFacts
import Testing

@Suite struct `Accepting codes` {
    @Test(arguments: [0, 1, 2, SKU.lengthMax - 1, SKU.lengthMax, SKU.lengthMax + 1])
    func `takes article numbers of 1 to 40 characters`(_ count: Int) {
        let code = String(repeating: "x", count: count)
        #expect((SKU(code) != nil) == (1...40).contains(count))
    }

    @Test(arguments: [0, 1, 2, ProductCode.lengthMax, ProductCode.lengthMax + 1])
    func `takes product codes of 1 to 40 characters`(_ count: Int) {
        let code = String(repeating: "x", count: count)
        #expect((ProductCode(code) != nil) == (1...40).contains(count))
    }

    @Test(arguments: [0, 1, 2, Warehouse.lengthMax - 1, Warehouse.lengthMax, 21])
    func `takes warehouses of 1 to 20 characters`(_ count: Int) {
        let code = String(repeating: "x", count: count)
        #expect((Warehouse(code) != nil) == (1...20).contains(count))
    }

    @Test func `takes letters, digits and three signs`() {
        for scalar in (0...0x250).compactMap(Unicode.Scalar.init) {
            let isAllowed =
                ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                || ("0"..."9").contains(scalar) || "-_.".unicodeScalars.contains(scalar)
            let code = "a\(scalar)b"
            #expect((SKU(code) != nil) == isAllowed)
            #expect((Warehouse(code) != nil) == isAllowed)
            #expect((ProductCode(code) != nil) == isAllowed)
        }
    }

    /// RFC 3986, section 5.2.4: these name another place in a path.
    @Test(arguments: [(".", false), ("..", false), ("...", true), (".a", true), ("a.", true)])
    func `takes no code that a path would read as another place`(_ code: String, _ isFine: Bool) {
        #expect((SKU(code) != nil) == isFine)
        #expect((Warehouse(code) != nil) == isFine)
        #expect((ProductCode(code) != nil) == isFine)
    }

    @Test func `takes countries of two capital letters`() {
        #expect(Country("GB")?.code == "GB")
        #expect(Country("ZZ")?.description == "ZZ")
        for code in ["", "G", "GBR", "gb", "G1", "Ä", "G ", "ÄB"] { #expect(Country(code) == nil) }
    }

    @Test func `keeps codes as they are, in the order of their text`() {
        #expect(SKU("pot_2.b")?.description == "pot_2.b")
        #expect(SKU.cup < .tea && .tea < SKU.pot)
        #expect(ProductCode("tea-set")?.description == "tea-set")
        #expect(ProductCode.crockery < .teaSet)
        #expect(Warehouse.main.code == "main")
        #expect(Warehouse.main < .north)
        #expect(Warehouse("main") == .main)
    }
}

@Suite struct `Pricing an order line` {
    @Test(arguments: [
        ("5.00", 3, 1_500), ("0.005", 1, 0), ("0.015", 1, 2), ("0.005", 3, 2), ("-0.50", 2, -100),
        ("0.000001", 1_000_000, 100), ("0.00", 9, 0),
    ])
    func `rounds the total once, halves to even`(_ price: String, _ units: Int, _ total: Int64) {
        #expect(OrderLine.of(.tea, units, at: price).total == .eur(total))
    }

    @Test func `refuses a total that does not fit`() {
        let price = UnitPrice(tenThousandths: .max, currency: .eur)
        let quantity = Quantity.max
        #expect(throws: MoneyError.overflow) {
            try OrderLine(sku: .tea, quantity: quantity, unitPrice: price)
        }
    }

    /// History does not change with a rounding rule.
    @Test func `believes the total that was stored`() throws {
        let text = """
            {"sku":"TEA","quantity":3,"unitPrice":{"decimal":"1.00","currency":"EUR"},\
            "total":{"amount":7,"currency":"EUR"}}
            """
        var reader = WireReader(json: try JSONDocument(parsing: Array(text.utf8)).root)
        #expect(try OrderLine(from: &reader).total == .eur(7))
    }

    @Test(arguments: [0, -1, 1_000_001, Int64.max])
    func `refuses a stored quantity that no line can have`(_ units: Int64) {
        var writer = WireWriter()
        writer.field("sku", "TEA")
        writer.field("quantity", units)
        #expect(throws: WireError.badField("quantity")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try OrderLine(from: &reader)
        }
    }

    @Test(arguments: ["", "a b", "ä", String(repeating: "x", count: 41)])
    func `refuses a stored article number that none is`(_ code: String) {
        var writer = WireWriter()
        writer.field("sku", code)
        #expect(throws: WireError.badField("sku")) {
            var reader = WireReader(binary: writer.bytes)
            _ = try StockLine(from: &reader)
        }
    }
}
