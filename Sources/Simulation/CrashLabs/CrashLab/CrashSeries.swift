// SPDX-License-Identifier: Apache-2.0
/// Which places are struck: for each kind of call the 1st, 2nd, 3rd …, until the house lives
/// through a whole job untouched.

import Synchronization

/// The places of one kind of call, after `prefix` was struck.
struct CrashSeries: Sendable {
    let prefix: [CrashPoint]
    let fault: CrashFault
    let scope: CrashScope
    let call: String
    var isLasting = false
    let stride: Int

    var next = 1
    /// Lives in turn that were not struck.
    var untouched = 0
    /// Enough of them were not: there are no more such places.
    var isOver = false

    /// One life may happen to need fewer calls than another; three in turn do not. A sample takes
    /// the first one's word.
    private var untouchedMax: Int { stride == 1 ? 3 : 1 }
    /// strace can't count further.
    private static let indexMax = 65_535

    var point: CrashPoint {
        CrashPoint(fault, scope, call, next, isLasting: isLasting)
    }

    mutating func note(_ index: Int, wasStruck: Bool) {
        untouched = wasStruck ? 0 : untouched + 1
        if index + stride > Self.indexMax { isOver = true }
        // A call that is not even made once is not made at all.
        if !wasStruck && index == 1 || untouched >= untouchedMax { isOver = true }
    }
}

/// Hands out the cases of many series to several workers, after a list of single ones.
final class CrashSchedule: Sendable {
    private let state: Mutex<(singles: ArraySlice<[CrashPoint]>, series: [CrashSeries])>

    init(_ series: [CrashSeries], singles: [[CrashPoint]] = []) {
        state = Mutex((singles[...], series))
    }

    /// The next case, and the number of its series if it is of one; nil when there are no more.
    func take() -> (series: Int?, points: [CrashPoint])? {
        state.withLock { state in
            if let single = state.singles.popFirst() { return (nil, single) }
            guard let number = state.series.firstIndex(where: { !$0.isOver }) else { return nil }
            let points = state.series[number].prefix + [state.series[number].point]
            state.series[number].next += state.series[number].stride
            return (number, points)
        }
    }

    func note(_ number: Int?, _ outcome: CrashOutcome) {
        guard let number, let last = outcome.points.last else { return }
        let wasStruck = outcome.struck == outcome.points.count
        state.withLock { $0.series[number].note(last.index, wasStruck: wasStruck) }
    }
}
