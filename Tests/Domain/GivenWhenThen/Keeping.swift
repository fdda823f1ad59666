// SPDX-License-Identifier: Apache-2.0
/// Whatever is written can be read back, and what was cut short is never taken for whole.

import JSONCodec
package import Kernel
package import Testing

/// The binary form of `value`.
package func binary(_ value: some WireCoded) -> [UInt8] {
    var writer = WireWriter()
    value.write(to: &writer)
    return writer.bytes
}

/// `value` as a JSON object.
package func json(_ value: some WireCoded) -> String {
    var writer = WireWriter(json: JSONWriter())
    writer.json.beginObject()
    value.write(to: &writer)
    writer.json.endObject()
    return String(decoding: writer.json.bytes, as: UTF8.self)
}

/// The reader of a JSON object.
package func reader(json text: String) throws -> WireReader {
    WireReader(json: try JSONDocument(parsing: Array(text.utf8)).root)
}

/// Written and read back in both forms, `value` is the same; without its last byte it is nothing.
package func expectKept<Value: WireCoded & Equatable>(
    _ value: Value, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let bytes = binary(value)
    var whole = WireReader(binary: bytes)
    #expect(try Value(from: &whole) == value, sourceLocation: sourceLocation)
    #expect(whole.isAtEnd, sourceLocation: sourceLocation)
    #expect(throws: WireError.truncated, sourceLocation: sourceLocation) {
        var cut = WireReader(binary: bytes, range: 0..<bytes.count - 1)
        _ = try Value(from: &cut)
    }
    var text = try reader(json: json(value))
    #expect(try Value(from: &text) == value, sourceLocation: sourceLocation)
}
