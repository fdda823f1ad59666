// SPDX-License-Identifier: Apache-2.0
/// Watches the wall clock: logs its jumps, takes an operator's confirmation, and stores the last
/// trusted reading for the next process.

import Foundation
import Kernel
import Logging
import NodeRuntime
import Ports
import SystemAdapter

struct ClockWatch: Sendable {
    let clock: TrustedClock
    private let anchor: ClockAnchor
    private let confirmation: String

    private static let interval = Duration.seconds(1)
    /// An anchor that is so little off is good enough.
    private static let anchorError = Span.milliseconds(100)

    init(_ settings: HouseSettings) {
        anchor = ClockAnchor(path: "\(settings.data)/clock")
        confirmation = Self.confirmation(settings.data)
        // A confirmation from before this start was meant for an earlier process.
        unlink(confirmation)
        clock = TrustedClock(SystemClock(), anchor: anchor.read(), settings: settings.clock)
    }

    /// The file by which an operator says that the wall clock is right.
    static func confirmation(_ data: String) -> String { "\(data)/clock.confirmed" }

    func run() async throws {
        var kept: ClockReading?
        while true {
            let status = clock.status
            for alarm in clock.takeAlarms() { Self.log(alarm) }
            if kept.map({ isOff($0, status.believed) }) ?? true {
                kept = status.believed
                // Without it the next process takes the wall clock as it is.
                try? anchor.write(status.believed)
            }
            // Always removed, so that it does not confirm a later jump.
            if unlink(confirmation) == 0, status.isDoubted { clock.confirm() }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func isOff(_ kept: ClockReading, _ believed: ClockReading) -> Bool {
        let error = believed.wall.since(kept.wall(at: believed.elapsed))
        return error > Self.anchorError
            || error < Span(milliseconds: -Self.anchorError.milliseconds)
    }

    private static func log(_ alarm: ClockAlarm) {
        func metadata(_ ahead: Span) -> Logger.Metadata {
            ["aheadMilliseconds": "\(ahead.milliseconds)"]
        }
        let logger = Logger.current
        switch alarm {
        case .doubted(let ahead):
            logger.error(
                "clock jump not trusted yet", metadata: metadata(ahead))
        case .undone: logger.notice("clock is as expected again")
        case .believed(let ahead):
            logger.error("clock jump trusted", metadata: metadata(ahead))
        case .storeAhead(let ahead):
            logger.error("clock is far behind the store's last moment", metadata: metadata(ahead))
        }
    }
}

/// How an operator tells a running house that its clock is right.
package enum ClockConfirmation {
    /// The house in `data` believes its wall clock within a second, if it does not already.
    package static func give(data: String) throws {
        guard try DataDirectory.manifest(of: data) != nil else {
            throw HouseFailure.foreignData("There is no house in \(data).")
        }
        let path = ClockWatch.confirmation(data)
        guard FileManager.default.createFile(atPath: path, contents: Data()) else {
            throw HouseFailure.unusableData("Can't write \(path).")
        }
    }
}
