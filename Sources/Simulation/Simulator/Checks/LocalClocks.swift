// SPDX-License-Identifier: Apache-2.0
/// The clocks of a place that there is only in simulation: chosen so that what counts is near a
/// midnight, or near the hour that its clocks leap over or show twice.

import Kernel
import Ports

struct LocalClocks: TimeZones {
    static let name = "Simulated/Place"

    private static let quarter: Int64 = 900_000
    private static let day: Int64 = 86_400_000

    /// How far clocks are ahead of UTC, but from `leap` on until `fall`: then it is an hour more.
    private let ahead: Int64
    private let leap: Int64
    private let fall: Int64

    /// Clocks change at whole quarters of an hour, as they do everywhere.
    init(seed: UInt64, near moments: [Timestamp]) {
        var stream = RandomStream(seed: seed, "place")
        let sorted = moments.map(\.milliseconds).sorted()
        let moment = sorted.isEmpty ? 0 : sorted[Int(stream.below(UInt64(sorted.count)))]
        let quarter = moment.floored(by: Self.quarter) * Self.quarter
        let change = quarter + Int64(stream.within(-4...4)) * Self.quarter
        let length = Int64(stream.within(3...200)) * Self.day
        // It is the leap that is near, or the fall.
        leap = stream.coin() ? change : change - length
        fall = leap + length
        var shown = Int64(stream.within(-44...56)) * Self.quarter
        if stream.coin() {
            // The quarter begins at midnight, or within half an hour of it.
            let past = quarter - quarter.floored(by: Self.day) * Self.day
            let near = stream.coin() ? 0 : Int64(stream.within(-2...2)) * Self.quarter
            shown = near - past < -Self.day / 2 ? near - past + Self.day : near - past
        }
        ahead = (leap..<fall).contains(quarter) ? shown - 4 * Self.quarter : shown
    }

    func offset(at moment: Timestamp) -> Int64 {
        let isSummer = (leap..<fall).contains(moment.milliseconds)
        return isSummer ? ahead + 4 * Self.quarter : ahead
    }

    func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)? {
        guard name == Self.name else { return nil }
        return { offset(at: $0) }
    }
}
