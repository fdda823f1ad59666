// SPDX-License-Identifier: Apache-2.0
/// A command on its way to a service of the node. An object, since it is handed on often.

public import Kernel

@usableFromInline package final class Submission: Sendable {
    /// Which of the node's runners it is for.
    @usableFromInline package let runner: Int
    /// A `Rules.Command` of that runner's service.
    @usableFromInline package let command: any Sendable
    @usableFromInline package let principal: Principal
    @usableFromInline package let request: Request?
    /// The W3C trace context it came with.
    @usableFromInline package let trace: String?
    /// Whom to answer; nil when nobody waits.
    @usableFromInline package let ticket: Ticket?

    @inlinable package init(
        runner: Int, command: any Sendable, principal: Principal, request: Request? = nil,
        trace: String? = nil, ticket: Ticket? = nil
    ) {
        self.runner = runner
        self.command = command
        self.principal = principal
        self.request = request
        self.trace = trace
        self.ticket = ticket
    }
}

/// A caller that waits for an answer.
@usableFromInline package typealias Ticket = UInt64
