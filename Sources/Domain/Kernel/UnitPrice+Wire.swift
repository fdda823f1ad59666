// SPDX-License-Identifier: Apache-2.0
/// How a unit price is written: in JSON as `{"decimal": "0.001", "currency": "EUR"}`, since it may
/// have parts of a minor unit.

extension UnitPrice: WireCoded {
    public func write(to writer: inout WireWriter) {
        if writer.isJSON {
            writer.field("decimal", decimal)
            writer.field("currency", currency.code)
        } else {
            writer.binary.appendVarint(tenThousandths)
            writer.binary.appendVarint(unsigned: UInt64(currency.packed))
        }
    }

    public init(from reader: inout WireReader) throws(WireError) {
        guard reader.json != nil else {
            let tenThousandths = try reader.varint()
            self.init(tenThousandths: tenThousandths, currency: try reader.currency("currency"))
            return
        }
        let decimal = try reader.string("decimal")
        guard let currency = Currency(code: try reader.string("currency")) else {
            throw .badField("currency")
        }
        guard let price = UnitPrice(decimal: decimal, currency: currency) else {
            throw .badField("decimal")
        }
        self = price
    }
}
