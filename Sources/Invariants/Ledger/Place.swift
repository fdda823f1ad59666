// SPDX-License-Identifier: Apache-2.0
/// Where an event stands and what brought it about, in numbers: the checks of every step compare no
/// texts.

package import Kernel
package import Ports

/// A log, as a number that one ledger gave to its name.
package struct LogNumber: Hashable, Sendable {
    let raw: Int32

    init(_ index: Int) { raw = Int32(index) }

    var index: Int { Int(raw) }

    static let none = LogNumber(-1)
}

/// A service, by its place in the list of those that are checked.
package struct ServiceNumber: Hashable, Sendable {
    let raw: Int32

    init(_ index: Int) { raw = Int32(index) }

    var index: Int { Int(raw) }

    static let none = ServiceNumber(-1)
}

/// What brought an event about.
package enum Origin: Sendable, Equatable {
    /// Whoever notes the event doesn't know: what depends on it is not checked.
    case unknown
    case time
    /// As much time had elapsed as was to be waited for, by whatever clock.
    case elapsedTime
    case command(InputID)
    case fact(LogNumber, Int64)
}

/// An event's place in its log and in its stream.
package struct Place: Sendable {
    package var log: LogNumber
    package var position: Int64
    /// The event's number in its stream, from 1.
    package var version: Int64
    /// The position of the stream's event before it; 0 for the first.
    package var previous: Int64
    package var origin: Origin
    /// When its batch was decided.
    package var at: Timestamp

    package init(
        log: LogNumber, position: Int64, version: Int64, previous: Int64, origin: Origin,
        at: Timestamp
    ) {
        self.log = log
        self.position = position
        self.version = version
        self.previous = previous
        self.origin = origin
        self.at = at
    }
}

/// A fact that an event answers: of which service, in which log, where.
package struct Heard: Sendable {
    /// The event answers none.
    static let nothing = Heard(service: .none, log: .none, position: 0)

    let service: ServiceNumber
    let log: LogNumber
    let position: Int64

    var isFact: Bool { service != .none }

    private init(service: ServiceNumber, log: LogNumber, position: Int64) {
        self.service = service
        self.log = log
        self.position = position
    }

    @inline(__always)
    init(_ place: Place, _ logs: Logs) {
        guard case .fact(let log, let position) = place.origin else {
            self = .nothing
            return
        }
        self.init(service: logs.service(log), log: log, position: position)
    }
}
