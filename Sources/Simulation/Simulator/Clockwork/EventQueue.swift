// SPDX-License-Identifier: Apache-2.0
/// What is going to happen, soonest first. Virtual time is in nanoseconds since the world began.

package typealias Instant = UInt64

extension Instant {
    static let microsecond: Instant = 1_000
    static let millisecond: Instant = 1_000_000
    static let second: Instant = 1_000_000_000
    static let minute: Instant = 60 * second
    static let hour: Instant = 60 * minute
    static let day: Instant = 24 * hour
}

/// One thing that is going to happen. What `subject`, `slot` and `turn` mean depends on the kind.
struct Happening: Equatable {
    let at: Instant
    /// Tells things of one instant apart; see `EventQueue`.
    let order: UInt64
    let kind: Kind
    let subject: Int32
    let slot: Int32
    let turn: Int32

    enum Kind: UInt8, CaseIterable {
        case turn, wake, opened, zombie
        case clientActs, clientHears, clientGivesUp
        case providerHears, houseHearsProvider, notice
        case carrierHears, houseHearsCarrier, parcelMoves, update
        case mailerHears, houseHearsMailer
        case callsTimeOut, workerWakes, livenessCheck
        case publisher, busDelivers, fill
        case count, operation, heal
        case request
        case project, readPage
    }
}

/// A binary heap. Things of one instant come in an order that follows from what they are and from
/// how many of their kind were planned for their subject before: it is total, and it does not
/// matter in which order a world goes through its nodes when it plans something for each.
struct EventQueue {
    private var heap: ContiguousArray<Happening> = []
    /// By kind and subject: how many were planned.
    private var made: ContiguousArray<ContiguousArray<UInt32>>
    private let tieSeed: UInt64?

    /// With a seed the order is a draw. Without one, things of a kind happen to their subject in
    /// the order in which they were planned.
    init(tieSeed: UInt64?) {
        self.tieSeed = tieSeed
        made = ContiguousArray(repeating: [0], count: Happening.Kind.allCases.count)
        heap.reserveCapacity(1_024)
    }

    var count: Int { heap.count }
    var isEmpty: Bool { heap.isEmpty }

    mutating func add(
        _ kind: Happening.Kind, at: Instant, subject: Int = 0, slot: Int = 0, turn: Int = 0
    ) {
        let number = count(kind, subject)
        let name = UInt64(kind.rawValue) << 24 | UInt64(truncatingIfNeeded: subject) & 0xff_ffff
        let plain = UInt64(number) << 32 | name
        let order = tieSeed.map { SplitMix.mix($0 ^ plain) } ?? plain
        let happening = Happening(
            at: at, order: order, kind: kind, subject: Int32(truncatingIfNeeded: subject),
            slot: Int32(truncatingIfNeeded: slot), turn: Int32(truncatingIfNeeded: turn))
        heap.append(happening)
        var index = heap.count - 1
        while index > 0 {
            let parent = (index - 1) / 2
            guard Self.isSooner(happening, heap[parent]) else { break }
            heap[index] = heap[parent]
            index = parent
        }
        heap[index] = happening
    }

    private mutating func count(_ kind: Happening.Kind, _ subject: Int) -> UInt32 {
        let kind = Int(kind.rawValue)
        let missing = subject + 1 - made[kind].count
        if missing > 0 { made[kind].append(contentsOf: repeatElement(0, count: missing)) }
        made[kind][subject] += 1
        return made[kind][subject]
    }

    mutating func next() -> Happening? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        let count = heap.count
        guard count > 0 else { return first }
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < count else { break }
            if child + 1 < count, Self.isSooner(heap[child + 1], heap[child]) { child += 1 }
            guard Self.isSooner(heap[child], last) else { break }
            heap[index] = heap[child]
            index = child
        }
        heap[index] = last
        return first
    }

    private static func isSooner(_ left: Happening, _ right: Happening) -> Bool {
        left.at != right.at ? left.at < right.at : left.order < right.order
    }
}

/// Values on their way, by number; numbers are used again.
struct Slab<Value> {
    private var values: ContiguousArray<Value?> = []
    private var free: ContiguousArray<Int> = []

    mutating func put(_ value: Value) -> Int {
        if let slot = free.popLast() {
            values[slot] = value
            return slot
        }
        values.append(value)
        return values.count - 1
    }

    mutating func take(_ slot: Int) -> Value {
        guard let value = values[slot] else { preconditionFailure("a slot is taken once") }
        values[slot] = nil
        free.append(slot)
        return value
    }
}

/// Numbers by the random half of an id: open addressing, nothing is ever removed.
struct NumberTable {
    private var keys: ContiguousArray<UInt64>
    private var numbers: ContiguousArray<Int32>
    private var count = 0

    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        keys = ContiguousArray(repeating: 0, count: size)
        numbers = ContiguousArray(repeating: -1, count: size)
    }

    subscript(_ key: UInt64) -> Int? {
        let index = place(of: key)
        return numbers[index] < 0 ? nil : Int(numbers[index])
    }

    mutating func set(_ key: UInt64, _ number: Int) {
        if 2 * (count + 1) > keys.count { grow() }
        let index = place(of: key)
        if numbers[index] < 0 { count += 1 }
        keys[index] = key
        numbers[index] = Int32(number)
    }

    private func place(of key: UInt64) -> Int {
        let mask = keys.count - 1
        var index = Int(truncatingIfNeeded: SplitMix.mix(key)) & mask
        while numbers[index] >= 0 && keys[index] != key { index = (index + 1) & mask }
        return index
    }

    private mutating func grow() {
        let old = (keys, numbers)
        keys = ContiguousArray(repeating: 0, count: old.0.count * 2)
        numbers = ContiguousArray(repeating: -1, count: old.0.count * 2)
        for (key, number) in zip(old.0, old.1) where number >= 0 {
            let index = place(of: key)
            keys[index] = key
            numbers[index] = number
        }
    }
}
