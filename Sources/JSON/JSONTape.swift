// SPDX-License-Identifier: Apache-2.0
/// How a parsed document lies in memory: one array of words, so that a view of it costs one
/// reference. First the text, padded to whole words, in which strings are decoded in place (they
/// only get shorter); then one word per node, in the order of the text. An object is followed by
/// its names and values in turn, an array by its values.

/// One word of the tape: four bits of tag, then two fields of 30 bits.
///
/// | Node | first field | second field |
/// |---|---|---|
/// | string, number | offset of its first byte | its bytes |
/// | object, array | index of the word after it | its members or elements |
/// | while still open | index of the one around it | what it has so far |
struct JSONNode {
    let word: UInt64

    static let fieldMax = 1 << 30 - 1

    init(word: UInt64) { self.word = word }

    init(_ tag: Tag, _ first: Int = 0, _ second: Int = 0) {
        word = UInt64(tag.rawValue) << 60 | UInt64(first) << 30 | UInt64(second)
    }

    enum Tag: UInt8 {
        case object, array, string, number, no, yes, null
    }

    var isObject: Bool { word >> 60 == UInt64(Tag.object.rawValue) }
    var isContainer: Bool { word >> 60 <= UInt64(Tag.array.rawValue) }
    func has(_ tag: Tag) -> Bool { word >> 60 == UInt64(tag.rawValue) }

    /// Offset, or index of the word after a container.
    var first: Int { Int(word >> 30) & Self.fieldMax }
    /// Bytes, or members, or elements.
    var second: Int { Int(word) & Self.fieldMax }
}

extension [UInt64] {
    /// Index of the node after the one at `index` and everything in it.
    @inline(__always)
    func indexAfter(_ index: Int) -> Int {
        let node = JSONNode(word: self[index])
        return node.isContainer ? node.first : index + 1
    }

    /// The bytes of a string or number.
    @inline(__always)
    func withText<Result>(
        of node: JSONNode, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        withUnsafeBytes { bytes in
            body(UnsafeRawBufferPointer(rebasing: bytes[node.first..<node.first + node.second]))
        }
    }
}

/// Equality of two texts of the same length.
@inline(__always)
func equal(
    _ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int
) -> Bool {
    var offset = 0
    while offset &+ 8 <= count {
        let one = left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let other = right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        guard one == other else { return false }
        offset &+= 8
    }
    while offset < count {
        guard
            left.load(fromByteOffset: offset, as: UInt8.self)
                == right.load(fromByteOffset: offset, as: UInt8.self)
        else { return false }
        offset &+= 1
    }
    return true
}
