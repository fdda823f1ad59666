// SPDX-License-Identifier: Apache-2.0
/// The books are there before the answer, survive what the process does not, and are read back as
/// they were written.

import Foundation
import JSONCodec
import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Keeping books` {
    private let folder = TemporaryFolder()
    private let clock = ManualClock()

    private func provider(
        _ change: (inout SandboxPayments.Settings) -> Void = { _ in }
    ) throws -> SandboxPayments {
        var settings = SandboxPayments.Settings()
        change(&settings)
        return try SandboxPayments(books: folder.books, clock: clock, settings: settings)
    }

    private static let line =
        #"{"at":1767323045678,"payment":"019b7ca98f2e70078000000000000001","#
        + #""operation":"authorize","outcome":"done","amount":1500,"currency":"EUR","#
        + #""reference":"au_8000000000000001"}"#

    @Test func `a fact is a line of JSON that anybody can read`() async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.authorize))
        _ = await provider.answer(ProviderCall(.authorize, id(2), token: "tok_declined"))
        #expect(folder.lines[0] == Self.line)
        for line in folder.lines {
            let json = try JSONDocument(parsing: Array(line.utf8)).root
            #expect(json["at"]?.int64 == 1_767_323_045_678)
            #expect(json["amount"]?.int64 == 1_500 && json["currency"]?.string == "EUR")
        }
        let second = try JSONDocument(parsing: Array(folder.lines[1].utf8)).root
        #expect(second["outcome"]?.string == "card-declined" && second["reference"] == nil)
    }

    @Test func `a fact is booked before it is answered`() async throws {
        let provider = try provider()
        let folder = folder
        for number in 0..<50 as Range<UInt64> {
            await provider.perform([ProviderCall(.authorize, id(number))]) { _ in
                #expect(folder.lines.count == Int(number) + 1 && folder.text.hasSuffix("\n"))
            }
        }
    }

    @Test func `a restarted provider remembers every operation`() async throws {
        let before = try provider()
        let calls = [
            ProviderCall(.authorize), ProviderCall(.capture, id(1), 1_200),
            ProviderCall(.authorize, id(2), token: "tok_declined"),
            ProviderCall(.voidAuthorization, id(3)), ProviderCall(.authorize, id(3)),
            ProviderCall(.capture, id(4)),
        ]
        let first = await before.answers(calls).map(\.1)
        let text = folder.text
        let after = try provider()
        #expect(await after.answers(calls).map(\.1) == first)
        let questions = calls.map { ProviderCall.asking($0.operation, $0.payment) }
        #expect(await after.answers(questions).map(\.1) == first)
        #expect(folder.text == text)
        let over = await after.answer(ProviderCall(.capture, id(5)))
        #expect(over == .refused(code: "no-authorization"))
    }

    @Test func `a restarted provider still limits the capture`() async throws {
        _ = await (try provider()).answer(ProviderCall(.authorize))
        let answer = await (try provider()).answer(ProviderCall(.capture, id(1), 1_501))
        #expect(answer == .refused(code: "exceeds-authorization"))
    }

    @Test func `a torn last line is cut off and its operation is new again`() async throws {
        let before = try provider()
        _ = await before.answers([ProviderCall(.authorize), ProviderCall(.authorize, id(2))])
        let text = folder.text
        for cut in 1..<folder.lines[1].utf8.count + 1 {
            try folder.write(String(text.dropLast(cut)))
            #expect(try PaymentBook.read(folder.books).payments.count == 1)
            let after = try provider()
            #expect(await after.answer(.asking(.authorize)) != .notFound)
            #expect(await after.answer(.asking(.authorize, id(2))) == .notFound)
            #expect(await after.answer(ProviderCall(.authorize, id(2)))?.isDone == true)
            #expect(folder.text == text)
        }
    }

    @Test(arguments: ["", "{", #"{"at":17673"#])
    func `books that never got a whole line are empty`(text: String) async throws {
        try folder.write(text)
        let provider = try provider()
        #expect(await provider.answer(.asking(.authorize)) == .notFound)
        #expect(try PaymentBook.read(folder.books).payments.isEmpty)
        #expect(await provider.answer(ProviderCall(.authorize))?.isDone == true)
        #expect(folder.lines == [Self.line])
    }

    @Test(
        arguments: [
            "", "{}", "nonsense", line + " ", " " + line, line.replacing("1500", with: "15.0"),
            line.replacing("EUR", with: "EUX"), line.replacing("done", with: "gone"),
            line.replacing("authorize", with: "refund"), line.replacing("019b", with: "019B"),
            line.replacing("au_8", with: "au_9"), String(line.dropLast()), line + line,
            line.replacing("1767323045678", with: "99999999999999999999"),
        ])
    func `a line that is no fact spoils the books`(bad: String) async throws {
        try folder.write(Self.line + "\n" + bad + "\n" + Self.line + "\n")
        #expect(throws: BooksFailure.corrupt(line: 2)) { try PaymentBook.read(folder.books) }
        let provider = try provider()
        #expect(throws: BooksFailure.corrupt(line: 2)) { try provider.load() }
        #expect(await provider.answer(ProviderCall(.authorize)) == .unavailable)
    }

    @Test func `a line without an end in sight spoils the books`() throws {
        try folder.write(Self.line + "\n" + String(repeating: "x", count: 9_000) + "\n")
        #expect(throws: BooksFailure.corrupt(line: 2)) { try PaymentBook.read(folder.books) }
    }

    @Test func `long books are read in pieces`() async throws {
        let provider = try provider()
        let numbers = 0..<5_000 as Range<UInt64>
        _ = await provider.answers(numbers.map { ProviderCall(.authorize, id($0)) })
        let payments = try PaymentBook.read(folder.books).payments
        #expect(payments.count == 5_000)
        #expect(numbers.allSatisfy { payments[id($0)]?.authorizations == 1 })
    }

    @Test func `amounts of any size come back`() async throws {
        let provider = try provider()
        let amounts = [0, 1, 9, 10, .max, .max - 1] as [Int64]
        for (index, amount) in amounts.enumerated() {
            let call = ProviderCall(.authorize, id(UInt64(index)), amount)
            #expect(await provider.answer(call)?.isDone == true)
        }
        let payments = try PaymentBook.read(folder.books).payments
        #expect(amounts.indices.map { payments[id(UInt64($0))]?.authorized } == amounts)
    }

    @Test func `no books are empty books, but no folder is a failure`() throws {
        #expect(try PaymentBook.read("\(folder.path)/none").payments.isEmpty)
        let path = "\(folder.path)/none/books"
        #expect(throws: BooksFailure.unavailable) {
            try SandboxPayments(books: path, clock: clock)
        }
    }

    @Test(arguments: [(0, 1), (86_399_999, 1), (86_400_000, 2)])
    func `a key is remembered for its window`(age: Int64, authorizations: Int) async throws {
        let provider = try provider()
        for _ in 0..<2 {
            _ = await provider.answer(ProviderCall(.authorize))
            clock.advance(by: Span(milliseconds: age))
        }
        let entry = try PaymentBook.read(folder.books).payments[id(1)]
        #expect(entry?.authorizations == authorizations)
    }

    @Test func `a key that is forgotten lets the house pay twice, and the books show it`()
        async throws
    {
        let provider = try provider { $0.keyWindow = .hours(2) }
        for _ in 0..<2 {
            _ = await provider.answers([ProviderCall(.authorize), ProviderCall(.capture)])
            clock.advance(by: .hours(2))
        }
        let entry = try PaymentBook.read(folder.books).payments[id(1)]
        #expect(entry?.captures == 2 && entry?.captured == 3_000 && entry?.authorizations == 2)
        #expect(await provider.answer(.asking(.capture))?.isDone == true, "asking never ages")
    }
}
