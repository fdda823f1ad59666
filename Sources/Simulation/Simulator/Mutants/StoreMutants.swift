// SPDX-License-Identifier: Apache-2.0
/// Planted bugs below the engine and at its borders: stores that break their promises, answers that
/// are not what was stored.

import Kernel
import NodeEngine
import Ports

extension Mutant {
    static let stores = [
        Mutant("store-acknowledges-too-early", trips: "O4", needs: .deaths) { cast in
            cast.store = { BentStore($0, .writesBehind) }
        },
        Mutant("store-loses-some-rows", trips: "Q1") { cast in
            cast.store = { BentStore($0, .losesRows) }
        },
        Mutant("store-loses-the-index-of-answers", trips: "O8", needs: .deaths) { cast in
            cast.store = { BentStore($0, .losesAnswers) }
        },
        Mutant("store-keeps-commits-that-it-refused", trips: "E1", needs: .deaths) { cast in
            cast.store = { BentStore($0, .refusesAndKeeps) }
        },
        Mutant("store-turns-a-bit", trips: "E10") { cast in
            cast.store = { BentStore($0, .turnsBits) }
        },
        Mutant("store-fences-nobody", trips: "Q5", needs: .deaths) { cast in
            cast.store = { BentStore($0, .fencesNobody) }
        },
    ]

    static let borders = [
        Mutant("answer-made-anew-for-a-repeat", trips: "I1") { cast in
            cast.reply = { reply in
                guard reply.isReplayed else { return reply }
                return Reply(
                    status: reply.status, body: reply.body + [0x20], version: reply.version,
                    location: reply.location, isReplayed: true)
            }
        },
        Mutant("answer-good-although-refused", trips: "O4", needs: .deaths) { cast in
            cast.reply = { reply in
                guard reply.status == 503 else { return reply }
                return Reply(
                    status: 201, body: reply.body, location: "/v1/orders/ord_0")
            }
        },
    ]
}

/// A store with one flaw.
final class BentStore: Store {
    enum Flaw {
        case writesBehind, losesRows, losesAnswers, refusesAndKeeps, turnsBits, fencesNobody
    }

    private let store: any Store
    private let flaw: Flaw
    private var behind: Batch?
    private var commits = 0
    private var epoch: Int64 = 0

    init(_ store: any Store, _ flaw: Flaw) {
        self.store = store
        self.flaw = flaw
    }

    func open() throws(StoreFailure) -> StoreContents {
        let contents = try store.open()
        epoch = contents.epoch
        return contents
    }

    func commit(_ batch: Batch) -> CommitOutcome {
        commits += 1
        switch flaw {
        case .writesBehind:
            flush()
            behind = batch
            return .committed
        case .losesRows:
            var thin = batch
            if commits.isMultiple(of: 5), thin.rows.count > 1 {
                thin.rows.removeAll { $0.value != nil && $0.key.count == 16 }
            }
            return store.commit(thin)
        case .losesAnswers:
            var thin = batch
            thin.rows.removeAll { $0.table.hasPrefix("replies_") }
            return store.commit(thin)
        case .refusesAndKeeps:
            let outcome = store.commit(batch)
            return commits.isMultiple(of: 40) ? .refused(.busy) : outcome
        case .turnsBits: return store.commit(turned(batch))
        case .fencesNobody: return commitAnyway(batch)
        }
    }

    private func flush() {
        guard let behind else { return }
        self.behind = nil
        _ = store.commit(behind)
    }

    private func turned(_ batch: Batch) -> Batch {
        guard commits.isMultiple(of: 7), let frame = batch.frames.last, !frame.bytes.isEmpty,
            !frame.log.service.hasSuffix(".replies")
        else { return batch }
        var batch = batch
        var bytes = frame.bytes
        bytes[bytes.count - 1] ^= 1
        batch.frames[batch.frames.count - 1] = Frame(
            log: frame.log, first: frame.first, count: frame.count, epoch: frame.epoch,
            at: frame.at, bytes: bytes, chain: frame.chain)
        return batch
    }

    private func commitAnyway(_ batch: Batch) -> CommitOutcome {
        let outcome = store.commit(batch)
        guard outcome == .fenced, let contents = try? store.open() else { return outcome }
        var forged = Batch(epoch: contents.epoch)
        forged.frames = batch.frames
        forged.rows = batch.rows
        return store.commit(forged)
    }

    func load(_ keys: [RowKey]) throws(StoreFailure) -> [Row?] {
        flush()
        return try store.load(keys)
    }

    func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        flush()
        return try store.frames(of: log, after: position, limit: limit)
    }

    func rows(
        in table: String, after: [UInt8]?, isDueOnly: Bool, limit: Int
    ) throws(StoreFailure) -> [Row] {
        flush()
        return try store.rows(in: table, after: after, isDueOnly: isDueOnly, limit: limit)
    }
}
