// SPDX-License-Identifier: Apache-2.0
/// The keys of the persons who were here lately: bounded, and a hit costs one lookup.

import Kernel
import Synchronization

/// Two halves: whoever is asked for moves into the young one; when that is full it becomes the old
/// one, and the old one is forgotten. So it keeps the last `capacity / 2` persons for certain.
final class PersonCache: Sendable {
    private let state = Mutex(State())
    private let halfMax: Int

    fileprivate struct State {
        var young: [UUIDv7: PersonKey] = [:]
        var old: [UUIDv7: PersonKey] = [:]
    }

    init(capacity: Int) { halfMax = max(1, capacity / 2) }

    func key(of person: UUIDv7) -> PersonKey? {
        state.withLock { state -> PersonKey? in
            if let key = state.young[person] { return key }
            guard let key = state.old.removeValue(forKey: person) else { return nil }
            state.insert(key, person, halfMax: halfMax)
            return key
        }
    }

    func insert(_ key: PersonKey, of person: UUIDv7) {
        state.withLock { $0.insert(key, person, halfMax: halfMax) }
    }

    func remove(_ person: UUIDv7) {
        state.withLock { state in
            state.young[person] = nil
            state.old[person] = nil
        }
    }

    var count: Int { state.withLock { $0.young.count + $0.old.count } }
}

extension PersonCache.State {
    fileprivate mutating func insert(_ key: PersonKey, _ person: UUIDv7, halfMax: Int) {
        if young.count >= halfMax {
            old = young
            young = [:]
        }
        young[person] = key
    }
}
