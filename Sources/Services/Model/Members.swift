// SPDX-License-Identifier: Apache-2.0
/// Reads the objects of a request body by one rule: a member that is not known, or is not of its
/// type, is a fault that is told with its place. A misspelt member is not silently ignored.

package import JSONCodec
import Ports

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

/// Collects what is wrong with a body; at most twenty faults are told.
package struct Faults {
    package private(set) var found: [FieldError] = []

    package init() {}

    package mutating func add(_ pointer: String, _ detail: String) {
        if found.count < 20 { found.append(FieldError(pointer: pointer, detail: detail)) }
    }

    /// Throws a problem that lists the faults, if there are any.
    package func check() throws(ProblemError) {
        guard found.isEmpty else { throw ProblemError(RequestProblem.invalid, fields: found) }
    }

    /// A text that must be there.
    package mutating func text(_ view: JSONView?, _ pointer: String) -> String {
        let text = view?.string ?? ""
        if let fault = PlainText.fault(in: text) { add(pointer, fault.detail) }
        return text
    }

    package mutating func optionalText(_ view: JSONView?, _ pointer: String) -> String {
        guard let view else { return "" }
        return text(view, pointer)
    }

    /// An address that the mailers take, too.
    package mutating func email(_ view: JSONView?, _ pointer: String) -> String {
        let text = view?.string ?? ""
        if !MailAddress.isValid(text) {
            add(pointer, "A plain e-mail address such as ann@example.org, at most 254 bytes.")
        }
        return text
    }

    /// A member's name as a part of a JSON pointer (RFC 6901, section 3).
    package static func escaped(_ name: String) -> String {
        name.replacing("~", with: "~0").replacing("/", with: "~1")
    }
}
