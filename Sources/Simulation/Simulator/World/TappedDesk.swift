// SPDX-License-Identifier: Apache-2.0
/// Listens at a desk: the facts of each batch are handed over when the batch is committed, and
/// forgotten when it is not.

import Kernel
import NodeEngine
import Ports

/// Facts of one log that have just become durable.
struct CommittedNews {
    let role: Int
    let news: [News]
}

/// Where the desks of a node put what they committed, until the world collects it.
final class Tap {
    private(set) var committed: [CommittedNews] = []
    /// Facts of batches that came to nothing; kept only when somebody wants them.
    var forgotten: [any Fact]?

    func put(_ news: CommittedNews) { committed.append(news) }

    func drain(_ body: (CommittedNews) -> Void) {
        for news in committed { body(news) }
        committed.removeAll(keepingCapacity: true)
    }
}

final class TappedDesk: DecoratedDesk {
    let base: any AnyDesk
    private let role: Int
    private let tap: Tap
    private var heard: [News] = []

    init(_ base: any AnyDesk, role: Int, tap: Tap) {
        self.base = base
        self.role = role
        self.tap = tap
    }

    func exchangeNews(_ empty: inout [News]) {
        base.exchangeNews(&empty)
        heard.append(contentsOf: empty)
    }

    func settle(
        _ turn: inout Turn, desk: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        base.settle(&turn, desk: desk, recent: recent, now: now)
        guard !heard.isEmpty else { return }
        tap.put(CommittedNews(role: role, news: heard))
        heard.removeAll(keepingCapacity: true)
    }

    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        if tap.forgotten != nil { tap.forgotten?.append(contentsOf: heard.map(\.fact)) }
        heard.removeAll(keepingCapacity: true)
        base.forget(&turn, problem: problem, now: now)
    }
}
