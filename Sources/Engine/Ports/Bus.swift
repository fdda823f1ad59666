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

/// A published fact, or a beacon that only says how far the partition has come.
public struct BusMessage: Sendable, Equatable {
    public let log: LogName
    public let epoch: Int64
    /// The last position of the log before `epoch` began.
    public let epochBase: Int64
    public let partition: UInt16
    /// The position of the fact in its log; for a beacon, of the last one of the partition.
    public let position: Int64
    /// The position of the fact before it in the same partition; 0 for the first one.
    public let previous: Int64
    /// What the fact's story is about, an order's id as a rule; the later facts of the same key
    /// wait when one can't be read.
    public let key: String
    /// The fact's wire name; empty for a beacon.
    public let name: String
    /// The fact as a JSON object; empty for a beacon.
    public let payload: [UInt8]

    public init(
        log: LogName, epoch: Int64, epochBase: Int64, partition: UInt16, position: Int64,
        previous: Int64, key: String, name: String, payload: [UInt8]
    ) {
        self.log = log
        self.epoch = epoch
        self.epochBase = epochBase
        self.partition = partition
        self.position = position
        self.previous = previous
        self.key = key
        self.name = name
        self.payload = payload
    }

    public var isBeacon: Bool { name.isEmpty }
}

/// Reads a source's log, to fill the gaps that a bus left.
public protocol LogSource: Sendable {
    /// The facts of `partition` after `position`, in order, at most about `limit` of them, as they
    /// were or would be published.
    func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage]
}

/// How keys map to partitions. Fixed when a house is founded.
public enum Partitions {
    public static let count: UInt16 = 16

    /// `bucket` is a Murmur3 hash already.
    @inlinable
    public static func of(bucket: UInt16) -> UInt16 { bucket % count }
}
