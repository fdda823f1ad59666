// SPDX-License-Identifier: Apache-2.0
/// What the door counts: connections, bytes held, and every caller that it turned away. Operators
/// see it in the body of `/health/ready`.

package import JSONCodec
import Synchronization

/// The figures of one door; shared by its connections.
package final class DoorFigures: Sendable {
    /// Why a connection was ended by the door.
    enum End: String, CaseIterable {
        case tooManyConnections, tooManyHeldBytes, idle, headTimeout, bodyTimeout, answerTimeout
        case malformed, tooLarge
    }

    struct Counts: Sendable {
        var open = 0
        /// Those that are being told that there are too many.
        var turnedAway = 0
        var opened: Int64 = 0
        var requests: Int64 = 0
        var heldBytes = 0
        var heldBytesPeak = 0
        fileprivate var ends = [Int64](repeating: 0, count: End.allCases.count)

        subscript(end: End) -> Int64 { ends[DoorFigures.index(of: end)] }
    }

    private let counts = Mutex(Counts())

    package init() {}

    private static func index(of end: End) -> Int { End.allCases.firstIndex(of: end) ?? 0 }

    var now: Counts { counts.withLock { $0 } }

    /// Counts a new connection; false when there are `max` already.
    func open(max: Int) -> Bool {
        counts.withLock {
            $0.opened += 1
            guard $0.open < max else { return false }
            $0.open += 1
            return true
        }
    }

    /// Counts one that was not counted as open; false when there are `max` already.
    func turnAway(max: Int) -> Bool {
        counts.withLock {
            $0.turnedAway += 1
            return $0.turnedAway <= max
        }
    }

    func close(isTurnedAway: Bool = false) {
        counts.withLock {
            if isTurnedAway { $0.turnedAway -= 1 } else { $0.open -= 1 }
        }
    }

    func ask() { counts.withLock { $0.requests += 1 } }

    func count(_ end: End) { counts.withLock { $0.ends[Self.index(of: end)] += 1 } }

    /// Adds to the bytes held; false, and nothing is added, when that is more than `max`.
    func hold(_ bytes: Int, max: Int) -> Bool {
        counts.withLock {
            guard bytes <= max - $0.heldBytes else { return false }
            $0.heldBytes += bytes
            $0.heldBytesPeak = Swift.max($0.heldBytesPeak, $0.heldBytes)
            return true
        }
    }

    func release(_ bytes: Int) {
        if bytes > 0 { counts.withLock { $0.heldBytes -= bytes } }
    }

    /// As a JSON object.
    package func write(to json: inout JSONWriter) {
        let now = now
        json.beginObject()
        for (name, value) in [
            ("connections", Int64(now.open)), ("opened", now.opened), ("requests", now.requests),
            ("heldBytes", Int64(now.heldBytes)), ("heldBytesPeak", Int64(now.heldBytesPeak)),
        ] {
            json.key(name)
            json.int(value)
        }
        json.key("ended")
        json.beginObject()
        for end in End.allCases {
            json.key(end.rawValue)
            json.int(now[end])
        }
        json.endObject()
        json.endObject()
    }
}
