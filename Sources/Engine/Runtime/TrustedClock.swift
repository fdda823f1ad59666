// SPDX-License-Identifier: Apache-2.0
/// The one clock of a process: everything in it that asks for the time goes by the same.

package import Kernel
package import Ports
import Synchronization

/// The machine's clocks, as far as they can be trusted. `now` goes back only when a jump of the
/// wall clock is believed.
package final class TrustedClock: Ports.Clock {
    private let clock: any Ports.Clock
    private let time: Mutex<TrustedTime>

    /// `anchor` is what an earlier process believed since the machine was booted.
    package init(
        _ clock: any Ports.Clock, anchor: ClockReading? = nil,
        settings: TrustedTime.Settings = TrustedTime.Settings()
    ) {
        self.clock = clock
        time = Mutex(
            TrustedTime(at: clock.reading, anchor: anchor, settings: settings))
    }

    package func now() -> Timestamp { look().at }

    package func elapsed() -> Span { clock.elapsed() }

    /// The time, and the sum of the jumps that were believed since the process began.
    package func look() -> (at: Timestamp, steps: Span) {
        time.withLock { time in (time.read(clock.reading), time.steps) }
    }

    /// The time at which a node begins whose store's last moment is `last`.
    package func start(after last: Timestamp) -> (at: Timestamp, steps: Span) {
        time.withLock { time in
            _ = time.read(clock.reading)
            return (time.start(after: last), time.steps)
        }
    }

    /// An operator says that the wall clock is right.
    package func confirm() { time.withLock { $0.confirm() } }

    package func takeAlarms() -> [ClockAlarm] { time.withLock { $0.takeAlarms() } }

    /// What the house shows of its clock.
    package struct Status: Sendable, Equatable {
        /// The time that the house goes by.
        package let at: Timestamp
        /// What the wall clock shows.
        package let wall: Timestamp
        /// True while the house goes by what has elapsed, since the wall clock jumped.
        package let isDoubted: Bool
        /// The last reading that was believed.
        package let believed: ClockReading
    }

    package var status: Status {
        time.withLock { time in
            let reading = clock.reading
            return Status(
                at: time.read(reading), wall: reading.wall, isDoubted: time.isDoubting,
                believed: time.believed)
        }
    }
}
