// SPDX-License-Identifier: Apache-2.0
/// What one client sent and was told: the history by which the house is judged.

package import Contracts
import Kernel
import NodeEngine
import Ports

/// One planned order's client.
package struct ClientStory: Sendable {
    package let plan: PlannedOrder
    /// By request: to place it, to cancel it, to place something else under its key.
    package var place = Story()
    package var cancel = Story()
    package var reuse = Story()
    /// What the house called the order, from its first good answer.
    package var order: OrderID?
    /// How many orders stand in the log under this client's key.
    package var placed = 0
    /// Whether any fault met the order, and which kinds since its last event.
    package var wasHit = false
    var faultTraces = FaultTraces()

    init(_ plan: PlannedOrder) { self.plan = plan }

    /// One request, from the first try to the answer that counts.
    package struct Story: Sendable {
        package var sent = 0
        /// The answer that settles it; nil while it is unknown.
        package var answer: Told?
        /// Tries that were not told anything are sent again then.
        var resends = 0
    }

    /// An answer as a client remembers it.
    package struct Told: Sendable, Equatable {
        package let status: Int
        package let hash: UInt64
        package let version: Int64

        init(_ reply: Reply) {
            status = reply.status
            version = reply.version
            hash = Murmur3.hash128(reply.body, seed: UInt64(reply.location.utf8.count)).0
        }
    }
}

/// Which of a client's requests is meant.
enum ClientRequest: Int, CaseIterable {
    case place, cancel, reuse
}

/// A caller's number, so that the answer finds its way back.
struct Caller {
    let client: Int
    let request: ClientRequest
    let attempt: Int

    static let countMark: Ticket = 1 << 63
    static let requestMark: Ticket = 1 << 62

    var ticket: Ticket {
        Ticket(client) << 24 | Ticket(attempt & 0xffff) << 8 | Ticket(request.rawValue)
    }

    init(_ client: Int, _ request: ClientRequest, _ attempt: Int) {
        self.client = client
        self.request = request
        self.attempt = attempt
    }

    init?(_ ticket: Ticket) {
        guard ticket & (Self.countMark | Self.requestMark) == 0,
            let request = ClientRequest(rawValue: Int(ticket & 0xff))
        else { return nil }
        self.init(Int(ticket >> 24), request, Int(ticket >> 8 & 0xffff))
    }
}
