// SPDX-License-Identifier: Apache-2.0
/// The promises about questions: every store answers as a plain look at all rows would.

import Ports
import Testing

/// A shelf of random books, and what a plain look finds among them.
private struct Library {
    let rows: [ViewRow]
    let words: [ViewRow]
    var draws = Draws(seed: 11)

    init(_ medium: ViewsMedium) throws {
        let views = try medium.opened()
        let generation = try views.create(.shelf)
        let titles = ["", "a", "ab", "abc", "ac", "é", "e\u{301}", "b\u{10ffff}", "b"]
        var draws = Draws(seed: 5)
        rows = (0..<200).map { number in
            let year: Int64? = draws.below(3) == 0 ? nil : Int64(draws.below(6))
            return book(
                "\(draws.below(4))", Int64(number), title: titles[draws.below(titles.count)],
                author: draws.below(2) == 0 ? nil : titles[draws.below(titles.count)],
                pages: Int64(draws.below(9)), year: year, cover: [UInt8(draws.below(3))])
        }
        words = [("x", "a"), ("x", "abc"), ("y", "é"), ("z", "none")]
            .map { [.text($0), .text($1)] }
        try views.insert(rows, of: generation)
        try views.insert(words, into: .words, of: generation)
        try views.publish(generation)
    }

    /// Filters of every form, with the plain test that they stand for.
    var filters: [(filter: ViewFilter, test: (ViewRow) -> Bool)] {
        let books = ViewTable.books
        let (title, author, pages) = (books["title"], books["author"], books["pages"])
        let (year, cover, shelf) = (books["year"], books["cover"], books["shelf"])
        let written: Set<ViewValue> = [.text("a"), .text("abc")]
        return [
            (.equals(shelf, .text("2")), { $0[0] == .text("2") }),
            (.equals(title, .text("é")), { $0[2] == .text("é") }),
            (.equals(author, .null), { $0[3] == .null }),
            (.equals(cover, .bytes([1])), { $0[6] == .bytes([1]) }),
            (.isOneOf(pages, [.int(1), .int(5)]), { $0[4] == .int(1) || $0[4] == .int(5) }),
            (.isOneOf(author, []), { _ in false }),
            (.range(pages, from: .int(2), to: .int(5)), { (2..<5).contains($0[4].int ?? -1) }),
            (.range(year, from: .int(3), to: nil), { ($0[5].int ?? -1) >= 3 }),
            (.range(year, from: nil, to: .int(3)), { ($0[5].int ?? 9) < 3 }),
            (.range(year, from: nil, to: nil), { $0[5] != .null }),
            (.range(title, from: .text("ab"), to: .text("b")),
             { $0[2] >= .text("ab") && $0[2] < .text("b") }),
            (.hasPrefix(title, "a"), { $0[2].text?.utf8.first == UInt8(ascii: "a") }),
            (.hasPrefix(title, "b\u{10ffff}"), { $0[2] == .text("b\u{10ffff}") }),
            (.hasPrefix(author, ""), { $0[3] != .null }),
            (.isPresent(author), { $0[3] != .null }),
            (.isFound(
                title, .words, found: ViewTable.words["title"],
                filters: [.equals(ViewTable.words["word"], .text("x"))]),
             { written.contains($0[2]) }),
        ]
    }

    func plain(_ tests: [(ViewRow) -> Bool], _ query: ViewQuery) -> [ViewRow] {
        rows.filter { row in tests.allSatisfy { $0(row) } }.sorted { one, other in
            let (one, other) = (query.keysetPosition(of: one), query.keysetPosition(of: other))
            return query.isDescending ? other.precedes(one) : one.precedes(other)
        }
    }
}

extension ViewsContract {
    static let questions = [
        answersFilters, answersPages, beginsAnywhere, takesIndexes, countsBounded,
        refusesBadQuestions,
    ]

    static let answersFilters = Self("answers every filter as a plain look would") { medium in
        let library = try Library(medium)
        for (filter, test) in library.filters {
            let query = ViewQuery(.books, [filter], limit: 1_000)
            let answer = try medium.reader.answer(
                [.rows(query), .count(.books, [filter], atMost: 1_000)], of: .shelf)
            let plain = library.plain([test], query)
            #expect(answer.results[0] == plain, "\(filter)")
            #expect(answer.count(1) == plain.count, "\(filter)")
        }
    }

