// SPDX-License-Identifier: Apache-2.0
/// How a runner follows the log of a service in another node, over a bus that may repeat, delay,
/// reorder or lose: one cursor for each partition decides what is new, what is a repeat, and what
/// is missing (a gap).

package import Ports

/// A class: whoever asks an element of an array of structs copies all that it holds.
final class RemoteSubscription {
    let remote: RemoteLog
    let target: Int
    let to: LogName
    /// By partition: the key of the row that keeps the cursor.
    let keys: [[UInt8]]
    /// By partition: the last position that was handled, and the epoch of its message.
    private(set) var cursors: [(position: Int64, epoch: Int64)]
    private var committed: [(position: Int64, epoch: Int64)]
    /// The partitions whose cursor was moved in this batch.
    private var moved: [Int] = []

    init(remote: RemoteLog, target: Int, to: LogName) {
        self.remote = remote
        self.target = target
        self.to = to
        keys = (0..<Int(remote.partitioning.count)).map { Array("\(to)<\(remote.name)#\($0)".utf8) }
        cursors = Array(repeating: (0, 0), count: keys.count)
        committed = cursors
    }

    /// The fact at `position`, in a message of `epoch`, is handled.
    func move(_ partition: Int, to position: Int64, epoch: Int64) {
        if cursors[partition] == committed[partition] { moved.append(partition) }
        cursors[partition] = (position, epoch)
    }

    func settle() {
        for partition in moved { committed[partition] = cursors[partition] }
        moved.removeAll(keepingCapacity: true)
    }

    func forget() {
        for partition in moved { cursors[partition] = committed[partition] }
        moved.removeAll(keepingCapacity: true)
    }

    func collect(into batch: inout Batch) {
        for partition in moved.sorted() {
            let cursor = cursors[partition]
            batch.rows.append(
                RowChange(
                    table: Cursor.table, key: keys[partition],
                    value: Cursor.value(cursor.position, epoch: cursor.epoch)))
        }
    }

    func open(from store: any Store) throws {
        let rows = try store.load(keys.map { RowKey(Cursor.table, $0) })
        for (partition, row) in rows.enumerated() {
            if let row { cursors[partition] = try Cursor.read(row) }
        }
        committed = cursors
    }

    enum Verdict: Equatable {
        case new
        case repeated
        case gap
        /// The message's log was forked: its epoch began below the cursor.
        case fork
    }

    /// What a message is to this consumer. Pure.
    func judge(_ message: BusMessage) -> Verdict {
        let cursor = cursors[Int(message.partition)]
        if message.epoch > cursor.epoch && message.epochBase < cursor.position { return .fork }
        // Epochs only grow: a message of an earlier one holds nothing new.
        if message.epoch < cursor.epoch { return .repeated }
        if message.isBeacon { return message.position > cursor.position ? .gap : .repeated }
        if message.position <= cursor.position { return .repeated }
        if message.previous == cursor.position { return .new }
        return message.previous > cursor.position ? .gap : .fork
    }

    func concerns(_ message: BusMessage) -> Bool {
        message.log == remote.name && message.partition < remote.partitioning.count
            && (remote.partitions?.contains(message.partition) ?? true)
    }
}

extension Node {
    func receive(_ message: BusMessage, _ turn: inout Turn) {
        for subscription in remoteSubscriptions where subscription.concerns(message) {
            let partition = Int(message.partition)
            let gap = Gap(
                log: message.log, partition: message.partition,
                after: subscription.cursors[partition].position)
            switch subscription.judge(message) {
            case .repeated: break
            case .gap: if turn.gaps.last != gap { turn.gaps.append(gap) }
            case .fork: turn.forks.append(gap)
            // Released facts come first; the gap is filled afterwards.
            case .new where !released.isEmpty: turn.gaps.append(gap)
            case .new:
                subscription.move(partition, to: message.position, epoch: message.epoch)
                handle(message, on: runners[subscription.target], subscription.remote.codec)
            }
        }
    }

    /// False when `message` is a repeat for every subscription, and shows no gap either.
    package func isNew(_ message: BusMessage) -> Bool {
        remoteSubscriptions.contains { $0.concerns(message) && $0.judge(message) != .repeated }
    }

    private func handle(_ message: BusMessage, on runner: any AnyServiceRunner, _ codec: LogCodec) {
        guard let provenance = message.provenance else { return }
        if let fact = message.fact, codec.isOwn(fact), runner.parking.keys.isEmpty {
            let logged = LoggedFact(
                position: message.position, fact: fact, provenance: provenance)
            return runner.take([logged], from: message.log)
        }
        take(
            ParkedItem(
                consumer: runner.log, source: message.log, position: message.position,
                name: message.name, payload: message.payload, provenance: provenance, reason: "",
                entity: RowKey("correlation", Array(message.key.utf8))),
            on: runner, codec)
    }
}
