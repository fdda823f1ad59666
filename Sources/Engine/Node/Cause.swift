// SPDX-License-Identifier: Apache-2.0
/// What brought an event about.

import Kernel
public import Ports

@usableFromInline package enum Cause: Sendable, Equatable {
    /// Time: something fell due.
    case time
    /// As much time had elapsed as was to be waited for, though the clock, which had been ahead,
    /// did not show the due moment yet.
    case elapsedTime
    /// A command of a caller, by the request's identity; zero when it had none.
    case command(InputID)
    /// A fact of another service.
    case fact(LogName, Int64)

    @usableFromInline var text: String {
        switch self {
        case .time: "time"
        case .elapsedTime: "elapsed-time"
        case .command(let id):
            "cmd_" + Hex.text(UUIDv7(high: id.high, low: id.low).bytes)
        case .fact(let log, let position): "evt_\(log)/\(position)"
        }
    }
}
