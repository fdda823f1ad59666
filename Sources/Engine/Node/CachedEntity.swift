// SPDX-License-Identifier: Apache-2.0
/// An entity in memory: its state, where it stands in its log, and what of it is not stored yet.

public import Kernel
public import Ports

@usableFromInline final class CachedEntity<Key: EntityKey, State: EntityState> {
    @usableFromInline let key: Key
    @usableFromInline var state: State
    /// The number of events in the entity's own stream.
    @usableFromInline var version: Int64 = 0
    /// The position of the last event of the entity's own stream.
    @usableFromInline var last: Int64 = 0
    /// The position of the last event that changed the entity, in whoever's stream.
    @usableFromInline var seen: Int64 = 0
    /// The first position that the stored row does not reflect; 0 when the row is up to date.
    @usableFromInline var firstDirty: Int64 = 0
    /// True when a row of it stands in the store.
    @usableFromInline var isStored = false
    /// The attempt whose effect was started last, by this process or an earlier one.
    @usableFromInline var started: Int64 = 0
    /// The latest attempt for which a slot was claimed in a batch.
    @usableFromInline var claimed: Int64 = 0
    /// The call for which it waits for credit.
    @usableFromInline var waitsFor: CreditWait?
    /// The batch that changed it last, so that it is remembered once for undoing.
    @usableFromInline var batch: UInt64 = 0
    /// True when it left the cache.
    @usableFromInline var isGone = false
    @usableFromInline var timer: Timer<Key>?
    /// Where readers find it while its row lags behind.
    @usableFromInline var slot: (any RecentSlot)?

    @inlinable init(_ key: Key, _ state: State) {
        self.key = key
        self.state = state
    }
}

/// What an entity was before a batch.
@usableFromInline struct UndoEntry<Key: EntityKey, State: EntityState> {
    @usableFromInline let entity: CachedEntity<Key, State>
    @usableFromInline let state: State
    @usableFromInline let version: Int64
    @usableFromInline let last: Int64
    @usableFromInline let seen: Int64
    @usableFromInline let firstDirty: Int64

    @inlinable init(_ entity: CachedEntity<Key, State>) {
        self.entity = entity
        state = entity.state
        version = entity.version
        last = entity.last
        seen = entity.seen
        firstDirty = entity.firstDirty
    }

    @inlinable func restore() {
        entity.state = state
        entity.version = version
        entity.last = last
        entity.seen = seen
        entity.firstDirty = firstDirty
        entity.claimed = 0
    }
}

/// A state as a row's value: version, last, seen, state.
@usableFromInline package enum StateRow {
    @inlinable static func fill<Key, State>(
        _ entity: CachedEntity<Key, State>, from value: [UInt8]
    ) throws(WireError) {
        let stored = try read(value, of: State.self)
        entity.version = stored.version
        entity.last = stored.last
        entity.seen = stored.seen
        entity.state = stored.state
        entity.isStored = true
    }

    /// A stored state with its place in the log, for readers.
    @usableFromInline package struct Stored<State: EntityState>: Sendable, Equatable {
        @usableFromInline package let version: Int64
        @usableFromInline package let last: Int64
        @usableFromInline package let seen: Int64
        @usableFromInline package let state: State

        @inlinable init(_ entity: CachedEntity<some EntityKey, State>) {
            version = entity.version
            last = entity.last
            seen = entity.seen
            state = entity.state
        }

        @inlinable init(version: Int64, last: Int64, seen: Int64, state: State) {
            self.version = version
            self.last = last
            self.seen = seen
            self.state = state
        }

        @inlinable var value: [UInt8] {
            var writer = WireWriter(binary: 448)
            writer.binary.appendVarint(version)
            writer.binary.appendVarint(last)
            writer.binary.appendVarint(seen)
            state.write(to: &writer)
            return writer.bytes
        }
    }

    @inlinable package static func read<State: EntityState>(
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

/// How much a runner may keep in memory, and how long rows may lag behind their log.
@usableFromInline package struct ServiceRunnerLimits: Sendable, Equatable {
    /// Entities in memory, beyond those that changed and are not stored yet.
    @usableFromInline package var cachedEntities = 200_000
    /// Events after the oldest one that some row does not reflect: what a restart must replay.
    @usableFromInline package var lagEvents: Int64 = 100_000
    /// Entities at rest that wait for their row, before they are written together.
    @usableFromInline package var restingRows = 2_048
    /// Answers that are collected before their index rows are written, in key order and over many
    /// commits, while as many are collected anew.
    @usableFromInline package var replyIndex = 65_536
    /// How long an answer is kept for a repeated request at least; at the most it is twice that.
    @usableFromInline package var replyGeneration = Span.days(7)
    /// Records of a frame: what a reader of one event must read.
    @usableFromInline package var frameRecords = 256
    /// Bytes of a frame of more than one record. As many as fill a page of 16 KiB of SQLite and
    /// what it keeps beside the key: a longer frame would leave the rest of a further page empty,
    /// which made a fourteenth of the file. Answers are framed alike.
    @usableFromInline package var frameBytes = 18_200
    /// Attempts at an input that ends the process, before it is parked.
    @usableFromInline var poisonAttempts = 3
    /// Calls that each operation may have under way before a worker has reported its slots: none
    /// where there is a worker, any number where nobody limits them.
    @usableFromInline package var callsMax = Int.max

    @inlinable package init() {}

    /// Every changed row is written in the commit of its events.
    package static var writeThrough: ServiceRunnerLimits {
        var limits = ServiceRunnerLimits()
        limits.lagEvents = 0
        limits.restingRows = 0
        limits.replyIndex = 0
        return limits
    }
}
