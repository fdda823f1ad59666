// SPDX-License-Identifier: Apache-2.0
/// An entity in memory: its state, where it stands in its log, and what of it is not stored yet.

package import Kernel
import Ports

final class Cell<Key: EntityKey, State: EntityState> {
    let key: Key
    var state: State
    /// The number of events in the entity's own stream.
    var version: Int64 = 0
    /// The position of the last event of the entity's own stream.
    var last: Int64 = 0
    /// The position of the last event that changed the entity, in whoever's stream.
    var seen: Int64 = 0
    /// The first position that the stored row does not reflect; 0 when the row is up to date.
    var firstDirty: Int64 = 0
    /// True when a row of it stands in the store.
    var isStored = false
    /// The attempt whose effect was started last, by this process or an earlier one.
    var started: Int64 = 0
    /// The batch that changed it last, so that it is remembered once for undoing.
    var batch: UInt64 = 0
    /// True when it left the cache.
    var isGone = false
    var timer: Timer<Key>?

    init(_ key: Key, _ state: State) {
        self.key = key
        self.state = state
    }
}

/// What a cell was before a batch.
struct Memory<Key: EntityKey, State: EntityState> {
    let cell: Cell<Key, State>
    let state: State
    let version: Int64
    let last: Int64
    let seen: Int64
    let firstDirty: Int64

    init(_ cell: Cell<Key, State>) {
        self.cell = cell
        state = cell.state
        version = cell.version
        last = cell.last
        seen = cell.seen
        firstDirty = cell.firstDirty
    }

    func restore() {
        cell.state = state
        cell.version = version
        cell.last = last
        cell.seen = seen
        cell.firstDirty = firstDirty
    }
}

/// A state as a row's value: version, last, seen, state.
package enum StateRow {
    static func value<Key, State>(of cell: Cell<Key, State>) -> [UInt8] {
        var writer = WireWriter(binary: 192)
        writer.bytes.appendVarint(cell.version)
        writer.bytes.appendVarint(cell.last)
        writer.bytes.appendVarint(cell.seen)
        cell.state.write(to: &writer)
        return writer.bytes
    }

    static func fill<Key, State>(
        _ cell: Cell<Key, State>, from value: [UInt8]
    ) throws(WireError) {
        let stored = try read(value, of: State.self)
        cell.version = stored.version
        cell.last = stored.last
        cell.seen = stored.seen
        cell.state = stored.state
        cell.isStored = true
    }

    /// A stored state with its place in the log, for readers.
    package struct Stored<State: EntityState>: Sendable, Equatable {
        package let version: Int64
        package let last: Int64
        package let seen: Int64
        package let state: State
    }

    package static func read<State: EntityState>(
        _ value: [UInt8], of type: State.Type = State.self
    ) throws(WireError) -> Stored<State> {
        var reader = WireReader(binary: value)
        let version = try reader.varint()
        let last = try reader.varint()
        let seen = try reader.varint()
        let state = try State(from: &reader)
        guard reader.isAtEnd else { throw .badField("state") }
        return Stored(version: version, last: last, seen: seen, state: state)
    }
}

/// How much a desk may keep in memory, and how long rows may lag behind their log.
package struct DeskLimits: Sendable, Equatable {
    /// Entities in memory, beyond those that changed and are not stored yet.
    package var cells = 200_000
    /// Events after the oldest one that some row does not reflect: what a restart must replay.
    package var lagEvents: Int64 = 100_000
    /// Entities at rest that wait for their row, before they are written together.
    package var restingRows = 1_024
    /// Answers whose index entry waits to be written; they are written together, in key order.
    package var replyIndex = 65_536
    /// Records of a frame: what a reader of one event must read.
    package var frameRecords = 256
    /// Attempts at an input that ends the process, before it is parked.
    package var poisonAttempts = 3
    /// How long an answer is kept for a repeated request.
    package var replyRetention = Span.days(7)

    package init() {}

    /// Every changed row is written in the commit of its events.
    package static var writeThrough: DeskLimits {
        var limits = DeskLimits()
        limits.lagEvents = 0
        limits.restingRows = 0
        limits.replyIndex = 0
        return limits
    }
}
