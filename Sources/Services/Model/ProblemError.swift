// SPDX-License-Identifier: Apache-2.0
/// A problem on its way to the client, thrown by handlers.

import JSONCodec
import Kernel
package import Ports

package struct ProblemError: Error {
    package let problem: Problem
    package let detail: String
    package let fields: [FieldError]

    package init(_ problem: Problem, detail: String = "", fields: [FieldError] = []) {
        self.problem = problem
        self.detail = detail
        self.fields = fields
    }

    package var reply: Reply {
        problem.reply(detail: detail) { json in
            guard !fields.isEmpty else { return }
            json.key("errors")
            json.beginArray()
            for field in fields {
                json.beginObject()
                json.key("pointer")
                json.string(field.pointer)
                json.key("detail")
                json.string(field.detail)
                json.endObject()
            }
            json.endArray()
        }
    }
}

/// What is wrong with one field: a JSON pointer (RFC 6901) and a sentence.
package struct FieldError: Sendable, Equatable {
    package let pointer: String
    package let detail: String

    package init(pointer: String, detail: String) {
        self.pointer = pointer
        self.detail = detail
    }
}

/// Asks a store; one that can't answer is told as a problem.
package func asking<Answer>(_ question: () throws -> Answer) throws -> Answer {
    do {
        return try question()
    } catch is WireError {
        throw ProblemError(RequestProblem.unreadable)
    } catch let failure as StoreFailure {
        throw ProblemError(
            failure == .corrupt ? RequestProblem.unreadable : RequestProblem.readUnavailable)
    } catch let failure as ViewFailure {
        throw failure.problem.map { ProblemError($0) } ?? failure
    }
}

extension ViewFailure {
    /// Nil for a bug of who asks.
    fileprivate var problem: Problem? {
        switch self {
        case .notReady: RequestProblem.notReady
        case .unavailable, .locked: RequestProblem.readUnavailable
        case .corrupt: RequestProblem.unreadable
        case .badQuestion, .constraint: nil
        }
    }
}