    static let answersPages = Self("answers filters together, in every order, page by page") {
        medium in
        var library = try Library(medium)
        let orders: [ViewColumn?] = [
            nil, ViewTable.books["pages"], ViewTable.books["title"], ViewTable.books["shelf"],
            ViewTable.books["number"],
        ]
        for turn in 0..<120 {
            let some = (0..<library.draws.below(4)).map { _ in
                library.filters[library.draws.below(library.filters.count)]
            }
            var query = ViewQuery(
                .books, some.map(\.filter), order: orders[turn % orders.count],
                isDescending: library.draws.below(2) == 0, limit: 1 + library.draws.below(40))
            let all = library.plain(some.map(\.test), query)
            var paged: [ViewRow] = []
            while true {
                let page = try medium.reader.answer([.rows(query)], of: .shelf).results[0]
                #expect(page.count <= query.limit)
                paged += page
                guard let last = page.last, page.count == query.limit else { break }
                query.after = query.keysetPosition(of: last)
            }
            #expect(paged == all, "\(query)")
        }
    }

    static let beginsAnywhere = Self("begins after a place where no row is") { medium in
        let library = try Library(medium)
        var query = ViewQuery(.books, order: ViewTable.books["pages"], limit: 1_000)
        query.after = [.int(4), .text("2"), .int(-1)]
        let plain = library.plain([], query).filter { row in
            query.after?.precedes(query.keysetPosition(of: row)) ?? false
        }
        #expect(try medium.reader.answer([.rows(query)], of: .shelf).results == [plain])
    }

    static let takesIndexes = Self("takes the index that is named, and does without it") { medium in
        let library = try Library(medium)
        for index in ViewTable.books.indexes {
            for (filter, test) in library.filters {
                let query = ViewQuery(.books, [filter], limit: 1_000, index: index)
                let answer = try medium.reader.answer([.rows(query)], of: .shelf)
                #expect(answer.results[0] == library.plain([test], query), "\(query)")
            }
        }
    }

    static let countsBounded = Self("counts no further than it is asked to") { medium in
        _ = try Library(medium)
        for most in [0, 1, 199, 200, 201] {
            let answer = try medium.reader.answer(
                [.count(.books, [], atMost: most)], of: .shelf)
            #expect(answer.count(0) == min(most, 200))
        }
        #expect(
            try medium.reader.answer([.rows(ViewQuery(.books, limit: 0))], of: .shelf).results
                == [[]])
    }

    static let refusesBadQuestions = Self("refuses questions that do not fit") { medium in
        _ = try Library(medium)
        let books = ViewTable.books
        let bad: [ViewQuestion] = [
            .rows(ViewQuery(.thinBooks)), .count(.onlyWords, [], atMost: 1),
            .count(.books, [], atMost: -1), .rows(ViewQuery(.books, limit: -1)),
            .rows(ViewQuery(.books, limit: ViewQuery.limitMax + 1)),
            .rows(ViewQuery(.books, order: books["year"])),
            .rows(ViewQuery(.books, order: ViewTable.words["title"])),
            .rows(ViewQuery(.books, after: [.int(1)])),
            .rows(ViewQuery(.books, after: [.int(1), .text("a")])),
            .rows(ViewQuery(.books, index: ViewIndex("cover"))),
            .rows(ViewQuery(.books, [.equals(books["title"], .int(1))])),
            .rows(ViewQuery(.books, [.equals(books["title"], .null)])),
            .rows(ViewQuery(.books, [.equals(ViewTable.words["title"], .text(""))])),
            .rows(ViewQuery(.books, [.isOneOf(books["author"], [.null])])),
            .rows(
                ViewQuery(
                    .books,
                    [.isOneOf(books["pages"], Array(repeating: .int(1), count: 501))])),
            .rows(ViewQuery(.books, [.range(books["pages"], from: .text("1"), to: nil)])),
            .rows(ViewQuery(.books, [.range(books["year"], from: nil, to: .null)])),
            .rows(ViewQuery(.books, [.hasPrefix(books["pages"], "1")])),
            .rows(
                ViewQuery(
                    .books,
                    [
                        .isFound(
                            books["pages"], .words, found: ViewTable.words["title"],
                            filters: [])
                    ])),
        ]
        for question in bad {
            #expect(throws: ViewFailure.badQuestion, "\(question)") {
                try medium.reader.answer([question], of: .shelf)
            }
        }
    }
}
