// SPDX-License-Identifier: Apache-2.0
/// A table from 64 bits of entropy to small numbers, in two flat arrays: no hashing of texts, no
/// object for an entry.

struct EntropyTable: Sendable {
    private var keys: [UInt64]
    private var values: [Int32]
    private(set) var count = 0

    init(capacity: Int = 64) {
        var size = 64
        while size < capacity * 2 { size *= 2 }
        keys = Array(repeating: 0, count: size)
        values = Array(repeating: 0, count: size)
    }

    /// The number of `key`; `isNew` when it got the next one just now.
    mutating func number(of key: UInt64) -> (Int, isNew: Bool) {
        if (count + 1) * 2 > keys.count { grow() }
        let slot = find(key)
        if keys[slot] != 0 { return (Int(values[slot]), false) }
        keys[slot] = Self.used(key)
        values[slot] = Int32(count)
        count += 1
        return (count - 1, true)
    }

    /// The number that `key` has; nil when it has none.
    func known(_ key: UInt64) -> Int? {
        let slot = find(key)
        return keys[slot] == 0 ? nil : Int(values[slot])
    }

    mutating func removeAll() {
        guard count > 0 else { return }
        for index in keys.indices { keys[index] = 0 }
        count = 0
    }

    @inline(__always)
    private static func used(_ key: UInt64) -> UInt64 { key == 0 ? 1 : key }

    @inline(__always)
    private func find(_ key: UInt64) -> Int {
        let wanted = Self.used(key)
        let mask = keys.count - 1
        var slot = Int(truncatingIfNeeded: (wanted &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
        while keys[slot] != 0 && keys[slot] != wanted { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        var larger = EntropyTable(capacity: keys.count)
        for (slot, key) in keys.enumerated() where key != 0 {
            let place = larger.find(key)
            larger.keys[place] = key
            larger.values[place] = values[slot]
        }
        larger.count = count
        self = larger
    }
}
