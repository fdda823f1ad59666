// SPDX-License-Identifier: Apache-2.0
/// The promises about generations: a new one is filled beside the one that readers see.

import Ports
import Testing

extension ViewsContract {
    static let generations = [
        isEmptyAtFirst, showsWhatIsPublished, fillsBesideTheOld, goesOnUnpublished,
        givesUpUnpublished, knowsShapes, removesGenerations, takesKeywords, forgetsEverything,
    ]

    static let isEmptyAtFirst = Self("is empty at first") { medium in
        let stored = try medium.stored()
        #expect(stored == [])
        #expect(throws: ViewFailure.notReady) { try medium.rows(of: .books) }
    }

    static let showsWhatIsPublished = Self("shows a generation when it is published") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        try views.insert([book("a", 1)], of: generation, cursor: .sample(12))
        #expect(throws: ViewFailure.notReady) { try medium.rows(of: .books) }
        try views.publish(generation)
        #expect(try medium.rows(of: .books) == [book("a", 1)])
        let stored = try #require(try medium.stored().first)
        #expect(stored.generation == generation && stored.isPublished)
        #expect(stored.cursors == [.orders: .sample(12)])
        #expect(stored.version == 1 && stored.shape == ViewSchema.shelf.shape)
    }

    static let fillsBesideTheOld = Self("fills a new generation beside the old, and switches") {
        medium in
        let views = try medium.opened()
        let old = try views.create(.shelf)
        try views.insert([book("a", 1)], of: old, cursor: .sample(1))
        try views.publish(old)
        let new = try views.create(.newerShelf)
        #expect(new.number > old.number)
        try views.insert([book("b", 2)], of: new, cursor: .sample(2, of: .stock))
        #expect(try medium.rows(of: .books) == [book("a", 1)])
        // The old one goes on meanwhile.
        try views.insert([book("a", 2)], of: old, cursor: .sample(2))
        #expect(try medium.rows(of: .books).count == 2)
        try views.publish(new)
        #expect(try medium.rows(of: .books) == [book("b", 2)])
        #expect(try medium.stored().map(\.generation) == [new])
        #expect(try medium.stored().map(\.cursors) == [[.stock: .sample(2, of: .stock)]])
        #expect(throws: (any Error).self) { try views.insert([book("a", 3)], of: old) }
    }

    static let goesOnUnpublished = Self("keeps an unpublished generation for the next opening") {
        medium in
        let new = try {
            let views = try medium.opened()
            try views.publish(try views.create(.shelf))
            let new = try views.create(.newerShelf)
            try views.insert([book("b", 2)], of: new, cursor: .sample(7))
            return new
        }()
        let stored = try medium.stored()
        #expect(stored.map(\.isPublished) == [true, false])
        #expect(stored.map(\.version) == [1, 2])
        #expect(stored.last?.cursors == [.orders: .sample(7)])
        let views = try medium.opened()
        #expect(try views.row([.text("b"), .int(2)], in: .books, of: new) == book("b", 2))
        try views.publish(new)
        #expect(try medium.rows(of: .books) == [book("b", 2)])
    }

    static let givesUpUnpublished = Self("gives up an unpublished generation for a newer one") {
        medium in
        let views = try medium.opened()
        let first = try views.create(.shelf)
        try views.insert([book("a", 1)], of: first, cursor: .sample(1))
        let second = try views.create(.shelf)
        #expect(second.number > first.number)
        #expect(try medium.stored().map(\.generation) == [second])
        #expect(try views.row([.text("a"), .int(1)], in: .books, of: second) == nil)
    }

    static let knowsShapes = Self("shows rows only to who knows tables of their shape") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        try views.publish(generation)
        #expect(try medium.rows(of: .books, in: .newerShelf) == [])
        #expect(throws: ViewFailure.notReady) {
            try medium.rows(of: .thinBooks, in: .thinShelf)
        }
        try views.publish(try views.create(.thinShelf))
        #expect(try medium.rows(of: .thinBooks, in: .thinShelf) == [])
        #expect(throws: ViewFailure.notReady) { try medium.rows(of: .books) }
    }

    static let removesGenerations = Self("removes a generation, and nothing of others") { medium in
        let views = try medium.opened()
        let old = try views.create(.shelf)
        try views.insert([book("a", 1)], of: old)
        try views.publish(old)
        let new = try views.create(.shelf)
        let other = try views.create(.words)
        try views.publish(other)
        try views.remove(new)
        #expect(try medium.stored().map(\.generation) == [old, other])
        #expect(try medium.rows(of: .books) == [book("a", 1)])
        #expect(throws: (any Error).self) { try views.insert([book("a", 2)], of: new) }
        try views.remove(old)
        try views.remove(ViewGeneration("never-there", 77))
        #expect(try medium.stored().map(\.generation) == [other])
        #expect(throws: ViewFailure.notReady) { try medium.rows(of: .books) }
        #expect(try medium.rows(of: .onlyWords, in: .words) == [])
    }

    static let takesKeywords = Self("takes names that are keywords of SQL") { medium in
        let table = ViewTable.keywords
        let views = try medium.opened()
        let generation = try views.create(.keywords)
        let rows = (1...40 as ClosedRange<Int64>).map { number -> ViewRow in
            [.int(number % 4), .int(number), .text("t\(number)"), .null]
        }
        try views.insert(rows, into: table, of: generation)
        let changed: ViewRow = [rows[0][0], rows[0][1], .text("new"), .int(5)]
        try views.change([(rows[0], changed), (rows[1], nil)], of: table, in: generation)
        #expect(try views.row(table.key(of: changed), in: table, of: generation) == changed)
        try views.publish(generation)
        let (group, to, select) = (table["group"], table["to"], table["select"])
        let some: [ViewFilter] = [
            .equals(group, .int(1)), .isOneOf(to, [.text("new"), .text("t5")]), .isPresent(select),
            .range(to, from: .text("m"), to: nil), .hasPrefix(to, "n"),
            .isFound(group, table, found: table["index"], filters: [.isPresent(to)]),
        ]
        let after: ViewKey = [.text("n"), .int(0), .int(0)]
        for index in [nil] + table.indexes.map(Optional.some) {
            let query = ViewQuery(table, some, order: to, after: after, index: index)
            let answer = try medium.reader.answer(
                [.rows(query), .count(table, some, atMost: 9)], of: .keywords)
            #expect(answer.results[0] == [changed] && answer.count(1) == 1)
        }
        // And again beside it.
        try views.publish(try views.create(.keywords))
        #expect(try medium.rows(of: table, in: .keywords) == [])
    }

    static let forgetsEverything = Self("forgets everything when it is told to") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        try views.insert([book("a", 1)], of: generation)
        try views.publish(generation)
        let empty = medium.writer()
        #expect(try empty.open(isErasing: true) == [])
        let next = try empty.create(.shelf)
        try empty.publish(next)
        #expect(try empty.row([.text("a"), .int(1)], in: .books, of: next) == nil)
    }
}
