// SPDX-License-Identifier: Apache-2.0
/// The logs of a house for those who read all of them.

import Kernel
import NodeEngine
import Ports
import ServiceModel

struct HouseFacts: FactDoor {
    let codecs: [LogName: LogCodec]
    let readers: [LogName: any Reader]
    let currentHeads: @Sendable () -> [LogName: Int64]

    var heads: [LogName: Int64] { currentHeads() }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        guard let reader = readers[log] else { return [] }
        return try reader.frames(of: log, after: position, limit: limit)
    }

    /// Looks twenty times a second: those who wait are few, and a look copies some numbers.
    func waitForMore(than heads: [LogName: Int64], atMost patience: Span) async -> Span {
        let clock = ContinuousClock()
        let end = clock.now + .milliseconds(patience.milliseconds)
        while currentHeads() == heads, clock.now < end {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
        }
        return .milliseconds(max(0, Int64((end - clock.now) / .milliseconds(1))))
    }
}
