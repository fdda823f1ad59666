// SPDX-License-Identifier: Apache-2.0
/// Readers see what was acknowledged, all of it and at once. Checked where an adapter has readers.

import Ports
import Testing

extension StoreContract {
    static let readers = [readersSeeCommits, readersSeeOwners, readersFindNothing]

    static let readersSeeCommits = Self("a reader sees every acknowledged commit at once") {
        medium in
        guard let reader = medium.reader?() else { return }
        let owner = try medium.opened()
        for turn in 1...20 as ClosedRange<Int64> {
            let frame = owner.frame(.orders, turn)
            let value = [UInt8(turn)]
            let rows: [RowChange] = [
                .put("sample", [1], value, due: turn), .put("turn_\(turn)", [], value),
            ]
            #expect(owner.commit([frame], rows: rows) == .committed)
            #expect(try reader.row(RowKey("sample", [1])) == Row([1], value, due: turn))
            #expect(try reader.row(RowKey("turn_\(turn)", [])) == Row([], value))
            #expect(try reader.frames(of: .orders, after: turn - 1, limit: 9) == [frame])
            #expect(try reader.contents().heads[.orders]?.position == turn)
        }
        #expect(owner.commit(rows: [.delete("sample", [1])]) == .committed)
        #expect(try reader.row(RowKey("sample", [1])) == nil)
    }

    static let readersSeeOwners = Self("a reader goes on when the owner changes") { medium in
        guard let reader = medium.reader?() else { return }
        let first = try medium.opened()
        #expect(first.commit([first.frame(.orders, 1)]) == .committed)
        #expect(try reader.contents().epoch == first.epoch)
        let second = try medium.opened()
        #expect(second.commit([second.frame(.orders, 2)]) == .committed)
        #expect(try reader.contents() == StoreContents(epoch: second.epoch, heads: [
            .orders: .init(position: 2, chain: second.frame(.orders, 2).chain)
        ]))
        let frames = try reader.frames(of: .orders, after: 0, limit: .max)
        #expect(frames == [first.frame(.orders, 1), second.frame(.orders, 2)])
    }

    static let readersFindNothing = Self("a reader finds nothing where nothing was written") {
        medium in
        guard let reader = medium.reader?() else { return }
        let owner = try medium.opened()
        #expect(try reader.contents() == StoreContents(epoch: owner.epoch, heads: [:]))
        #expect(try reader.row(RowKey("sample", [1])) == nil)
        #expect(try reader.rows(in: "sample", after: nil, isDueOnly: true, limit: 5) == [])
        #expect(try reader.frames(of: .orders, after: 0, limit: 5) == [])
        // What is written later is found by the reader that found nothing.
        let rows = [RowChange.put("sample", [1], [1], due: 1)]
        #expect(owner.commit([owner.frame(.orders, 1)], rows: rows) == .committed)
        let found = try reader.rows(in: "sample", after: nil, isDueOnly: true, limit: 5)
        #expect(found == [Row([1], [1], due: 1)])
        #expect(try reader.frames(of: .orders, after: 0, limit: 5).count == 1)
    }
}
