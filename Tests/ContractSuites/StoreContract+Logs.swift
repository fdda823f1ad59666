// SPDX-License-Identifier: Apache-2.0
/// Logs are dense, append-only, and read back as they were written.

import Ports
import Testing

extension StoreContract {
    static let logs = [
        appendsInOrder, startsAtOne, refusesGaps, refusesOverlaps, refusesEmptyFrames,
        keepsLogsApart, takesSeveralFrames, isAtomic, dropsOldFrames, keepsTheLastFrame,
    ]

    static let appendsInOrder = Self("reads back byte for byte what it appended") { medium in
        let owner = try medium.opened()
        let written = [
            owner.frame(.orders, 1), owner.frame(.orders, 2, count: 3),
            owner.frame(.orders, 5, count: 256), owner.frame(.orders, 261),
        ]
        for frame in written { #expect(owner.commit([frame]) == .committed) }
        #expect(try owner.frames(.orders) == written)
    }

    static let startsAtOne = Self("a log begins at position 1") { medium in
        let owner = try medium.opened()
        for first in [-1, 0, 2, Int64.max] as [Int64] {
            #expect(owner.commit([owner.frame(.orders, first)]) == .refused(.conflict))
        }
        #expect(try owner.frames(.orders) == [])
        #expect(owner.commit([owner.frame(.orders, 1)]) == .committed)
    }

    static let refusesGaps = Self("a gap in the positions is refused and leaves nothing") {
        medium in
        let owner = try medium.opened()
        let row = RowChange.put("sample", [1], [2])
        #expect(owner.commit([owner.frame(.orders, 1, count: 2)]) == .committed)
        #expect(owner.commit([owner.frame(.orders, 4)], rows: [row]) == .refused(.conflict))
        #expect(try owner.frames(.orders).map(\.last) == [2])
        #expect(try owner.rows("sample") == [])
        #expect(owner.commit([owner.frame(.orders, 3)], rows: [row]) == .committed)
    }

    static let refusesOverlaps = Self("a position that is taken is refused") { medium in
        let owner = try medium.opened()
        let first = owner.frame(.orders, 1, count: 3)
        #expect(owner.commit([first]) == .committed)
        for start in [1, 2, 3] as [Int64] {
            let again = owner.frame(.orders, start, count: 5, bytes: [9])
            #expect(owner.commit([again]) == .refused(.conflict))
        }
        #expect(try owner.frames(.orders) == [first])
    }

    static let refusesEmptyFrames = Self("a frame without records is refused") { medium in
        let owner = try medium.opened()
        #expect(owner.commit([owner.frame(.orders, 1, count: 0)]) == .refused(.conflict))
        #expect(try owner.frames(.orders) == [])
    }

    static let keepsLogsApart = Self("several logs grow in one batch, each by itself") { medium in
        let owner = try medium.opened()
        let names = [
            LogName("a", 0), LogName("a", 1), LogName("a.replies", 0), LogName("ab", 0),
        ]
        for turn in 0..<3 as Range<Int64> {
            let frames = names.enumerated().map { index, name in
                owner.frame(name, 1 + turn * Int64(index + 1), count: index + 1)
            }
            #expect(owner.commit(frames) == .committed)
        }
        for (index, name) in names.enumerated() {
            let frames = try owner.frames(name)
            #expect(frames.map(\.log) == [name, name, name])
            #expect(frames.last?.last == Int64(3 * (index + 1)))
        }
    }

    static let takesSeveralFrames = Self("a batch may hold several frames of one log") { medium in
        let owner = try medium.opened()
        let frames = [
            owner.frame(.orders, 1, count: 2), owner.frame(.stock, 1), owner.frame(.orders, 3),
            owner.frame(.orders, 4, count: 2),
        ]
        #expect(owner.commit(frames) == .committed)
        #expect(try owner.frames(.orders) == [frames[0], frames[2], frames[3]])
        #expect(try owner.frames(.stock) == [frames[1]])
    }

    static let isAtomic = Self("a conflict in the middle of a batch leaves none of it") { medium in
        let owner = try medium.opened()
        let before = owner.frame(.orders, 1)
        #expect(owner.commit([before], rows: [.put("sample", [1], [1])]) == .committed)
        let outcome = owner.commit(
            [
                owner.frame(.orders, 2), owner.frame(.stock, 1), owner.frame(.orders, 4),
                owner.frame(LogName("late"), 1),
            ],
            rows: [
                .put("sample", [1], [2]), .put("sample", [2], [2]), .delete("sample", [1]),
                .put("unheard_of", [1], [1]),
            ], dropping: [.orders: 1])
        #expect(outcome == .refused(.conflict))
        #expect(try owner.frames(.orders) == [before])
        #expect(try owner.frames(.stock) == [])
        #expect(try owner.rows("sample") == [Row([1], [1])])
        #expect(try owner.rows("unheard_of") == [])
        let rest = [
            owner.frame(.orders, 2), owner.frame(.stock, 1), owner.frame(LogName("late"), 1),
        ]
        #expect(owner.commit(rest, rows: [.put("unheard_of", [1], [1])]) == .committed)
    }

    static let dropsOldFrames = Self("drops the frames that end at or below a position") { medium in
        let owner = try medium.opened()
        let frames = [
            owner.frame(.orders, 1, count: 3), owner.frame(.orders, 4, count: 3),
            owner.frame(.orders, 7), owner.frame(.stock, 1), owner.frame(.stock, 2),
        ]
        #expect(owner.commit(frames) == .committed)
        #expect(owner.commit(dropping: [.orders: 2]) == .committed)
        #expect(try owner.frames(.orders).map(\.first) == [1, 4, 7])
        #expect(owner.commit(dropping: [.orders: 5, LogName("none"): 5]) == .committed)
        #expect(try owner.frames(.orders).map(\.first) == [4, 7])
        #expect(try owner.store.frames(of: .orders, after: 1, limit: 1) == [frames[1]])
        #expect(try owner.frames(.stock).count == 2)
        #expect(owner.commit([owner.frame(.orders, 8)], dropping: [.orders: 6]) == .committed)
        #expect(try owner.frames(.orders).map(\.first) == [7, 8])
        let head = try medium.opened().contents.heads[.orders]
        #expect(head?.position == 8)
    }

    static let keepsTheLastFrame = Self("never drops the last frame: it holds the log's place") {
        medium in
        let owner = try medium.opened()
        #expect(owner.commit([owner.frame(.orders, 1), owner.frame(.orders, 2)]) == .committed)
        #expect(owner.commit(dropping: [.orders: .max]) == .committed)
        #expect(try owner.frames(.orders).map(\.first) == [2])
        #expect(owner.commit([owner.frame(.orders, 1)]) == .refused(.conflict))
        let next = try medium.opened()
        #expect(next.contents.heads[.orders]?.position == 2)
        #expect(next.commit([next.frame(.orders, 3)], dropping: [.orders: 3]) == .committed)
        #expect(try next.frames(.orders).map(\.first) == [3])
    }
}
