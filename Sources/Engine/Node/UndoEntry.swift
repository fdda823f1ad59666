// SPDX-License-Identifier: Apache-2.0
/// What an entity was before a batch.

public import Kernel

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
