// SPDX-License-Identifier: Apache-2.0
/// Text to tape in one pass. It keeps no stack: an open container's word remembers the one around
/// it until the container closes. Every read is checked against the end of the text, where `peek`
/// gives NUL, which no grammar rule accepts.

struct JSONParser {
    // SAFETY: read only at offsets that were compared with `end` before.
    let base: UnsafePointer<UInt8>
    let end: Int
    var offset = 0

    /// See `JSONTape.swift`.
    private(set) var words: [UInt64]
    let rootIndex: Int
    /// The innermost open container; 0 outside, since the text fills at least one word.
    private var open = 0
    private var depth = 0
    private let depthMax: Int
    private let wordsMax: Int

    init(_ text: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        end = text.count
        base = text.baseAddress ?? UnsafePointer(Self.nothing.utf8Start)
        let textWords = max(1, (end + 7) / 8)
        rootIndex = textWords
        depthMax = limits.depthMax
        wordsMax = textWords + max(0, min(limits.nodesMax, end))
        words = []
        // A node takes five bytes of text or more as a rule.
        words.reserveCapacity(textWords + min(end / 5, 8_192) + 8)
        words.append(contentsOf: repeatElement(0, count: textWords))
        words.withUnsafeMutableBytes { $0.copyMemory(from: UnsafeRawBufferPointer(text)) }
    }

    private static var nothing: StaticString { "" }

    mutating func run() throws(JSONError) {
        var expectsValue = true
        repeat {
            expectsValue = expectsValue ? try beginValue() : try endValue()
        } while expectsValue || open != 0
        skipBlanks()
        guard offset == end else { throw .malformed(offset: offset) }
    }

    // MARK: Structure

    /// Reads a scalar or an empty container, or opens a container. True if a value must follow.
    private mutating func beginValue() throws(JSONError) -> Bool {
        skipBlanks()
        switch peek() {
        case UInt8(ascii: "\""):
            try push(try string())
        case UInt8(ascii: "{"):
            try beginContainer(.object)
            if peek() == UInt8(ascii: "}") {
                try endContainer()
            } else {
                try beginMember()
                return true
            }
        case UInt8(ascii: "["):
            try beginContainer(.array)
            if peek() == UInt8(ascii: "]") {
                try endContainer()
            } else {
                words[open] &+= 1
                return true
            }
        case UInt8(ascii: "t"): try push(try literal("true", .yes))
        case UInt8(ascii: "f"): try push(try literal("false", .no))
        case UInt8(ascii: "n"): try push(try literal("null", .null))
        default: try push(try number())
        }
        return false
    }

    /// After a value inside a container: a comma or the end of it. True if a value must follow.
    private mutating func endValue() throws(JSONError) -> Bool {
        skipBlanks()
        let isObject = JSONNode(word: words[open]).isObject
        switch peek() {
        case UInt8(ascii: ","):
            offset += 1
            if isObject {
                skipBlanks()
                try beginMember()
            } else {
                words[open] &+= 1
            }
            return true
        case UInt8(ascii: "}") where isObject, UInt8(ascii: "]") where !isObject:
            try endContainer()
            return false
        default:
            throw .malformed(offset: offset)
        }
    }

    private mutating func beginContainer(_ tag: JSONNode.Tag) throws(JSONError) {
        guard depth < depthMax else { throw .tooDeep }
        depth += 1
        let around = open
        open = words.count
        try push(JSONNode(tag, around, 0))
        offset += 1
        skipBlanks()
    }

    private mutating func beginMember() throws(JSONError) {
        guard peek() == UInt8(ascii: "\"") else { throw .malformed(offset: offset) }
        words[open] &+= 1
        try push(try string())
        skipBlanks()
        guard peek() == UInt8(ascii: ":") else { throw .malformed(offset: offset) }
        offset += 1
    }

    private mutating func endContainer() throws(JSONError) {
        offset += 1
        depth -= 1
        let node = JSONNode(word: words[open])
        if node.isObject, node.second > 1 { try refuseDuplicateKeys(of: open) }
        let tag = node.isObject ? JSONNode.Tag.object : .array
        words[open] = JSONNode(tag, words.count, node.second).word
        open = node.first
    }

    @inline(__always)
    private mutating func push(_ node: JSONNode) throws(JSONError) {
        guard words.count < wordsMax else { throw .tooMany }
        words.append(node.word)
    }

    // MARK: Scalars

    private mutating func literal(
        _ text: StaticString, _ tag: JSONNode.Tag
    ) throws(JSONError) -> JSONNode {
        let count = text.utf8CodeUnitCount
        guard end - offset >= count, equal(base + offset, text.utf8Start, count: count) else {
            throw .malformed(offset: offset)
        }
        offset += count
        return JSONNode(tag)
    }

    private mutating func number() throws(JSONError) -> JSONNode {
        let start = offset
        if peek() == UInt8(ascii: "-") { offset += 1 }
        if peek() == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits()
        }
        if peek() == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        return JSONNode(.number, start, offset - start)
    }

    /// One digit or more.
    @inline(__always)
    private mutating func digits() throws(JSONError) {
        guard peek() &- UInt8(ascii: "0") <= 9 else { throw .malformed(offset: offset) }
        repeat { offset &+= 1 } while peek() &- UInt8(ascii: "0") <= 9
    }

    @inline(__always)
    func peek() -> UInt8 { offset < end ? base[offset] : 0 }

    @inline(__always)
    private mutating func skipBlanks() {
        while true {
            switch peek() {
            case 0x20, 0x0a, 0x0d, 0x09: offset &+= 1
            default: return
            }
        }
    }

    /// Puts a decoded string in the place of its longer source.
    mutating func replaceText(at start: Int, with decoded: [UInt8]) {
        words.withUnsafeMutableBytes { text in
            UnsafeMutableRawBufferPointer(rebasing: text[start...]).copyBytes(from: decoded)
        }
    }
}
