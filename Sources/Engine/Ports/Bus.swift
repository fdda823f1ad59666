// SPDX-License-Identifier: Apache-2.0
/// How facts travel between nodes. The log decides: a bus may repeat, delay, reorder or lose, and
/// every consumer still handles every fact once, in order.

/// Carries published facts to subscribers.
///
/// Guarantees: none that a consumer relies on. A good bus loses nothing and keeps the order of a
/// partition, which is faster, not more correct.
public protocol Bus: Sendable {
    /// Hands over `messages`; returns when the bus has taken them.
    func publish(_ messages: [BusMessage]) throws(BusFailure)
    /// From now on `deliver` gets every message of `log` in `partitions` (all when nil), on any
    /// thread. Ends when the bus does.
    func subscribe(
        _ log: LogName, partitions: Set<UInt16>?,
        deliver: @escaping @Sendable ([BusMessage]) -> Void)
}

public enum BusFailure: Error, Equatable, Sendable {
    /// Not taken: publish again.
    case unavailable
}

/// Reads a source's log, to fill the gaps that a bus left.
public protocol LogSource: Sendable {
    /// The facts of `partition` after `position`, in order, at most about `limit` of them, as they
    /// were or would be published.
    func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage]
}
