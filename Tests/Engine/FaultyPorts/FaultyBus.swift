// SPDX-License-Identifier: Apache-2.0
/// A bus that loses, repeats, reorders and delays on purpose, from a seed. The log decides what is
/// true; a saga over this bus must end as it does over a good one.

package import Ports
import SeededRandom
import Synchronization

package final class FaultyBus: Bus {
    /// Chances in a thousand, for each message.
    package struct Faults: Sendable {
        package var lose = 0
        package var `repeat` = 0
        /// Held back until later publications, for a few of them.
        package var delay = 0
        /// Swapped with the message behind it.
        package var reorder = 0
        /// The whole publication is refused; some of it may have got through.
        package var refuse = 0

        package init() {}

        /// Enough of everything that most sagas meet a fault.
        package static var wild: Faults {
            var faults = Faults()
            faults.lose = 100
            faults.repeat = 150
            faults.delay = 150
            faults.reorder = 200
            faults.refuse = 50
            return faults
        }
    }

    /// What was done to facts so far; beacons meet the same faults and are not counted.
    package struct Toll: Sendable, Equatable {
        package var lost = 0
        package var repeated = 0
        package var delayed = 0
        package var reordered = 0
        /// Publications that held a fact.
        package var refused = 0

        package init() {}

        package static func + (left: Toll, right: Toll) -> Toll {
            var sum = left
            sum.lost += right.lost
            sum.repeated += right.repeated
            sum.delayed += right.delayed
            sum.reordered += right.reordered
            sum.refused += right.refused
            return sum
        }
    }

    fileprivate struct State: Sendable {
        var random: SplitMix64
        var held: [(publications: Int, message: BusMessage)] = []
        var toll = Toll()
        var isHealed = false
    }

    private let bus: any Bus
    private let faults: Faults
    private let state: Mutex<State>

    package init(_ bus: any Bus, faults: Faults = .wild, seed: UInt64) {
        self.bus = bus
        self.faults = faults
        state = Mutex(State(random: SplitMix64(seed: seed)))
    }

    package var toll: Toll { state.withLock { $0.toll } }

    /// From now on nothing goes wrong, and what was held back comes.
    package func heal() { state.withLock { $0.isHealed = true } }

    package func publish(_ messages: [BusMessage]) throws(BusFailure) {
        let (out, isRefused) = state.withLock { $0.mangle(messages, faults) }
        try bus.publish(out)
        if isRefused { throw .unavailable }
    }

    package func subscribe(
        _ log: LogName, partitions: Set<UInt16>?,
        deliver: @escaping @Sendable ([BusMessage]) -> Void
    ) {
        bus.subscribe(log, partitions: partitions, deliver: deliver)
    }
}

extension FaultyBus.State {
    fileprivate mutating func mangle(
        _ messages: [BusMessage], _ faults: FaultyBus.Faults
    ) -> (out: [BusMessage], isRefused: Bool) {
        var out = release()
        guard !isHealed else { return (out + messages, false) }
        for message in messages {
            let one = message.isBeacon ? 0 : 1
            if random.hits(faults.lose) {
                toll.lost += one
            } else if random.hits(faults.delay) {
                toll.delayed += one
                held.append((1 + Int(random.next() % 5), message))
            } else {
                out.append(message)
                if random.hits(faults.repeat) {
                    toll.repeated += one
                    out.append(message)
                }
            }
        }
        for index in out.indices.dropLast() where random.hits(faults.reorder) {
            if out[index] != out[index + 1] && !out[index].isBeacon { toll.reordered += 1 }
            out.swapAt(index, index + 1)
        }
        guard random.hits(faults.refuse) else { return (out, false) }
        if messages.contains(where: { !$0.isBeacon }) { toll.refused += 1 }
        return (Array(out.prefix(Int(random.next() % UInt64(out.count + 1)))), true)
    }

    /// What was held back long enough.
    private mutating func release() -> [BusMessage] {
        for index in held.indices { held[index].publications -= 1 }
        let ready = held.filter { $0.publications <= 0 || isHealed }.map(\.message)
        held.removeAll { $0.publications <= 0 || isHealed }
        return ready
    }
}
