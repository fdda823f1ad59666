// SPDX-License-Identifier: Apache-2.0
/// Reads the objects of a request body by one rule: a member that is not known, or is not of its
/// type, is a fault that is told with its place. A misspelt member is not silently ignored.

package import JSONCodec

/// The members of one object. Each known one is taken once; what is left over is a fault.
package struct Members {
    private let object: JSONView
    private var taken = 0

    /// Nil, and a fault, when `view` is no object. `pointer` is only made for a fault.
    package init?(
        _ view: JSONView?, at pointer: @autoclosure () -> String, _ faults: inout Faults
    ) {
        guard let view, view.kind == .object else {
            faults.add(pointer(), "A JSON object.")
            return nil
        }
        object = view
    }

    /// The member called `name`; nil when it is missing or null.
    package mutating func take(_ name: StaticString) -> JSONView? {
        guard let member = object[name] else { return nil }
        taken += 1
        return member.isNull ? nil : member
    }

    /// Every member that is none of `known`, all of which were taken, is a fault.
    package func refuseOthers(
        than known: @autoclosure () -> [String], at pointer: @autoclosure () -> String,
        _ faults: inout Faults
    ) {
        // Names are unique in an object, so the count tells.
        guard taken != object.count else { return }
        let known = known()
        object.forEachMember { name, _ in
            guard !known.contains(name) else { return }
            guard name.utf8.count <= Self.nameBytesMax else {
                return faults.add(pointer(), "An unknown member of \(name.utf8.count) bytes.")
            }
            faults.add(
                "\(pointer())/\(Faults.escaped(name))",
                "There is no such member; known are \(known.joined(separator: ", ")).")
        }
    }

    /// A longer name is not repeated in the answer.
    private static let nameBytesMax = 100
}
