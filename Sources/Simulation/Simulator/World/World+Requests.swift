// SPDX-License-Identifier: Apache-2.0
/// The requests of workloads: each is sent again, as the same request, until it is answered.

import Invariants
import Kernel
import NodeEngine
import Ports

extension World {
    /// By service, in the order of `ServiceChecks`.
    static func workloads(of plan: Plan) -> [(any Workload)?] {
        ServiceChecks.all.map { checker in
            let service = SimulatedService.all.first { $0.name == checker.name }
            return service?.workload.map { workload in
                workload.init(plan.requests.filter { $0.service == checker.name })
            }
        }
    }

    func planRequests() {
        for index in plan.requests.indices {
            queue.add(.request, at: plan.requests[index].at, subject: index)
        }
        requestsLeft = plan.requests.count
        requestTries = plan.requests.map { _ in 0 }
    }

    func sendRequest(_ index: Int) {
        let request = plan.requests[index]
        do {
            let command = try request.command()
            note("request \(index) is sent: \(request.service) \(request.words)")
            post(
                placement.index(of: request.service), command,
                ticket: Caller.requestMark | Ticket(index),
                request: Request(
                    identity: InputID(high: SplitMix.mix(UInt64(index)), low: 0x7265_7175_6573_74),
                    fingerprint: UInt64(index)))
        } catch {
            breach("L1", "request \(index) can't be sent: \(error)")
        }
    }

    func hearRequest(_ ticket: Ticket, _ reply: Reply) {
        // What was set aside waits for an operator.
        if reply.status == 500 { return resendRequest(ticket, after: 10 * .minute) }
        if reply.status > 500 || reply.status == 429 { return resendRequest(ticket) }
        let index = Int(ticket & ~Caller.requestMark)
        let request = plan.requests[index]
        note("request \(index) is answered: \(reply.status)")
        requestsLeft -= 1
        guard let service = ServiceChecks.index(of: request.service) else { return }
        if let wrong = workloads[service]?.hear(reply, to: request, at: now, &marks) {
            breach("O4", "\(request.service) \(request.words): \(reply.status), \(wrong)")
        }
    }

    func resendRequest(_ ticket: Ticket, after pause: Instant? = nil) {
        let index = Int(ticket & ~Caller.requestMark)
        requestTries[index] += 1
        queue.add(
            .request, at: now + (pause ?? self.pause(before: requestTries[index], of: index)),
            subject: index)
    }
}
