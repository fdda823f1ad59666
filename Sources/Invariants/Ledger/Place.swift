// SPDX-License-Identifier: Apache-2.0
/// Where an event stands and what brought it about, in numbers: the checks of every step compare no
/// texts.

package import Kernel
package import Ports

/// A log, as a number that one ledger gave to its name.
package struct LogNumber: Hashable, Sendable {
    let raw: UInt8
}

/// The contexts whose facts are checked.
package enum LogKind: UInt8, CaseIterable, Sendable {
    case orders, inventory, payments, shipping, notifications

    package var service: String {
        switch self {
        case .orders: "orders"
        case .inventory: "inventory"
        case .payments: "payments"
        case .shipping: "shipping"
        case .notifications: "notifications"
        }
    }
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

/// A fact that an event answers: which log, where; nothing when it answers none.
struct Heard: Sendable {
    let source: LogKind?
    private let log: LogNumber
    let position: Int64

    var isFact: Bool { source != nil }

    @inline(__always)
    init(_ place: Place, _ logs: Logs) {
        guard case .fact(let log, let position) = place.origin else {
            self.log = place.log
            source = nil
            position = 0
            return
        }
        source = logs.kind(log)
        self.log = log
        self.position = position
    }

    /// True unless the fact is one of `kind`, is noted, and `milestone` lies behind it or nowhere.
    func isKept(by milestone: Int64, in kind: LogKind, _ logs: Logs) -> Bool {
        guard source == kind else { return true }
        if milestone != 0 && milestone <= position { return true }
        return position > logs.head(log)
    }
}
