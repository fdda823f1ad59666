// SPDX-License-Identifier: Apache-2.0
/// The entities that want to be woken, soonest first. Entries can be moved and removed, so that
/// the heap holds no more than the entities that are open.

public import Kernel

/// A binary heap whose entries know their index.
@usableFromInline struct TimerHeap<Key: EntityKey> {
    @usableFromInline var entries: [Timer<Key>] = []

    @inlinable var first: Timer<Key>? { entries.first }
    @inlinable var count: Int { entries.count }

    @inlinable mutating func insert(_ timer: Timer<Key>) {
        precondition(!timer.isScheduled, "a timer stands in the heap once")
        timer.index = entries.count
        entries.append(timer)
        siftUp(timer.index)
    }

    @inlinable mutating func move(_ timer: Timer<Key>, to due: Timestamp) {
        guard due != timer.due else { return }
        let isSooner = due < timer.due
        timer.due = due
        if isSooner { siftUp(timer.index) } else { siftDown(timer.index) }
    }

    @inlinable mutating func remove(_ timer: Timer<Key>) {
        let index = timer.index
        guard index >= 0 else { return }
        let last = entries.removeLast()
        timer.index = -1
        guard last !== timer else { return }
        entries[index] = last
        last.index = index
        siftUp(index)
        siftDown(last.index)
    }

    /// The node's time was corrected.
    mutating func retime(_ change: (Timestamp) -> Timestamp) {
        for timer in entries { timer.retime(change) }
        for index in entries.indices.reversed() { siftDown(index) }
    }

    @inlinable mutating func siftUp(_ start: Int) {
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard entries[index].due < entries[parent].due else { return }
            swap(index, parent)
            index = parent
        }
    }

    @inlinable mutating func siftDown(_ start: Int) {
        var index = start
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2] where child < entries.count {
                if entries[child].due < entries[least].due { least = child }
            }
            guard least != index else { return }
            swap(index, least)
            index = least
        }
    }

    @inlinable mutating func swap(_ left: Int, _ right: Int) {
        entries.swapAt(left, right)
        entries[left].index = left
        entries[right].index = right
    }
}
