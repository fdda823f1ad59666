// SPDX-License-Identifier: Apache-2.0
/// Reading a parsed document. A view is a place in it; asking a place for something that it is not
/// gives nil or nothing, so a reader states what it wants and checks once.

/// A value inside a document, which it keeps alive.
public struct JSONView: Sendable {
    let words: [UInt64]
    let index: Int

    public enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    @inline(__always)
    var node: JSONNode { JSONNode(word: words[index]) }

    public var kind: Kind {
        switch JSONNode.Tag(rawValue: UInt8(truncatingIfNeeded: words[index] >> 60)) {
        case .object: .object
        case .array: .array
        case .string: .string
        case .number: .number
        case .no, .yes: .bool
        case .null, nil: .null
        }
    }

    public var isNull: Bool { node.has(.null) }

    /// Members of an object or elements of an array; 0 for all else.
    public var count: Int { node.isContainer ? node.second : 0 }

    public var bool: Bool? { node.has(.yes) ? true : node.has(.no) ? false : nil }

    /// The text of a string, escapes decoded.
    public var string: String? { node.has(.string) ? text(of: node) : nil }

    /// A number as it was written, for decimals; its grammar is checked, its size is not.
    public var numberText: String? { node.has(.number) ? text(of: node) : nil }

    /// The exact value of a number that was written without fraction and exponent; nil if it does
    /// not fit.
    public var int64: Int64? {
        let node = node
        guard node.has(.number) else { return nil }
        return words.withText(of: node) { digits in
            let isNegative = digits[0] == UInt8(ascii: "-")
            var value: Int64 = 0
            for byte in digits.dropFirst(isNegative ? 1 : 0) {
                let digit = byte &- UInt8(ascii: "0")
                guard digit <= 9 else { return nil }
                // Gathered on the negative side, which reaches one further.
                let (product, overflows) = value.multipliedReportingOverflow(by: 10)
                let (sum, overflowsToo) = product.subtractingReportingOverflow(Int64(digit))
                guard !overflows, !overflowsToo else { return nil }
                value = sum
            }
            return isNegative ? value : value == .min ? nil : -value
        }
    }

    /// The member named `name`; nil if there is none, or this is no object. Walks the members.
    @_disfavoredOverload
    public subscript(name: String) -> JSONView? {
        var name = name
        return name.withUTF8 { member(named: UnsafeRawBufferPointer($0)) }
    }

    /// The same for a name in the source code, which costs no string.
    public subscript(name: StaticString) -> JSONView? {
        name.withUTF8Buffer { member(named: UnsafeRawBufferPointer($0)) }
    }

    private func member(named name: UnsafeRawBufferPointer) -> JSONView? {
        guard node.isObject else { return nil }
        let key = words.withUnsafeBytes { bytes -> Int? in
            // SAFETY: the parser wrote these indices and offsets, all of them inside `words`.
            let text = bytes.baseAddress.unsafelyUnwrapped
            let words = text.assumingMemoryBound(to: UInt64.self)
            var key = index + 1
            for _ in 0..<node.second {
                let node = JSONNode(word: words[key])
                if node.second == name.count, isEqual(text + node.first, name) { return key }
                let value = JSONNode(word: words[key + 1])
                key = value.isContainer ? value.first : key + 2
            }
            return nil
        }
        return key.map { JSONView(words: words, index: $0 + 1) }
    }

    private func text(of node: JSONNode) -> String {
        words.withText(of: node) { String(decoding: $0, as: UTF8.self) }
    }
}

extension JSONView {
    /// Visits the elements of an array in order; nothing for all else.
    public func forEachElement<Failure: Error>(
        _ body: (JSONView) throws(Failure) -> Void
    ) throws(Failure) {
        guard node.has(.array) else { return }
        var element = index + 1
        for _ in 0..<node.second {
            try body(JSONView(words: words, index: element))
            element = words.indexAfter(element)
        }
    }

    /// Visits the members of an object in the order of the text; nothing for all else.
    public func forEachMember<Failure: Error>(
        _ body: (String, JSONView) throws(Failure) -> Void
    ) throws(Failure) {
        guard node.isObject else { return }
        var key = index + 1
        for _ in 0..<node.second {
            let name = text(of: JSONNode(word: words[key]))
            try body(name, JSONView(words: words, index: key + 1))
            key = words.indexAfter(key + 1)
        }
    }

    /// The elements of an array; empty for all else.
    public var elements: JSONElements { JSONElements(of: self) }
}

/// The elements of an array, found one after the other.
public struct JSONElements: Sequence, Sendable {
    let array: JSONView

    init(of array: JSONView) { self.array = array }

    public var count: Int { array.node.has(.array) ? array.count : 0 }
    public var isEmpty: Bool { count == 0 }
    public var first: JSONView? {
        isEmpty ? nil : JSONView(words: array.words, index: array.index + 1)
    }
    public var underestimatedCount: Int { count }

    public func makeIterator() -> Iterator {
        Iterator(words: array.words, index: array.index + 1, left: count)
    }

    public struct Iterator: IteratorProtocol, Sendable {
        let words: [UInt64]
        var index: Int
        var left: Int

        public mutating func next() -> JSONView? {
            guard left > 0 else { return nil }
            defer { index = words.indexAfter(index) }
            left -= 1
            return JSONView(words: words, index: index)
        }
    }
}

@inline(__always)
private func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard let other = right.baseAddress else { return true }
    return equal(left, other, count: right.count)
}
