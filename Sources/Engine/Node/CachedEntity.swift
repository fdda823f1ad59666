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
    /// The last of the callers of this batch who are to be told of the entity as it stands: its
    /// place in `ServiceRunner.waiting`, counted from 1; 0 when there is none.
    @usableFromInline var lastCaller = 0
    /// True when a request may wait for what becomes of it, and its key is pending.
    @usableFromInline var isUndecided = false
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
