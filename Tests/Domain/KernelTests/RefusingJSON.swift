// SPDX-License-Identifier: Apache-2.0
/// What the JSON parser refuses, and where it says that the fault is.

import JSONCodec
import Kernel
import Testing

@Suite struct `Refusing JSON` {
    @Test(arguments: [
        ("", 0), (" ", 1), ("\n\n", 2), ("x", 0), ("[", 1), ("{", 1), ("]", 0), ("}", 0), (",", 0),
        ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("[1}", 2), ("[1:2]", 2),
        ("{\"a\"", 4), ("{\"a\":", 5), ("{\"a\":1", 6), ("{\"a\":1,", 7), ("{\"a\":1,}", 7),
        ("{,}", 1), ("{1:2}", 1), ("{a:1}", 1), ("{'a':1}", 1), ("{\"a\" 1}", 5), ("{\"a\",1}", 4),
        ("{\"a\":1]", 6), ("{\"a\":}", 5), ("{\"a\":1 \"b\":2}", 7), ("{\"a\":1,,\"b\":2}", 7),
        ("1 2", 2), ("{} {}", 3), ("[]]", 2), ("null,", 4), ("\"a\"b", 3), ("1\0", 1),
        ("// note\n1", 0), ("/**/1", 0), ("[1]#", 3), ("\u{a0}1", 0), ("\u{c}1", 0),
        ("\u{feff}1", 0), ("\u{feff}", 0),
    ])
    func `that is not well formed`(_ text: String, _ offset: Int) {
        #expect(refusal(text) == .malformed(offset: offset))
    }

    @Test(arguments: [
        ("nul", 0), ("nulL", 0), ("Null", 0), ("tru", 0), ("truth", 0), ("TRUE", 0), ("fals", 0),
        ("nullx", 4), ("truefalse", 4), ("NaN", 0), ("Infinity", 0), ("-Infinity", 1),
        ("undefined", 0),
    ])
    func `with words of other languages`(_ text: String, _ offset: Int) {
        #expect(refusal(text) == .malformed(offset: offset))
    }

    @Test(arguments: [
        ("-", 1), ("+1", 0), ("01", 1), ("-01", 2), ("00", 1), (".5", 0), ("-.5", 1), ("1.", 2),
        ("1.e1", 2), ("1e", 2), ("1e+", 3), ("1E-", 3), ("1e1.5", 3), ("1.2.3", 3), ("0x10", 1),
        ("1_000", 1), ("1,5", 1), ("--1", 1), ("1e--1", 3), ("1a", 1), ("٣", 0),
    ])
    func `with numbers in other spellings`(_ text: String, _ offset: Int) {
        #expect(refusal(text) == .malformed(offset: offset))
    }

    @Test(arguments: [
        ("\"", 1), ("\"abc", 4), ("\"\\\"", 3), ("\"\\", 1), ("'a'", 0), ("\"a\nb\"", 2),
        ("\"\t\"", 1), ("\"\0\"", 1), ("\"\u{1f}\"", 1), ("\"12345678\u{1f}\"", 9),
        ("\"\\x41\"", 1), ("\"\\a\"", 1), ("\"\\'\"", 1), ("\"\\0\"", 1), ("\"\\U0041\"", 1),
        ("\"\\u\"", 1), ("\"\\u004\"", 1), ("\"\\u004g\"", 1), ("\"\\u 041\"", 1), ("\"\\u", 1),
        ("\"\\u00é\"", 1), ("\"ok\\n\u{1}\"", 5),
    ])
    func `with strings in other spellings`(_ text: String, _ offset: Int) {
        #expect(refusal(text) == .malformed(offset: offset))
    }

