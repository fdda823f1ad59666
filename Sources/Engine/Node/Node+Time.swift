// SPDX-License-Identifier: Apache-2.0
/// Corrections of a node's time: when it starts long after it stopped, when the clock was set, and
/// when its store was written in the future.

package import Kernel
package import Ports

extension Node {
    /// The node's time: that of its last batch or, before the first, of the last that its store
    /// holds.
    package var moment: Timestamp { now }

    /// When the first of the runners wants to be woken.
    package var nextDue: Timestamp? { runners.compactMap(\.nextDue).min() }

    /// The process begins at `moment`, once the node is open. That may lie before the last moment
    /// in the store, which was then written while the clock was ahead.
    package func start(at moment: Timestamp) {
        let passed = moment.since(now)
        for runner in runners {
            runner.retime(by: min(passed, .milliseconds(0)), after: now, at: moment)
        }
        // Nobody knows whether it was away for so long, or the clock is ahead.
        let absence = moment.since(retention.seen ?? now)
        if now.milliseconds > 0, absence > Self.absenceMax { keepReplies(by: absence, at: moment) }
        now = moment
    }

    /// The clock was set by `shift` and shows `moment` now. Timers and the retention of answers
    /// keep their length.
    package func setTime(by shift: Span, to moment: Timestamp) {
        for runner in runners {
            runner.retime(by: shift, after: Timestamp(milliseconds: .min), at: moment)
        }
        keepReplies(by: shift, at: moment)
        now = moment
    }

    /// The greatest key of each table of `log`'s runner that there has ever been.
    package func greatestKeys(of log: LogName) -> [[UInt8]] {
        runners.first { $0.log == log }?.greatestKeys ?? []
    }

    private static var absenceMax: Span { .hours(1) }

    private func keepReplies(by shift: Span, at moment: Timestamp) {
        retention.shift(by: shift)
        _ = retention.see(moment)
        storeRetention()
    }

    /// With the next commit.
    func storeRetention() {
        let row = retention.row
        rows.removeAll { $0.table == row.table && $0.key == row.key }
        rows.append(row)
    }
}
