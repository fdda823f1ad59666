// SPDX-License-Identifier: Apache-2.0
/// Makes ids that ascend in time, whatever becomes of the clock.

package import Kernel
package import Ports
import Synchronization

/// Ids with the time of their making. It never goes back, not even where the clock does, and not
/// behind ids that an earlier process made: new ones stay at the end of every index and list.
package final class IDGenerator: Sendable {
    private let clock: any Ports.Clock
    private let entropy: any Entropy
    private let pace: Mutex<Pace>
    /// Logs whose last id is not known yet.
    private let unknown: Atomic<Int>

    /// `logs` is how many logs will say which id is their last.
    package init(clock: any Ports.Clock, entropy: any Entropy, logs: Int = 0) {
        self.clock = clock
        self.entropy = entropy
        pace = Mutex(Pace(at: clock.now(), elapsed: clock.elapsed()))
        unknown = Atomic(logs)
    }

    /// True once every log has said which id is its last.
    package var isReady: Bool { unknown.load(ordering: .acquiring) <= 0 }

    /// The next id in `bucket`.
    package func next(bucket: UInt16) -> UUIDv7 {
        let moment = pace.withLock { pace in
            pace.follow(clock.now(), elapsed: clock.elapsed(), isBounded: false)
        }
        return UUIDv7(
            milliseconds: moment.milliseconds, bucket: bucket, entropy: entropy.next())
    }

    /// A log's last id is `last`, nil when it has none: ids come after it, from the next
    /// millisecond on.
    package func start(after last: UUIDv7?) {
        if let last {
            let floor = Timestamp(milliseconds: last.milliseconds + 1)
            pace.withLock { $0.raise(to: floor) }
        }
        unknown.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }
}
