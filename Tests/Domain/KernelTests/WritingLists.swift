// SPDX-License-Identifier: Apache-2.0
/// Lists of texts and of unit prices, in both forms.

import JSONCodec
import Kernel
import Testing

@Suite struct `Writing lists` {
    private struct Lists: WireCoded, Equatable {
        var texts: [String]
        var prices: [UnitPrice]

        init(_ texts: [String], _ prices: [UnitPrice]) {
            self.texts = texts
            self.prices = prices
        }

        func write(to writer: inout WireWriter) {
            writer.list("texts", texts)
            writer.list("prices", prices)
        }

        init(from reader: inout WireReader) throws(WireError) {
            texts = try reader.strings("texts")
            prices = try reader.list("prices")
        }
    }

    private static let samples = [
        Lists([], []),
        Lists(
            ["", "\"\\\u{e9}\n"],
            [
                UnitPrice(tenThousandths: 1_000, currency: .eur),
                UnitPrice(tenThousandths: .min, currency: .jpy),
            ]),
    ]

    @Test(arguments: samples.indices)
    func `keeps them in both forms`(_ index: Int) throws {
        let lists = Self.samples[index]
        var writer = WireWriter()
        lists.write(to: &writer)
        var reader = WireReader(binary: writer.bytes)
        #expect(try Lists(from: &reader) == lists)
        #expect(reader.isAtEnd)
        var json = try self.reader(text(lists))
        #expect(try Lists(from: &json) == lists)
    }

    @Test func `writes prices as decimals of their currency`() {
        #expect(
            text(Self.samples[1]) == #"""
                {"texts":["","\"\\é\n"],"prices":[{"decimal":"0.001","currency":"EUR"},\#
                {"decimal":"-922337203685477.5808","currency":"JPY"}]}
                """#)
    }

    @Test(arguments: [
        #"{"prices":[]}"#, #"{"texts":null,"prices":[]}"#, #"{"texts":"a","prices":[]}"#,
        #"{"texts":[7],"prices":[]}"#, #"{"texts":[null],"prices":[]}"#,
        #"{"texts":[],"prices":[{"decimal":"1.0"}]}"#,
        #"{"texts":[],"prices":[{"currency":"EUR"}]}"#,
        #"{"texts":[],"prices":[{"decimal":"1.0","currency":"XXX"}]}"#,
        #"{"texts":[],"prices":[{"decimal":"1,0","currency":"EUR"}]}"#,
        #"{"texts":[],"prices":[{"decimal":1,"currency":"EUR"}]}"#,
        #"{"texts":[],"prices":["1.0"]}"#,
    ])
    func `refuses what is none`(_ text: String) throws {
        var reader = try reader(text)
        #expect(throws: WireError.self) { _ = try Lists(from: &reader) }
    }

    @Test func `refuses a list that is absurdly long before it allocates it`() {
        var writer = WireWriter()
        writer.binary.appendVarint(unsigned: UInt64(WireReader.listCountMax) + 1)
        let bytes = writer.bytes + [UInt8](repeating: 0, count: 200_000)
        #expect(throws: WireError.truncated) {
            var reader = WireReader(binary: bytes)
            _ = try reader.strings("texts")
        }
    }

    private func text(_ lists: Lists) -> String {
        var writer = WireWriter(json: JSONWriter())
        writer.json.beginObject()
        lists.write(to: &writer)
        writer.json.endObject()
        return String(decoding: writer.json.bytes, as: UTF8.self)
    }

    private func reader(_ text: String) throws -> WireReader {
        WireReader(json: try JSONDocument(parsing: Array(text.utf8)).root)
    }
}
