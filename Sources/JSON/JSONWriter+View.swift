// SPDX-License-Identifier: Apache-2.0
/// Writing what was read: a document, or a part of one, without its blanks.

extension JSONWriter {
    /// Writes `view` as it was read: members in their order, numbers digit by digit. Blanks go, and
    /// texts are escaped in the writer's own way. As deep as the parser let it be.
    public mutating func value(_ view: JSONView) {
        switch view.kind {
        case .object:
            beginObject()
            view.forEachMember { name, member in
                key(name)
                value(member)
            }
            endObject()
        case .array:
            beginArray()
            for element in view.elements { value(element) }
            endArray()
        case .string: string(view.string ?? "")
        case .number: raw(Array((view.numberText ?? "0").utf8))
        case .bool: bool(view.bool ?? false)
        case .null: null()
        }
    }
}
