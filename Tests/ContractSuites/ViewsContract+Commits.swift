// SPDX-License-Identifier: Apache-2.0
/// The promises about commits: rows and cursors change together, or not at all.

import Ports
import Testing

/// Texts that a store could take for others, or cut off.
let awkwardTexts = [
    "", "a", "A", "a ", "\u{0}", "a\u{0}b", "e\u{301}", "\u{e9}", "ß", "ss", "Å", "A\u{30a}",
    "\u{10ffff}", "日本", "👩‍👩‍👧", "'; --", "\"", "%_", "\\", "1", "01", "1e3", "null",
    String(repeating: "x", count: 5_000),
]

extension ViewsContract {
    static let commits = [
        keepsValues, tellsTextsApart, changesRows, takesManyRows, movesCursors,
        keepsNothingOfBadCommits,
    ]

    static let keepsValues = Self("keeps every value as it was given") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        let numbers: [Int64] = [.min, -1, 0, 1, .max]
        var rows: [ViewRow] = awkwardTexts.enumerated().map { number, text in
            book(
                "texts", Int64(number), title: text, author: text, cover: Array(text.utf8),
                seal: [])
        }
        rows += numbers.map { book("numbers", $0, pages: $0, year: $0, cover: [0, 255]) }
        rows += [book("nulls", 0)]
        try views.insert(rows, of: generation)
        for row in rows {
            let key = ViewTable.books.key(of: row)
            #expect(try views.row(key, in: .books, of: generation) == row)
        }
        try views.publish(generation)
        let sorted = rows.sorted { $0.precedes($1) }
        #expect(try medium.rows(of: .books) == sorted)
    }

    static let tellsTextsApart = Self("tells texts apart that only look alike") { medium in
        let views = try medium.opened()
        let generation = try views.create(.words)
        let table = ViewTable.onlyWords
        try views.insert(
            awkwardTexts.map { [.text($0)] }, into: table, of: generation)
        try views.change([([.text("e\u{301}")], nil)], of: table, in: generation)
        #expect(try views.row([.text("e\u{301}")], in: table, of: generation) == nil)
        #expect(try views.row([.text("\u{e9}")], in: table, of: generation) != nil)
    }

    static let changesRows = Self("changes and deletes rows") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        let first = book("a", 1, title: "one", author: "x", pages: 1, cover: [1])
        let second = book("a", 2, title: "two", year: 1_990, seal: [2])
        try views.insert([first, second], of: generation)
        let changed = book("a", 1, title: "one", pages: 2, year: 3, cover: [], seal: [9])
        try views.change([(first, changed), (second, nil)], in: generation)
        try views.publish(generation)
        #expect(try medium.rows(of: .books) == [changed])
        // Nothing changes, and a key whose row was deleted can be inserted again.
        try views.change([(changed, changed), (nil, second)], in: generation)
        #expect(try medium.rows(of: .books) == [changed, second])
    }

    static let takesManyRows = Self("takes many rows at once, in any order") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        var draws = Draws(seed: 7)
        let numbers = (0..<1_000).map { ($0 * 617) % 1_000 }
        let rows = numbers.map { number in
            book("\(number % 7)", Int64(number), title: "t\(draws.below(50))", pages: 1)
        }
        try views.insert(rows, of: generation)
        try views.publish(generation)
        #expect(try medium.rows(of: .books) == rows.sorted { $0.precedes($1) })
    }

    static let movesCursors = Self("moves cursors with the rows of their commit") { medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        try views.publish(generation)
        try views.insert([book("a", 1)], of: generation, cursor: .sample(3))
        try views.insert([book("a", 2)], of: generation, cursor: .sample(15))
        try views.insert([], of: generation, cursor: .sample(4, of: .stock))
        let answer = try medium.reader.answer(
            [.count(.books, [], atMost: 10)], of: .shelf)
        #expect(
            answer.cursors == [.orders: .sample(15), .stock: .sample(4, of: .stock)])
        #expect(answer.count(0) == 2)
    }

    static let keepsNothingOfBadCommits = Self("keeps nothing of a commit that does not fit") {
        medium in
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        let stored = book("a", 1, title: "one")
        try views.insert([stored], of: generation, cursor: .sample(1))
        try views.publish(generation)
        let absent = book("a", 9)
        let bad: [[(old: ViewRow?, new: ViewRow?)]] = [
            [(nil, book("b", 1)), (nil, stored)],
            [(nil, book("b", 1)), (absent, book("a", 9, title: "new"))],
            [(nil, book("b", 1)), (absent, nil)],
        ]
        for rows in bad {
            #expect(throws: ViewFailure.constraint) {
                try views.change(rows, in: generation, cursor: .sample(2))
            }
            let answer = try medium.reader.answer([.rows(ViewQuery(.books))], of: .shelf)
            #expect(answer.results == [[stored]])
            #expect(answer.cursors == [.orders: .sample(1)])
        }
        try views.insert([book("b", 1)], of: generation, cursor: .sample(2))
        #expect(try medium.rows(of: .books).count == 2)
    }
}
