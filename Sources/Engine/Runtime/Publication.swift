// SPDX-License-Identifier: Apache-2.0
/// From stored frames to published facts: each says which one came before it in its partition.

import Kernel
package import NodeEngine
package import Ports

/// Turns a log's records into bus messages, in order. A value: the courier holds one for each log.
package struct Publication: Sendable {
    package let log: LogName
    private let codec: LogCodec
    /// The position through which all is published.
    package private(set) var through: Int64
    /// By partition: the last published position.
    package private(set) var last: [Int64]

    package init(log: LogName, codec: LogCodec, through: Int64, last: [Int64]) {
        precondition(last.count == Int(Partitions.count), "one position for each partition")
        self.log = log
        self.codec = codec
        self.through = through
        self.last = last
    }

    /// The messages for the records of `frames` beyond what is published already.
    package mutating func messages(from frames: [Frame]) throws -> [BusMessage] {
        var messages: [BusMessage] = []
        for frame in frames {
            for record in try frame.records() where record.position > through {
                let partition = Partitions.of(bucket: record.stream.bucket)
                messages.append(
                    try Self.message(
                        record, codec, partition, previous: last[Int(partition)]))
                last[Int(partition)] = record.position
                through = record.position
            }
        }
        return messages
    }

    /// One message for each partition, that only says how far it has come.
    package func beacons(epoch: Int64) -> [BusMessage] {
        last.enumerated().compactMap { partition, position in
            position == 0
                ? nil
                : BusMessage(
                    log: log, epoch: epoch, epochBase: through, partition: UInt16(partition),
                    position: position, previous: position, key: "", name: "", payload: [])
        }
    }

    static func message(
        _ record: Record, _ codec: LogCodec, _ partition: UInt16, previous: Int64
    ) throws -> BusMessage {
        let fact = try codec.fact(of: record)
        return BusMessage(
            log: record.log, epoch: record.frame.epoch, epochBase: record.frame.first - 1,
            partition: partition, position: record.position, previous: previous,
            key: fact.correlation ?? Hex.text(record.stream.key), name: fact.wireName.text,
            payload: LogCodec.json(of: fact))
    }
}

/// Fills gaps from the store of the node that wrote the log.
package struct StoreLogSource: LogSource {
    private let reader: any Reader
    private let codecs: [LogName: LogCodec]

    package init(reader: any Reader, codecs: [LogName: LogCodec]) {
        self.reader = reader
        self.codecs = codecs
    }

    package func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage] {
        guard let codec = codecs[log] else { return [] }
        var previous = position
        var messages: [BusMessage] = []
        var reached = position
        while messages.count < limit {
            let frames = try reader.frames(of: log, after: reached, limit: 1_000)
            guard let end = frames.last else { break }
            do {
                for frame in frames {
                    for record in try frame.records()
                    where record.position > reached
                        && Partitions.of(bucket: record.stream.bucket) == partition
                    {
                        messages.append(
                            try Publication.message(
                                record, codec, partition, previous: previous))
                        previous = record.position
                    }
                }
            } catch {
                throw .corrupt
            }
            reached = end.last
        }
        return messages
    }
}