    @Test(arguments: [
        "\\ud800", "\\udbff", "\\udc00", "\\udfff", "\\ud800a", "\\ud800\\n", "\\ud800\\u0041",
        "\\ud800\\ud800", "\\ud800\\udbff", "\\udc00\\ud800", "\\ud800\\u", "\\ud800\\", "\\ud800u",
    ])
    func `with half a surrogate pair`(_ escape: String) {
        #expect(refusal("\"\(escape)\"") == .malformed(offset: 1))
        #expect(refusal("\"0123456789\(escape)\"") == .malformed(offset: 11))
        #expect(refusal("\"\\ud83d\\ude00\(escape)\"") == .malformed(offset: 13))
    }

    /// Overlong forms, surrogates, beyond U+10FFFF, stray and missing bytes: RFC 3629.
    @Test(
        arguments: [
            [0x80], [0xbf], [0xc0, 0x80], [0xc1, 0xbf], [0xc2], [0xc2, 0x20], [0xc2, 0xc2],
            [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xe1, 0x80], [0xe1, 0x80, 0x20],
            [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x80, 0x80, 0x80],
            [0xf0, 0x8f, 0xbf, 0xbf], [0xf1, 0x80, 0x80], [0xf1, 0x80, 0x80, 0x20],
            [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80],
            [0xfe], [0xff], [0xf1], [0xf1, 0x80],
        ] as [[UInt8]])
    func `with text that is not UTF-8`(_ bad: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for count in 0..<10 {
            let plain = [UInt8](repeating: UInt8(ascii: "x"), count: count)
            let fault = JSONError.invalidUTF8(offset: 1 + count)
            #expect(refusal([quote] + plain + bad + [quote]) == fault)
            #expect(refusal([quote] + plain + bad + plain + [quote]) == fault)
            #expect(refusal([quote] + plain + bad) == fault)
            let escape = Array("\"\\n".utf8)
            #expect(refusal(escape + plain + bad + [quote]) == .invalidUTF8(offset: 3 + count))
        }
        #expect(refusal(bad) == .malformed(offset: 0))
        #expect(refusal(Array("[1,".utf8) + bad) == .malformed(offset: 3))
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"b":2,"a":3}"#, 13), (#"{"":1,"":2}"#, 6),
        (#"{"a":1,"\u0061":2}"#, 7), (#"{"é":1,"\u00e9":2}"#, 8), (#"[{"x":{"k":[],"k":0}}]"#, 14),
        (#"{"a":{"b":1},"b":2,"a":{}}"#, 19), (#"{"a":1,"a":2,"a":3,"b":4}"#, 7),
        (#"{"b":1,"a":2,"a":3,"b":4}"#, 13), (#"{"long name!":1,"long name!":1}"#, 16),
    ])
    func `with the same name twice in an object`(_ text: String, _ offset: Int) {
        #expect(refusal(text) == .duplicateKey(offset: offset))
    }

    @Test(arguments: [
        #"{"a":{"a":{"a":1}}}"#, #"[{"a":1},{"a":1}]"#, #"{"a":1,"A":2,"aa":3,"":4}"#,
        #"{"é":1,"e\u0301":2}"#, #"{"12345678":1,"12345679":2,"1234567":3}"#,
    ])
    func `but not for names that differ or stand apart`(_ text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(arguments: [2, 15, 16, 17, 18, 100, 1_000])
    func `with the same name twice among many`(_ count: Int) {
        var names = (0..<count).map { "\"name \($0 * 7_919 % 1_009)\"" }
        func text() -> String { "{" + names.map { $0 + ":[{}]" }.joined(separator: ",") + "}" }
        #expect(refusal(text()) == nil)
        names[count - 1] = names[0]
        let offset = text().utf8.count - names[0].utf8.count - 6
        #expect(refusal(text()) == .duplicateKey(offset: offset))
        names[count / 2] = names[0]
        let first = count == 2 ? names[0] : names[..<(count / 2)].joined(separator: "12345_")
        let earlier = count == 2 ? offset : first.utf8.count + 6 + 1
        #expect(refusal(text()) == .duplicateKey(offset: earlier))
    }
}
