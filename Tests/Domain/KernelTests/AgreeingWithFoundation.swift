// SPDX-License-Identifier: Apache-2.0
/// The parser against another one: Foundation's JSONSerialization must take and refuse the same
/// texts and read the same values out of them, but for differences that are named here.

import Foundation
import JSONCodec
import Kernel
import Testing

@Suite struct `Agreeing with Foundation` {
    private static let limits = JSONLimits(bytesMax: 1 << 20, depthMax: 500, nodesMax: 100_000)

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `on whole documents and broken ones`(_ seed: UInt64) {
        var maker = JSONMaker(seed: 100 + seed)
        var taken = 0
        for _ in 0..<2_000 {
            let whole = maker.document()
            #expect(Self.compare(whole) == .bothTake, "\(String(decoding: whole, as: UTF8.self))")
            for _ in 0..<3 {
                let broken = maker.mutated(whole)
                let outcome = Self.compare(broken)
                #expect(outcome != .disagree, "\(String(decoding: broken, as: UTF8.self))")
                if outcome == .bothTake { taken += 1 }
            }
        }
        // Mutation must reach both sides of the border to mean anything.
        #expect((300...4_000).contains(taken))
    }

    /// The differences, one by one. If Foundation changes its mind, this says so.
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, JSONError.duplicateKey(offset: 7)), ("[1,]", .malformed(offset: 3)),
        ("{\"a\":1,}", .malformed(offset: 7)), ("\u{feff}1", .malformed(offset: 0)),
    ])
    func `but for what only the house refuses`(_ text: String, _ error: JSONError) {
        #expect(refusal(text) == error)
        #expect(Self.theirs(Array(text.utf8)) != nil)
    }

    @Test(arguments: ["1e309", "-1e400", "[1e999]"])
    func `but for what only Foundation refuses`(_ text: String) {
        #expect(refusal(text) == nil)
        #expect(Self.theirs(Array(text.utf8)) == nil)
    }

    private enum Outcome { case bothTake, bothRefuse, knownDifference, disagree }

    private static func compare(_ bytes: [UInt8]) -> Outcome {
        let theirs = theirs(bytes)
        do {
            let ours = try JSONDocument(parsing: bytes, limits: limits).root
            guard let theirs else { return isKnownRefusal(ours) ? .knownDifference : .disagree }
            return isSame(ours, theirs) ? .bothTake : .disagree
        } catch {
            guard theirs != nil else { return .bothRefuse }
            return isKnownStrictness(error, bytes) ? .knownDifference : .disagree
        }
    }

    private static func theirs(_ bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    /// What Foundation takes and the house does not.
    private static func isKnownStrictness(_ error: JSONError, _ bytes: [UInt8]) -> Bool {
        switch error {
        case .duplicateKey: return true
        case .malformed(let offset):
            // A comma before the end of an array or object.
            let before = bytes[..<offset].last { !Array(" \t\r\n".utf8).contains($0) }
            let here = offset < bytes.count ? bytes[offset] : 0
            return before == UInt8(ascii: ",") && Array("]}".utf8).contains(here)
        default: return false
        }
    }

    /// What the house takes and Foundation does not: numbers beyond a Double.
    private static func isKnownRefusal(_ view: JSONView) -> Bool {
        var isKnown = view.numberText.flatMap(Double.init)?.isInfinite ?? false
        view.forEachElement { isKnown = isKnown || isKnownRefusal($0) }
        view.forEachMember { isKnown = isKnown || isKnownRefusal($1) }
        return isKnown
    }

    private static func isSame(_ ours: JSONView, _ theirs: Any) -> Bool {
        switch ours.kind {
        case .null: return theirs is NSNull
        case .bool: return theirs as? Bool == ours.bool
        case .string:
            guard let string = theirs as? String, let mine = ours.string else { return false }
            return string.utf8.elementsEqual(mine.utf8)
        case .number:
            guard let number = theirs as? NSNumber, let text = ours.numberText else { return false }
            if let int64 = ours.int64 { return number.int64Value == int64 }
            if number is NSDecimalNumber { return Decimal(string: text) == number.decimalValue }
            return number.doubleValue == Double(text)
        case .array:
            guard let array = theirs as? [Any], array.count == ours.count else { return false }
            return zip(ours.elements, array).allSatisfy(isSame)
        case .object:
            guard let object = theirs as? [String: Any] else { return false }
            var same = true
            var names: Set<String> = []
            ours.forEachMember { name, value in
                names.insert(name)
                same = same && object[name].map { isSame(value, $0) } ?? false
            }
            return same && names.count == object.count
        }
    }
}
