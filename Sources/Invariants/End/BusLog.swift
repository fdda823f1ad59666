// SPDX-License-Identifier: Apache-2.0
/// What went over a bus, message by message, against the logs that it came from.

package import Ports

package struct BusLog: Sendable {
    private struct Track: Sendable {
        /// Every position that was published, in ascending order.
        var positions: [Int64] = []

        var last: Int64 { positions.last ?? 0 }

        func holds(_ position: Int64) -> Bool {
            var low = 0
            var high = positions.count
            while low < high {
                let middle = (low + high) / 2
                if positions[middle] < position { low = middle + 1 } else { high = middle }
            }
            return low < positions.count && positions[low] == position
        }
    }

    /// By log and partition.
    private var tracks: [(log: LogName, partitions: [Track])] = []

    private let partitioning: Partitioning

    package init(_ partitioning: Partitioning = .standard) { self.partitioning = partitioning }

    /// A message is handed to the bus. `head` is the end of its log, as it is committed.
    package mutating func note(_ message: BusMessage, head: Int64, _ findings: inout Findings) {
        findings.demand(
            message.position <= head, .e5, "\(message.log)/\(message.position) is not committed")
        guard !message.isBeacon else { return }
        let partition = Int(message.partition)
        guard message.partition < partitioning.count else {
            return findings.demand(
                false, .e6, "\(message.log)/\(message.position) in partition \(partition)")
        }
        let index = index(of: message.log)
        let last = tracks[index].partitions[partition].last
        guard message.position > last else {
            return findings.demand(
                tracks[index].partitions[partition].holds(message.position), .e6,
                "\(message.log)/\(message.position) after \(last), for the first time")
        }
        findings.demand(
            message.previous == last, .e4,
            "\(message.log)/\(message.position) after \(message.previous), not \(last)")
        tracks[index].partitions[partition].positions.append(message.position)
    }

    private mutating func index(of log: LogName) -> Int {
        if let known = tracks.firstIndex(where: { $0.log == log }) { return known }
        tracks.append((log, Array(repeating: Track(), count: Int(partitioning.count))))
        return tracks.count - 1
    }

    /// Nothing that was published is missing when all is at rest: `ends` are the last positions of
    /// each partition.
    package func checkEnd(of log: LogName, ends: [Int64], _ findings: inout Findings) {
        for (partition, end) in ends.enumerated() {
            let last = tracks.first { $0.log == log }?.partitions[partition].last ?? 0
            findings.demand(
                last >= end, .e4, "\(log)#\(partition): published to \(last) of \(end)")
        }
    }
}

/// A queue with its bound, as a shell or a simulator measures it.
package struct QueueGauge: Sendable {
    package let name: StaticString
    package let count: Int
    package let bound: Int

    package init(name: StaticString, count: Int, bound: Int) {
        self.name = name
        self.count = count
        self.bound = bound
    }

    package func check(_ findings: inout Findings) {
        findings.demand(count <= bound, .l4, "\(name): \(count) of \(bound)")
    }
}
