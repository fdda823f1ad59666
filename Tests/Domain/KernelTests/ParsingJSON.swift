// SPDX-License-Identifier: Apache-2.0
/// What the JSON parser takes, and that a view gives back exactly what the text says.

import JSONCodec
import Kernel
import Testing

/// The root of `text`, which must be JSON.
func json(_ text: String, limits: JSONLimits = .standard) throws -> JSONView {
    try JSONDocument(parsing: Array(text.utf8), limits: limits).root
}

/// Why `bytes` are refused; nil if they are not.
func refusal(_ bytes: [UInt8], limits: JSONLimits = .standard) -> JSONError? {
    do {
        _ = try JSONDocument(parsing: bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

func refusal(_ text: String, limits: JSONLimits = .standard) -> JSONError? {
    refusal(Array(text.utf8), limits: limits)
}

@Suite struct `Parsing JSON` {
    @Test func `tells the six kinds apart`() throws {
        let kinds: [(String, JSONView.Kind)] = [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("0", .number),
            ("true", .bool), ("false", .bool), ("null", .null),
        ]
        for (text, kind) in kinds {
            let view = try json(text)
            #expect(view.kind == kind)
            #expect((view.string != nil) == (kind == .string))
            #expect((view.int64 != nil) == (kind == .number))
            #expect((view.numberText != nil) == (kind == .number))
            #expect((view.bool != nil) == (kind == .bool))
            #expect(view.isNull == (kind == .null))
            #expect(view.count == 0)
            #expect(view["a"] == nil)
            #expect(view.elements.isEmpty && view.elements.first == nil)
        }
        #expect(try json("true").bool == true)
        #expect(try json("false").bool == false)
    }

    @Test func `skips white space around every token`() throws {
        let view = try json(" \t\r\n{ \"a\"\n:\r[ 1\t, 2 ] , \"b\" : { } } \n")
        #expect(view.count == 2)
        #expect(view["a"]?.elements.map(\.int64) == [1, 2])
        #expect(view["b"]?.kind == .object)
    }

    @Test func `finds members past nested ones`() throws {
        let view = try json(
            #"{"a":{"x":[1,{"y":2}],"z":"b"},"b":[[],[[3]]],"c":{"a":4},"":5,"d":null}"#)
        #expect(view.count == 5)
        #expect(view["a"]?["x"]?.elements.first?.int64 == 1)
        #expect(view["a"]?["z"]?.string == "b")
        #expect(view["b"]?.elements.count == 2)
        #expect(view["c"]?["a"]?.int64 == 4)
        #expect(view[""]?.int64 == 5)
        #expect(view["d"]?.isNull == true)
        #expect(view["e"] == nil && view["aa"] == nil)
        let name = String("abc".dropFirst(2))
        #expect(view[name]?["a"]?.int64 == 4)
    }

    @Test func `visits elements and members in order`() throws {
        let view = try json(#"{"b":[1,[2,3],{"k":4},"5"],"a":{}}"#)
        var names: [String] = []
        view.forEachMember { name, value in names.append("\(name) \(value.kind) \(value.count)") }
        #expect(names == ["b array 4", "a object 0"])
        var kinds: [JSONView.Kind] = []
        view["b"]?.forEachElement { kinds.append($0.kind) }
        #expect(kinds == [.number, .array, .object, .string])
        #expect(view["b"]?.elements.map(\.kind) == kinds)
        #expect(view["b"]?.elements.underestimatedCount == 4)
        #expect(view.elements.count == 0)
        view.forEachElement { _ in Issue.record("an object has no elements") }
        view["b"]?.forEachMember { _, _ in Issue.record("an array has no members") }
    }

    @Test func `passes on what a visitor throws`() throws {
        let view = try json(#"{"a":[1,2,3]}"#)
        var seen = 0
        #expect(throws: MoneyError.overflow) {
            try view["a"]?.forEachElement { _ in
                seen += 1
                if seen == 2 { throw MoneyError.overflow }
            }
        }
        #expect(seen == 2)
        #expect(throws: MoneyError.badRatios) {
            try view.forEachMember { _, _ in throw MoneyError.badRatios }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", .max),
            ("-9223372036854775808", .min),
        ] as [(String, Int64)])
    func `gives integers exactly`(_ text: String, _ value: Int64) throws {
        #expect(try json(text).int64 == value)
        #expect(try json(text).numberText == text)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.0", "1e0",
        "1E2", "0.0", "-0.5", "1e400", "123456789012345678901234567890",
    ])
    func `gives no integer for fractions, exponents and what does not fit`(_ text: String) throws {
        #expect(try json(text).int64 == nil)
        #expect(try json(text).numberText == text)
    }

    @Test(arguments: [
        ("1.5", "1.5"), ("-1.5e+10", "-1.5e+10"), ("2E-3", "2E-3"), ("0e0", "0e0"),
        ("0.000", "0.000"), ("10", "10"),
    ])
    func `keeps numbers as they were written`(_ text: String, _ literal: String) throws {
        #expect(try json("[\(text) ]").elements.first?.numberText == literal)
    }

    @Test func `keeps the document alive`() throws {
        let inner = try json(#"{"a":{"b":["kept for as long as somebody looks at it"]}}"#)["a"]?[
            "b"]
        #expect(inner?.elements.first?.string == "kept for as long as somebody looks at it")
    }
}

@Suite struct `Parsing a JSON string` {
    @Test(arguments: [
        (#""""#, ""), (#""plain""#, "plain"), (#""exactly8""#, "exactly8"),
        (#""a\"b\\c\/d\be\ff\ng\rh\ti""#, "a\"b\\c/d\u{8}e\u{c}f\ng\rh\ti"),
        (#""\u0041\u00e9\u20AC\uFFFF""#, "Aé€\u{ffff}"), (#""\u0000""#, "\0"),
        (#""\ud83d\ude00""#, "😀"), (#""\uD800\uDC00\udbff\udfff""#, "\u{10000}\u{10ffff}"),
        (#""é€😀""#, "é€😀"), ("\"\u{7f}\u{80}\u{2028}\"", "\u{7f}\u{80}\u{2028}"),
        (#""seven\u0020""#, "seven "), (#""\\u0041""#, "\\u0041"),
        (#""before the escape \n and after it, é""#, "before the escape \n and after it, é"),
    ])
    func `decodes it`(_ text: String, _ value: String) throws {
        #expect(try json(text).string.map { Array($0.utf8) } == Array(value.utf8))
    }

    /// Wherever in a word of eight bytes the special character falls.
    @Test func `finds its end at any length`() throws {
        for count in 0..<40 {
            let plain = String(repeating: "x", count: count)
            for special in ["", "\\n", "é", "€", "😀", "\\u0041"] {
                let decoded = special == "\\n" ? "\n" : special == "\\u0041" ? "A" : special
                let view = try json("[\"\(plain)\(special)\(plain)\",\"\(special)\"]")
                #expect(view.elements.map(\.string) == [plain + decoded + plain, decoded])
            }
        }
    }

    @Test func `decodes names, too`() throws {
        let view = try json(#"{"\u0061b\n":1,"é":2,"e\u0301":3}"#)
        #expect(view["ab\n"]?.int64 == 1)
        #expect(view["\u{e9}"]?.int64 == 2)
        // The same letter to a reader, another name to JSON.
        #expect(view["e\u{301}"]?.int64 == 3)
    }

    @Test func `decodes every scalar`() throws {
        for value in stride(from: 0, to: 0x11_0000, by: 251) {
            guard let scalar = Unicode.Scalar(UInt32(value)), value >= 0x20 else { continue }
            let units = Array(String(scalar).utf16)
            let escaped = units.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            #expect(try json("\"\(escaped.joined())\"").string == String(scalar))
            guard value != 0x22, value != 0x5c else { continue }
            #expect(try json("\"\(scalar)\"").string == String(scalar))
        }
    }
}
