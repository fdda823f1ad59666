// SPDX-License-Identifier: Apache-2.0
/// Collects what is wrong with a body; at most twenty faults are told.

package import JSONCodec
import Ports

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
