// SPDX-License-Identifier: Apache-2.0
/// A document has a price, and whoever asks too much is refused before it is paid.

import JSONCodec
import Kernel
import Testing

@Suite struct `Limiting JSON` {
    @Test(arguments: [1, 2, 32, 1_000])
    func `in depth`(_ depthMax: Int) {
        let limits = JSONLimits(bytesMax: 200_000, depthMax: depthMax, nodesMax: 100_000)
        #expect(refusal(nested(depthMax), limits: limits) == nil)
        #expect(refusal(nested(depthMax + 1), limits: limits) == .tooDeep)
        // Side by side is not deep.
        #expect(refusal("[" + nested(depthMax - 1) + "]", limits: limits) == nil)
        let wide = (0..<50).map { _ in nested(depthMax - 1, inner: "1") }
        #expect(refusal("[\(wide.joined(separator: ","))]", limits: limits) == nil)
    }

    @Test func `in depth, of objects as of arrays`() {
        let limits = JSONLimits(bytesMax: 100, depthMax: 2, nodesMax: 100)
        #expect(refusal(#"{"a":[1]}"#, limits: limits) == nil)
        #expect(refusal(#"{"a":[{}]}"#, limits: limits) == .tooDeep)
        let flat = JSONLimits(bytesMax: 100, depthMax: 0, nodesMax: 100)
        #expect(refusal("1", limits: flat) == nil)
        #expect(refusal("[]", limits: flat) == .tooDeep)
    }

    @Test func `in depth at 32 by default`() {
        #expect(refusal(nested(32)) == nil)
        #expect(refusal(nested(33)) == .tooDeep)
    }

    @Test func `in bytes`() {
        let limits = JSONLimits(bytesMax: 5, nodesMax: 100)
        #expect(refusal("[1,2]", limits: limits) == nil)
        #expect(refusal("[1,2] ", limits: limits) == .tooLarge)
        #expect(refusal("not JSON at all", limits: limits) == .tooLarge)
        let spaces = [UInt8](repeating: 0x20, count: JSONLimits.standard.bytesMax)
        #expect(refusal([UInt8(ascii: "1")] + spaces.dropFirst()) == nil)
        #expect(refusal([UInt8(ascii: "1")] + spaces) == .tooLarge)
    }

    @Test func `in nodes, names included`() {
        let limits = JSONLimits(bytesMax: 100, nodesMax: 4)
        #expect(refusal("[1,2,3]", limits: limits) == nil)
        #expect(refusal("[1,2,3,4]", limits: limits) == .tooMany)
        #expect(refusal(#"{"a":[0]}"#, limits: limits) == nil)
        #expect(refusal(#"{"a":[0,1]}"#, limits: limits) == .tooMany)
        #expect(refusal(#"{"a":1,"b":2}"#, limits: limits) == .tooMany)
        let none = JSONLimits(bytesMax: 100, nodesMax: 0)
        #expect(refusal("1", limits: none) == .tooMany)
        #expect(refusal("1", limits: JSONLimits(bytesMax: 100, nodesMax: -1)) == .tooMany)
        #expect(refusal("1", limits: JSONLimits(bytesMax: -1, nodesMax: 1)) == .tooLarge)
    }

    private func nested(_ depth: Int, inner: String = "") -> String {
        String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)
    }
}

@Suite struct `Surviving hostile JSON` {
    let wide = JSONLimits(bytesMax: 1 << 22, depthMax: 1_000_000, nodesMax: 1_000_000)

    @Test(arguments: ["[", "{\"a\":", "[{\"a\":", "[[],"])
    func `that only opens`(_ opening: String) {
        let text = String(repeating: opening, count: 100_000)
        #expect(refusal(text) == .tooDeep)
        #expect(refusal(text, limits: wide) == .malformed(offset: text.utf8.count))
    }

    @Test func `that opens 100,000 times and closes`() throws {
        let text = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        #expect(refusal(text) == .tooDeep)
        var view = try json(text, limits: wide)
        var depth = 1
        while let inner = view.elements.first { (view, depth) = (inner, depth + 1) }
        #expect(depth == 100_000)
    }

    @Test func `with numbers of any length`() throws {
        let digits = "1" + String(repeating: "0", count: 400)
        for number in [digits, "-" + digits, "0." + digits, "1e" + digits, digits + "e-" + digits] {
            #expect(try json(number).numberText == number)
            #expect(try json(number).int64 == nil)
        }
        let million = String(repeating: "9", count: 1_000_000)
        #expect(try json(million).numberText?.utf8.count == 1_000_000)
    }

    @Test func `with strings of any length`() throws {
        let plain = String(repeating: "é", count: 500_000)
        #expect(try json("\"\(plain)\"").string == plain)
        let escapes = String(repeating: "\\n", count: 500_000)
        #expect(try json("\"\(escapes)\"").string?.utf8.count == 500_000)
        let limit = JSONLimits.standard.bytesMax
        #expect(refusal(String(repeating: "\"", count: limit)) == .malformed(offset: 2))
        #expect(refusal(String(repeating: "\\", count: limit)) == .malformed(offset: 0))
        #expect(refusal("\"" + String(repeating: "\\", count: 101)) == .malformed(offset: 101))
    }

    /// Names that are nearly the same cost no more than sorting them.
    @Test func `with tens of thousands of names`() {
        let names = (0..<40_000).map { "\"xxxxxxxx\(100_000 + $0)\":0" }
        let text = "{" + names.joined(separator: ",") + "}"
        #expect(refusal(text) == nil)
        let twice = "{" + names.joined(separator: ",") + "," + names[39_999] + "}"
        #expect(refusal(twice) == .duplicateKey(offset: text.utf8.count))
    }

    @Test func `with noise`() {
        var random = SplitMix64(seed: 11)
        let tokens = Array("{}[]:,\"\\u\\d8001e-.+ \ntfnr0\u{7f}".utf8) + [0, 0xc3, 0xed, 0xff]
        for _ in 0..<20_000 {
            let bytes = (0..<random.below(40)).map { _ in
                random.below(8) == 0
                    ? UInt8(truncatingIfNeeded: random.next()) : tokens[random.below(tokens.count)]
            }
            if let root = try? JSONDocument(parsing: bytes).root { walk(root) }
        }
    }

    private func walk(_ view: JSONView) {
        _ = (view.string, view.int64, view.numberText, view["a"])
        view.forEachElement(walk)
        view.forEachMember { _, value in walk(value) }
    }
}
