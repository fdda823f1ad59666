// SPDX-License-Identifier: Apache-2.0
/// A published fact, or a beacon that only says how far the partition has come.

public import Kernel

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
    private let content: Content?

    /// One object for all that is passed on as it is: messages are copied more often than read.
    private final class Content: Sendable {
        let key: String
        let name: String
        let payload: [UInt8]
        let fact: (any Fact)?
        let provenance: Provenance

        init(
            key: String, name: String, payload: [UInt8], fact: (any Fact)?,
            _ provenance: Provenance
        ) {
            self.key = key
            self.name = name
            self.payload = payload
            self.fact = fact
            self.provenance = provenance
        }
    }

    /// A fact as text.
    public init(
        log: LogName, epoch: Int64, epochBase: Int64, partition: UInt16, position: Int64,
        previous: Int64, key: String, name: String, payload: [UInt8], provenance: Provenance
    ) {
        self.init(
            log, epoch, epochBase, partition, position, previous,
            Content(key: key, name: name, payload: payload, fact: nil, provenance))
    }

    /// A beacon: it only says how far the partition has come.
    public init(
        beaconOf log: LogName, epoch: Int64, epochBase: Int64, partition: UInt16, position: Int64
    ) {
        self.init(log, epoch, epochBase, partition, position, position, nil)
    }

    /// A message that is encoded as JSON only when its payload is read. `stream` is the key of a
    /// fact that has no correlation.
    public init(
        log: LogName, epoch: Int64, epochBase: Int64, partition: UInt16, position: Int64,
        previous: Int64, fact: any Fact, stream: [UInt8], provenance: Provenance
    ) {
        self.init(
            log, epoch, epochBase, partition, position, previous,
            Content(key: "", name: fact.wireName.text, payload: stream, fact: fact, provenance))
    }

    private init(
        _ log: LogName, _ epoch: Int64, _ epochBase: Int64, _ partition: UInt16,
        _ position: Int64, _ previous: Int64, _ content: Content?
    ) {
        self.log = log
        self.epoch = epoch
        self.epochBase = epochBase
        self.partition = partition
        self.position = position
        self.previous = previous
        self.content = content
    }

    /// The fact's correlation, an order's id as a rule; later facts of the same key are parked when
    /// one can't be read.
    public var key: String {
        guard let content, let fact = content.fact else { return content?.key ?? "" }
        return fact.correlation ?? Hex.text(content.payload)
    }

    /// The fact's wire name; empty for a beacon.
    public var name: String { content?.name ?? "" }

    /// The fact as a JSON object; empty for a beacon.
    public var payload: [UInt8] { content?.fact?.json ?? content?.payload ?? [] }

    /// The fact itself, while the message has not left the process.
    public var fact: (any Fact)? { content?.fact }

    /// When the fact was recorded, and why; nil for a beacon.
    public var provenance: Provenance? { content?.provenance }

    public static func == (left: BusMessage, right: BusMessage) -> Bool {
        left.log == right.log && left.epoch == right.epoch && left.epochBase == right.epochBase
            && left.partition == right.partition && left.position == right.position
            && left.previous == right.previous && left.key == right.key
            && left.name == right.name && left.payload == right.payload
            && left.provenance == right.provenance
    }

    public var isBeacon: Bool { content == nil }
}
