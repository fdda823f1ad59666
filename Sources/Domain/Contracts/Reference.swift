// SPDX-License-Identifier: Apache-2.0
/// Fields that are written in a way of their own.

import Kernel

/// An id that may be absent: `{"id": "hld_…"}`.
struct Reference<Entity: Identified>: WireCoded {
    let id: ID<Entity>

    init(_ id: ID<Entity>) { self.id = id }

    func write(to writer: inout WireWriter) { writer.field("id", id) }

    init(from reader: inout WireReader) throws(WireError) { id = try reader.id("id") }
}

extension WireReader {
    mutating func principal(_ name: StaticString) throws(WireError) -> Principal {
        guard let principal = Principal(try string(name)) else { throw .badField("\(name)") }
        return principal
    }

    mutating func reference<Entity: Identified>(
        _ name: StaticString
    ) throws(WireError) -> ID<Entity>? {
        try optional(name, of: Reference<Entity>.self)?.id
    }
}
