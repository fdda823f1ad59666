// SPDX-License-Identifier: Apache-2.0
/// The house's JSON (RFC 8259): small, strict, and bounded before anything is built from it. The
/// parser makes one pass without recursion and writes a flat tape, so hostile input costs no more
/// than its size. Strings are decoded and proven to be UTF-8 on the way.

/// What a document may cost. Checked while parsing, before memory is spent.
public struct JSONLimits: Sendable {
    /// Length of the text; at most `bytesLimit`.
    public var bytesMax: Int
    /// Arrays and objects inside one another.
    public var depthMax: Int
    /// Values and member names together.
    public var nodesMax: Int

    /// Offsets have 30 bits.
    public static let bytesLimit = 1 << 30 - 1

    public init(bytesMax: Int, depthMax: Int = 32, nodesMax: Int) {
        self.bytesMax = bytesMax
        self.depthMax = depthMax
        self.nodesMax = nodesMax
    }

    /// 1 MiB, 32 levels, 100,000 nodes.
    public static let standard = JSONLimits(bytesMax: 1 << 20, nodesMax: 100_000)
}

/// Why bytes are not a document. Offsets count bytes from the start.
public enum JSONError: Error, Equatable, Sendable {
    /// More than `bytesMax` bytes.
    case tooLarge
    /// More than `depthMax` arrays and objects inside one another.
    case tooDeep
    /// More than `nodesMax` values and names.
    case tooMany
    /// Not JSON from here on; also byte order marks, lone surrogates and text after the value.
    case malformed(offset: Int)
    /// The name that begins here occurred before in its object. Names are compared after escapes
    /// are decoded, byte by byte.
    case duplicateKey(offset: Int)
    /// A string holds bytes that are not UTF-8.
    case invalidUTF8(offset: Int)
}

/// A parsed text: any JSON value. Owns its strings, so the bytes it came from may go.
public struct JSONDocument: Sendable {
    public let root: JSONView

    /// Parses `bytes`, which must be one JSON value and white space.
    public init(
        parsing bytes: [UInt8], limits: JSONLimits = .standard
    ) throws(JSONError) {
        guard bytes.count <= min(limits.bytesMax, JSONLimits.bytesLimit) else { throw .tooLarge }
        root = try bytes.withUnsafeBufferPointer { text throws(JSONError) in
            var parser = JSONParser(text, limits: limits)
            try parser.run()
            return JSONView(words: parser.words, index: parser.rootIndex)
        }
    }
}
