// SPDX-License-Identifier: Apache-2.0
/// What brought an event about.

import Kernel

public enum Cause: Sendable, Equatable {
    /// Time: something fell due.
    case time
    /// As much time had elapsed as was to be waited for, though the clock, which had been ahead,
    /// did not show the due moment yet.
    case elapsedTime
    /// A command of a caller, by the request's identity; zero when it had none.
    case command(InputID)
    /// A fact of another service.
    case fact(LogName, Int64)

    /// As it is shown to people and carried by buses: `evt_payments/0/17`.
    public var text: String {
        switch self {
        case .time: "time"
        case .elapsedTime: "elapsed-time"
        case .command(let id):
            "cmd_" + Hex.text(UUIDv7(high: id.high, low: id.low).bytes)
        case .fact(let log, let position): "evt_\(log)/\(position)"
        }
    }

    /// Nil when `text` is not of that form.
    public init?(text: String) {
        switch text {
        case "time": self = .time
        case "elapsed-time": self = .elapsedTime
        default:
            if text.hasPrefix("cmd_"), let id = Hex.bytes(text.dropFirst(4)).flatMap(UUIDv7.init) {
                self = .command(InputID(high: id.high, low: id.low))
            } else if text.hasPrefix("evt_"), let slash = text.lastIndex(of: "/"),
                let log = LogName(text: String(text.dropFirst(4).prefix(upTo: slash))),
                let position = Int64(text[text.index(after: slash)...]), position > 0
            {
                self = .fact(log, position)
            } else {
                return nil
            }
        }
    }
}
