// SPDX-License-Identifier: Apache-2.0
/// What callers ask of one service, beside the orders of clients and the counts of stock: drawn
/// with the plan, sent again until it is answered, and judged by the answer.

import Kernel
import Ports

/// One service's requests. A world makes one of each workload.
protocol Workload: SendableMetatype {
    /// What is asked in the world of `plan`. It is drawn from streams of its own, so that no other
    /// draw of the seed changes.
    static func requests(in plan: Plan) -> [PlannedRequest]
    /// The command for which a request stands; throws when it is no such request.
    static func command(for request: PlannedRequest) throws -> any Sendable

    /// `requests` are those of its service, in the order of the plan.
    init(_ requests: [PlannedRequest])

    /// A fact of the service became durable. Those of a commit whose outcome its node did not learn
    /// are missing.
    mutating func see(_ fact: any Fact, _ marks: inout Marks)
    /// The answer to a request; says why it can't be right, and nil when it can.
    mutating func hear(
        _ reply: Reply, to request: PlannedRequest, at now: Instant, _ marks: inout Marks
    ) -> String?
}

extension PlannedRequest {
    /// The command that is sent.
    func command() throws -> any Sendable {
        let services = SimulatedService.all
        guard let workload = services.first(where: { $0.name == service })?.workload else {
            throw WordFailure(what: "nothing is asked of \(service)")
        }
        return try workload.command(for: self)
    }
}
