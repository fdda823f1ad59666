// SPDX-License-Identifier: Apache-2.0
/// The writer's text is JSON whatever goes in, and says what went in.

import JSONCodec
import Kernel
import Testing

private enum Order: Identified { static var prefix: String { "ord" } }

private func written(capacity: Int = 256, _ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(capacity: capacity)
    body(&writer)
    #expect(writer.count == writer.bytes.count)
    return String(decoding: writer.bytes, as: UTF8.self)
}

@Suite struct `Writing JSON` {
    @Test(arguments: [0, 1, 7, 256])
    func `puts commas where they belong`(_ capacity: Int) {
        let text = written(capacity: capacity) { writer in
            writer.beginObject()
            writer.key("a")
            writer.int(1)
            writer.key("b")
            writer.beginArray()
            writer.endArray()
            writer.key("c")
            writer.beginArray()
            writer.beginObject()
            writer.endObject()
            writer.beginObject()
            writer.key("d")
            writer.null()
            writer.key(String("e"))
            writer.bool(false)
            writer.endObject()
            writer.string("f")
            writer.string("")
            writer.bool(true)
            writer.raw(Array(#"{"g":0}"#.utf8))
            writer.raw(Array("[]".utf8))
            writer.int(-2)
            writer.endArray()
            writer.key("")
            writer.raw(Array("3.5".utf8))
            writer.endObject()
        }
        #expect(
            text
                == #"{"a":1,"b":[],"c":[{},{"d":null,"e":false},"f","",true,{"g":0},[],-2],"":3.5}"#
        )
    }

    @Test func `writes a value alone`() {
        #expect(written { $0.null() } == "null")
        #expect(written { $0.string("a") } == #""a""#)
        #expect(
            written {
                $0.beginArray()
                $0.endArray()
            } == "[]")
        #expect(JSONWriter().bytes.isEmpty)
    }

    @Test(arguments: [
        0, 1, 9, 10, 11, 99, 100, 101, 999, 1_000, 1_000_000_000_000_000_000,
        999_999_999_999_999_999, Int64.max, Int64.max - 1,
    ])
    func `writes integers of every length`(_ number: Int64) {
        #expect(written { $0.int(number) } == String(number))
        #expect(written { $0.int(-number) } == String(-number))
        #expect(written { $0.int(-number - 1) } == String(-number - 1))
    }

    @Test func `writes ids and timestamps without a detour`() {
        let id = ID<Order>(UUIDv7(high: 0, low: 1))
        let at = Timestamp(milliseconds: 0)
        let text = written(capacity: 0) { writer in
            writer.beginArray()
            writer.string(id)
            writer.string(at)
            writer.string(id)
            writer.endArray()
        }
        #expect(text == "[\"\(id.text)\",\"\(at.text)\",\"\(id.text)\"]")
    }
}

@Suite struct `Writing a JSON string` {
    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("a\"b", #""a\"b""#), ("a\\b", #""a\\b""#),
        ("/", #""/""#), ("\u{8}\u{c}\n\r\t", #""\b\f\n\r\t""#), ("\0", #""\u0000""#),
        ("\u{1}\u{b}\u{e}\u{1f}", #""\u0001\u000b\u000e\u001f""#), ("\u{7f}", "\"\u{7f}\""),
        ("é€😀\u{2028}", "\"é€😀\u{2028}\""),
    ])
    func `escapes what RFC 8259 demands and nothing else`(_ value: String, _ text: String) {
        #expect(written { $0.string(value) } == text)
        #expect(
            written {
                $0.beginObject()
                $0.key(value)
            } == "{\(text):")
    }

    /// Wherever in a word of eight bytes the escape falls, and however much room is left.
    @Test func `escapes at any place`() throws {
        for count in 0..<24 {
            for place in 0...count {
                for special in ["\"", "\\", "\n", "\u{1f}", "é", "x", " ", "\u{7f}", "!", "#", "["]
                {
                    var value = String(repeating: "y", count: place)
                    value += special
                    value += String(repeating: "z", count: count - place)
                    let text = written(capacity: place) { $0.string(value) }
                    #expect(try json(text).string == value)
                }
            }
        }
    }

    @Test func `is read back, whatever it holds`() throws {
        var random = SplitMix64(seed: 12)
        for _ in 0..<3_000 {
            var value = ""
            for _ in 0..<random.below(40) {
                let bits = [5, 7, 7, 7, 11, 16, 21][random.below(7)]
                let scalar = Unicode.Scalar(UInt32(random.next() & (1 << bits - 1)))
                value.unicodeScalars.append(scalar ?? "\"")
            }
            let text = written { writer in
                writer.beginObject()
                writer.key(value)
                writer.string(value)
                writer.endObject()
            }
            let view = try json(text)
            #expect(view[value]?.string.map { Array($0.utf8) } == Array(value.utf8))
        }
    }
}
