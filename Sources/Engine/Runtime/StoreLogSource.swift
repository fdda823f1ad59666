// SPDX-License-Identifier: Apache-2.0
/// Fills gaps from the store of the node that wrote the log.

package import NodeEngine
package import Ports

package struct StoreLogSource: LogSource {
    private let reader: any Reader
    private let codecs: [LogName: LogCodec]
    private let partitioning: Partitioning

    package init(
        reader: any Reader, codecs: [LogName: LogCodec], partitioning: Partitioning = .standard
    ) {
        self.reader = reader
        self.codecs = codecs
        self.partitioning = partitioning
    }

    package func facts(
        of log: LogName, partition: UInt16, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [BusMessage] {
        guard let codec = codecs[log] else { return [] }
        var epoch = try reader.epoch(of: log, at: position)
        // A consumer of a forked log may ask after a position that is no fact of this log.
        var previous = try isFact(position, log, partition) ? position : 0
        var messages: [BusMessage] = []
        var reached = position
        while messages.count < limit {
            let frames = try reader.frames(of: log, after: reached, limit: 1_000)
            guard let end = frames.last else { break }
            do {
                for frame in frames {
                    epoch.follow(frame)
                    let records = try frame.records { partitioning.of(bucket: $0) == partition }
                    for record in records where record.position > reached {
                        messages.append(
                            try Publication.message(
                                record, codec, partition, previous: previous, epoch))
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

    /// True when the log holds a fact of `partition` at `position`, and for 0, before all facts.
    private func isFact(
        _ position: Int64, _ log: LogName, _ partition: UInt16
    ) throws(StoreFailure) -> Bool {
        if position == 0 { return true }
        let frames = try reader.frames(of: log, after: position - 1, limit: 1)
        guard let frame = frames.first, frame.first <= position else { return false }
        do {
            let record = try frame.records()[Int(position - frame.first)]
            return partitioning.of(bucket: record.stream.bucket) == partition
        } catch {
            throw .corrupt
        }
    }
}

extension Reader {
    /// The epoch in which the record at `position` was written. Epochs grow with positions, so
    /// that its first frame is found by halving.
    package func epoch(
        of log: LogName, at position: Int64
    ) throws(StoreFailure) -> Publication.Epoch {
        guard position > 0,
            let frame = try frames(of: log, after: position - 1, limit: 1).first
        else { return Publication.Epoch() }
        var low: Int64 = 0
        var base = frame.first - 1
        while low < base {
            let middle = (low + base) / 2
            guard let other = try frames(of: log, after: middle, limit: 1).first else {
                throw .corrupt
            }
            if other.epoch == frame.epoch { base = other.first - 1 } else { low = other.last }
        }
        return Publication.Epoch(number: frame.epoch, base: base)
    }
}
