// SPDX-License-Identifier: Apache-2.0
/// A state as a row's value: version, last, seen, state.

public import Kernel

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
