// SPDX-License-Identifier: Apache-2.0
/// A JSON text that can be taken apart, damaged and put together again.

import JSONCodec
import Kernel

indirect enum JSONTree: Equatable {
    struct Member: Equatable {
        let name: String
        let value: JSONTree
    }

    case object([Member])
    case array([JSONTree])
    /// A string, number, truth value or null, as it is written.
    case leaf(String)

    init(parsing text: String) throws {
        self.init(try JSONDocument(parsing: Array(text.utf8)).root)
    }

    private init(_ view: JSONView) {
        switch view.kind {
        case .object:
            var members: [Member] = []
            view.forEachMember { members.append(Member(name: $0, value: JSONTree($1))) }
            self = .object(members)
        case .array: self = .array(view.elements.map { JSONTree($0) })
        case .string:
            var writer = JSONWriter()
            writer.string(view.string ?? "")
            self = .leaf(String(decoding: writer.bytes, as: UTF8.self))
        case .number: self = .leaf(view.numberText ?? "0")
        case .bool: self = .leaf(view.bool == true ? "true" : "false")
        case .null: self = .leaf("null")
        }
    }

    var text: String {
        switch self {
        case .object(let members):
            "{" + members.map { "\"\($0.name)\":\($0.value.text)" }.joined(separator: ",") + "}"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .leaf(let text): text
        }
    }

    /// The same with the members of every object backwards.
    var reversed: JSONTree {
        switch self {
        case .object(let members):
            .object(
                members.reversed().map { Member(name: $0.name, value: $0.value.reversed) })
        case .array(let elements): .array(elements.map(\.reversed))
        case .leaf: self
        }
    }

    /// The same with one more member in every object, before the others.
    func adding(_ name: String, _ value: JSONTree) -> JSONTree {
        switch self {
        case .object(let members):
            .object(
                [Member(name: name, value: value)]
                    + members.map {
                        Member(name: $0.name, value: $0.value.adding(name, value))
                    })
        case .array(let elements): .array(elements.map { $0.adding(name, value) })
        case .leaf: self
        }
    }

    /// Every tree that differs from this one in one member, which `change` replaces, or removes
    /// where it gives nil; with the member's name.
    func changingEachMember(
        _ change: (JSONTree) -> JSONTree?
    ) -> [(name: String, tree: JSONTree)] {
        switch self {
        case .leaf: return []
        case .array(let elements):
            return elements.indices.flatMap { index in
                elements[index].changingEachMember(change).map { name, changed in
                    var others = elements
                    others[index] = changed
                    return (name, .array(others))
                }
            }
        case .object(let members):
            return members.indices.flatMap { index -> [(name: String, tree: JSONTree)] in
                let member = members[index]
                var without = members
                without.remove(at: index)
                func replaced(_ value: JSONTree) -> JSONTree {
                    var others = members
                    others[index] = Member(name: member.name, value: value)
                    return .object(others)
                }
                let own = (member.name, change(member.value).map(replaced) ?? .object(without))
                return [own]
                    + member.value.changingEachMember(change).map { ($0.name, replaced($0.tree)) }
            }
        }
    }
}
