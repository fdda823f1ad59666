// SPDX-License-Identifier: Apache-2.0
/// Whatever is asked of a store, in whatever order, it holds what a few dictionaries would hold.

import Ports
import Testing

/// The least that keeps the promises.
private struct Model {
    var frames: [LogName: [Frame]] = [:]
    var rows: [String: [[UInt8]: Row]] = [:]

    func head(_ log: LogName) -> Int64 { frames[log]?.last?.last ?? 0 }

    mutating func apply(_ batch: Batch) {
        for frame in batch.frames { frames[frame.log, default: []].append(frame) }
        for change in batch.rows {
            rows[change.table, default: [:]][change.key] = change.value.map {
                Row(key: change.key, value: $0, due: change.due)
            }
        }
        for (log, position) in batch.dropped {
            let last = head(log)
            frames[log]?.removeAll { $0.last <= position && $0.last != last }
        }
    }
}

extension StoreContract {
    static let histories = [1, 2, 3].map(history)

    private static func history(_ seed: UInt64) -> StoreContract {
        Self("holds what a model holds after random history \(seed)") { medium in
            var draws = Draws(seed: seed)
            var model = Model()
            var owner = try medium.opened()
            for _ in 0..<150 {
                let batch = draws.batch(epoch: owner.epoch, model)
                switch draws.below(10) {
                case 0:
                    owner = try medium.opened()
                    #expect(owner.contents.heads.mapValues(\.position) == model.heads)
                case 1:
                    var wrong = batch
                    let log = draws.log()
                    let gap = model.head(log) + Int64(draws.below(3)) + 100
                    wrong.frames.append(owner.frame(log, gap))
                    #expect(owner.store.commit(wrong) == .refused(.conflict))
                default:
                    #expect(owner.store.commit(batch) == .committed)
                    model.apply(batch)
                }
            }
            try compare(model, owner)
            try compare(model, try medium.opened())
        }
    }

    private static func compare(_ model: Model, _ owner: Owner) throws {
        for log in Draws.logs { #expect(try owner.frames(log) == model.frames[log] ?? []) }
        for table in Draws.tables {
            let expected = (model.rows[table] ?? [:]).values.sorted {
                $0.key.lexicographicallyPrecedes($1.key)
            }
            #expect(try owner.rows(table) == expected)
            let due = try owner.store.rows(in: table, after: nil, isDueOnly: true, limit: .max)
            #expect(due == expected.filter { $0.due != nil })
        }
    }
}

extension Model {
    fileprivate var heads: [LogName: Int64] {
        frames.compactMapValues { $0.last?.last }
    }
}

extension Draws {
    fileprivate static let logs = [LogName("a"), LogName("a", 1), LogName("b")]
    fileprivate static let tables = ["one", "two", "three"]

    fileprivate mutating func log() -> LogName { Self.logs[below(3)] }

    fileprivate mutating func batch(epoch: Int64, _ model: Model) -> Batch {
        var batch = Batch(epoch: epoch)
        var heads: [LogName: Int64] = [:]
        for _ in 0..<below(4) {
            let log = log()
            let first = (heads[log] ?? model.head(log)) + 1
            let frame = Frame.sample(
                log, first, count: 1 + below(4), epoch: epoch, bytes: bytes(below(200)))
            heads[log] = frame.last
            batch.frames.append(frame)
        }
        for _ in 0..<below(8) {
            let key = bytes(1 + below(2)).map { $0 % 7 }
            let table = Self.tables[below(3)]
            let due = below(2) == 0 ? Int64(below(1_000)) : nil
            batch.rows.append(
                below(4) == 0 ? .delete(table, key) : .put(table, key, bytes(below(40)), due: due))
        }
        if below(8) == 0 {
            let log = log()
            batch.dropped[log] = Int64(below(Int(model.head(log)) + 2))
        }
        return batch
    }
}
