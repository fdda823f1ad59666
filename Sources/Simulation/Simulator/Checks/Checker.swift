// SPDX-License-Identifier: Apache-2.0
/// Where checks plug into a world: what they are shown, and how they say that something is wrong.

package import Kernel
package import Ports

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

/// A fact that has just become durable.
package struct CommittedFact {
    package let log: LogName
    package let position: Int64
    package let fact: any Fact
    /// The planned order that it belongs to; nil when it belongs to none.
    package let order: Int?

    package init(log: LogName, position: Int64, fact: any Fact, order: Int?) {
        self.log = log
        self.position = position
        self.fact = fact
        self.order = order
    }
}

/// Everything that can be looked at when nothing moves.
package struct Snapshot {
    /// By node: its logs with their codecs, and the reader of its store.
    package let nodes: [(roles: [Role], reader: any Reader)]
    package let shards: Int
    package let provider: ProviderBooks
    package let carrier: CarrierBooks
    package let mail: MailBooks
    package let clients: [ClientStory]
    package let at: Instant
    /// True when faults have ended and everything should be at rest.
    package let isEnd: Bool
}

/// Judges a world. Step checks see every committed batch at once, in the order of commits of one
/// node, and of nodes as they commit; the others see snapshots.
package protocol Checker: AnyObject {
    /// One node committed these facts, all of one log, in order.
    func committed(_ facts: [CommittedFact], at now: Instant)
    /// A node was started again: what it says of itself must agree with what was seen of it.
    func restarted(_ role: Role, reader: any Reader, at now: Instant)
    /// Everything is at rest, or should be.
    func ended(_ snapshot: Snapshot)
    /// What is wrong so far.
    var breaches: [Breach] { get }
}
