// SPDX-License-Identifier: Apache-2.0
/// Where checks plug into a world: what they are shown, and how they say that something is wrong.

package import Contracts
package import Invariants
import Kernel
package import NodeEngine
package import Ports
package import ServiceModel

/// Something that must never be.
package struct Breach: Sendable, Equatable {
    /// The invariant's id, such as `S2`.
    package let invariant: String
    package let what: String
    package let at: Instant

    package init(_ invariant: String, _ what: String, at: Instant) {
        self.invariant = invariant
        self.what = what
        self.at = at
    }
}

/// What one node has made durable in one turn.
package struct Commit {
    package let frames: [Frame]
    /// The facts in those frames, as whoever decided them knows them; some are missing when their
    /// decider doesn't know what became of them.
    let facts: [(log: LogName, logged: [LoggedFact])]
    package let at: Instant

    /// The facts of which those of `frame` are a part.
    func logged(in frame: Frame) -> [LoggedFact]? {
        facts.first { log, logged in
            (logged.first?.position ?? 0)...(logged.last?.position ?? 0) ~= frame.first
                && log == frame.log
        }?.logged
    }
}

/// Everything that can be looked at when nothing moves.
package struct Standstill {
    /// By node: its logs with their codecs, and the reader of its store.
    package let nodes: [(roles: [ServiceShard], reader: any Reader)]
    /// The logs that must go over the bus.
    let carried: [LogName]
    package let provider: ProviderBooks
    package let carrier: CarrierBooks
    package let mail: MailBooks
    package let at: Instant
    /// True when faults have ended and everything should be at rest.
    package let isEnd: Bool
    /// What was made of the logs for readers; nil when nobody follows them.
    let reading: ReadStandstill?
}

/// Judges a world. Step checks see every durable batch at once, in the order of commits of one
/// node, and of nodes as they commit; the others see everything that is stored.
package protocol Checker: AnyObject {
    /// Facts have become durable.
    func committed(_ commit: Commit)
    /// A node was started again: what it says of itself must agree with what was seen of it.
    func restarted(_ roles: [ServiceShard], reader: any Reader, at now: Instant)
    /// A restart is over, and whoever wants may look at everything while it goes on.
    func interrupted(at now: Instant, _ standstill: () -> Standstill)
    /// A client asks for something, perhaps again.
    func asked(_ request: Request, at now: Instant)
    /// A client was told.
    func told(_ reply: Reply, to request: Request, at now: Instant)
    /// A client was told that its order stands at `version` now, because of what it asked for.
    func wrote(_ order: OrderID, at version: Int64, by client: Int)
    /// A client was shown its order; 0 when there was none.
    func read(_ order: OrderID, at version: Int64, by client: Int, at now: Instant)
    /// Messages are handed to the bus.
    func published(_ messages: [BusMessage], at now: Instant)
    /// A reader of the feed has got a page with the facts at these places.
    func paged(_ places: [(log: LogName, position: Int64)], at now: Instant)
    /// A queue has grown.
    func measured(_ gauge: QueueGauge, at now: Instant)
    /// A worker's calls and slots, after each change.
    func measured(_ gauge: WorkerGauge, at now: Instant)
    /// A client will not be told what became of its request.
    func gaveUp(on request: Request)
    /// Everything is at rest, or should be.
    func ended(_ standstill: Standstill)
    /// What is wrong so far.
    var breaches: [Breach] { get }
}
