// SPDX-License-Identifier: Apache-2.0
/// One writer at a time; what it was told is kept, the next owner finds.

import Kernel
import Ports
import Testing

extension StoreContract {
    static let owners = [
        fencesTheStale, fencesForeignEpochs, findsEverythingAgain, opensTwice, countsEpochs,
    ]

    static let fencesTheStale = Self("a writer is fenced once another owner has begun") { medium in
        let old = try medium.opened()
        let first = old.frame(.orders, 1)
        #expect(old.commit([first]) == .committed)
        let new = try medium.opened()
        #expect(new.epoch > old.epoch)
        let late = old.commit([old.frame(.orders, 2)], rows: [.put("sample", [1], [1])])
        #expect(late == .fenced)
        #expect(old.commit(rows: [.put("sample", [1], [1])]) == .fenced)
        #expect(old.commit(dropping: [.orders: 1]) == .fenced)
        #expect(try new.frames(.orders) == [first])
        #expect(try new.rows("sample") == [])
        #expect(new.commit([new.frame(.orders, 2)]) == .committed)
        #expect(old.commit([old.frame(.orders, 3)]) == .fenced)
    }

    static let fencesForeignEpochs = Self("a batch of any other epoch is fenced") { medium in
        let owner = try medium.opened()
        for epoch in [.min, 0, owner.epoch - 1, owner.epoch + 1, .max] as [Int64] {
            var batch = Batch(epoch: epoch)
            batch.rows = [.put("sample", [1], [1])]
            #expect(owner.store.commit(batch) == .fenced)
        }
        #expect(try owner.rows("sample") == [])
    }

    static let findsEverythingAgain = Self("the next owner finds what was committed") { medium in
        let old = try medium.opened()
        let frames = [
            old.frame(.orders, 1, count: 2), old.frame(.stock, 1), old.frame(.orders, 3),
        ]
        let rows: [RowChange] = [.put("sample", [2], [1], due: 4), .put("other", [1], [])]
        #expect(old.commit(frames, rows: rows) == .committed)
        #expect(old.commit([old.frame(.orders, 9)]) == .refused(.conflict))
        let new = try medium.opened()
        let heads = [
            LogName.orders: StoreContents.Head(position: 3, chain: frames[2].chain),
            LogName.stock: StoreContents.Head(position: 1, chain: frames[1].chain),
        ]
        #expect(new.contents.heads == heads)
        #expect(try new.frames(.orders) == [frames[0], frames[2]])
        #expect(try new.frames(.stock) == [frames[1]])
        #expect(try new.rows("sample") == [Row([2], [1], due: 4)])
        #expect(try new.rows("other") == [Row([1], [])])
        #expect(new.commit([new.frame(.orders, 4), new.frame(.stock, 2)]) == .committed)
    }

    static let opensTwice = Self("an owner may open again, to see what became of a commit") {
        medium in
        let owner = try medium.opened()
        #expect(owner.commit([owner.frame(.orders, 1)]) == .committed)
        let again = Owner(store: owner.store, contents: try owner.store.open())
        #expect(again.epoch > owner.epoch)
        #expect(again.contents.heads[.orders]?.position == 1)
        #expect(owner.commit([owner.frame(.orders, 2)]) == .fenced)
        #expect(again.commit([again.frame(.orders, 2)]) == .committed)
        #expect(try again.frames(.orders).map(\.epoch) == [owner.epoch, again.epoch])
    }

    static let countsEpochs = Self("every opening begins a greater epoch, empty or not") { medium in
        var epochs: [Int64] = []
        for _ in 0..<5 { epochs.append(try medium.opened().epoch) }
        #expect(epochs == epochs.sorted())
        #expect(Set(epochs).count == 5)
        #expect(epochs[0] > 0)
    }
}
