// SPDX-License-Identifier: Apache-2.0
/// From stored frames to published facts: each says which one came before it in its partition.

package import NodeEngine
package import Ports

/// How far a log is published, and what comes next: its records as bus messages, in order. A value:
/// a publisher holds one for each log and moves it when the bus has taken what it said.
package struct Publication: Sendable {
    package let log: LogName
    private let codec: LogCodec
    private let partitioning: Partitioning
    /// The position through which all is published.
    package private(set) var through: Int64
    /// By partition: the last published position.
    package private(set) var last: [Int64]
    private var epoch: Epoch

    /// An epoch of a log, and the last position before it began.
    package struct Epoch: Sendable, Equatable {
        package let number: Int64
        package let base: Int64

        package init(number: Int64 = 0, base: Int64 = 0) {
            self.number = number
            self.base = base
        }

        /// Frames come in order, so that another number is a new beginning.
        mutating func follow(_ frame: Frame) {
            guard frame.epoch != number else { return }
            self = Epoch(number: frame.epoch, base: frame.first - 1)
        }
    }

    /// What is to be published next.
    package struct Portion: Sendable {
        /// In the order of the log.
        package let messages: [BusMessage]
        /// How far all is published once the bus has taken them.
        package let after: Publication
    }

    /// `epoch` is the one in which the record at `through` was written. Without more, nothing is
    /// published yet.
    package init(
        log: LogName, codec: LogCodec, partitioning: Partitioning = .standard,
        through: Int64 = 0, last: [Int64]? = nil, epoch: Epoch = Epoch()
    ) {
        let last = last ?? Array(repeating: 0, count: Int(partitioning.count))
        precondition(last.count == Int(partitioning.count), "one position for each partition")
        self.partitioning = partitioning
        self.epoch = epoch
        self.log = log
        self.codec = codec
        self.through = through
        self.last = last
    }

    /// Goes on where the checkpoints in a node's store say that publishing had come.
    package init(
        resuming log: LogName, codec: LogCodec, partitioning: Partitioning = .standard,
        from reader: any Reader
    ) throws {
        let checkpoint = try reader.row(OutboxCheckpoint.key(log)).map { try OutboxCheckpoint($0) }
        // The manifest says how many there are; a store that says otherwise is another's.
        guard checkpoint.map({ $0.last.count == Int(partitioning.count) }) ?? true else {
            throw StoreFailure.corrupt
        }
        let through = checkpoint?.through ?? 0
        self.init(
            log: log, codec: codec, partitioning: partitioning, through: through,
            last: checkpoint?.last, epoch: try reader.epoch(of: log, at: through))
    }

    /// About the next `limit` messages; nil when everything in the log is published. Nothing moves
    /// until the bus has taken them.
    package func next(from reader: any Reader, limit: Int) throws -> Portion? {
        let frames = try reader.frames(of: log, after: through, limit: limit)
        guard !frames.isEmpty else { return nil }
        var after = self
        let messages = try after.messages(from: frames)
        return Portion(messages: messages, after: after)
    }

    /// What the store shall hold, so that a restart goes on here.
    package var checkpoint: OutboxCheckpoint { OutboxCheckpoint(through: through, last: last) }

    /// The messages for the records of `frames` beyond what is published already.
    package mutating func messages(from frames: [Frame]) throws -> [BusMessage] {
        var messages: [BusMessage] = []
        for frame in frames {
            epoch.follow(frame)
            for record in try frame.records() where record.position > through {
                let partition = partitioning.of(bucket: record.stream.bucket)
                messages.append(
                    try Self.message(
                        record, codec, partition, previous: last[Int(partition)], epoch))
                last[Int(partition)] = record.position
                through = record.position
            }
        }
        return messages
    }

    /// One message for each partition, that only says how far it has come.
    ///
    /// `current` is the epoch in which the node wrote before the log was found to hold no more: it
    /// begins after all that is published. While there is more, it is nil, and the messages carry
    /// the epoch of what is published: where the current one began is not known then, and a
    /// consumer that has filled a gap may be further than that.
    package func beacons(epoch current: Int64?) -> [BusMessage] {
        var epoch = epoch
        if let current, current > epoch.number { epoch = Epoch(number: current, base: through) }
        return last.enumerated().compactMap { partition, position in
            position == 0
                ? nil
                : BusMessage(
                    beaconOf: log, epoch: epoch.number, epochBase: epoch.base,
                    partition: UInt16(partition), position: position)
        }
    }

    static func message(
        _ record: Record, _ codec: LogCodec, _ partition: UInt16, previous: Int64, _ epoch: Epoch
    ) throws -> BusMessage {
        let fact = try codec.fact(of: record)
        return BusMessage(
            log: record.log, epoch: epoch.number, epochBase: epoch.base,
            partition: partition, position: record.position, previous: previous,
            fact: fact, stream: record.stream.key, provenance: record.provenance)
    }
}
