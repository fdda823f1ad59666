// SPDX-License-Identifier: Apache-2.0
/// The rules by which the sandbox's provider takes payments, on both sides of each.

import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Paying in the sandbox` {
    private let folder = TemporaryFolder()
    private let clock = ManualClock()

    private func provider() throws -> SandboxPayments {
        try SandboxPayments(books: folder.books, clock: clock)
    }

    @Test(arguments: ["tok_ok", "", "tok_of_a_future_house", "pm_123"])
    func `a good card is authorized and captured`(token: String) async throws {
        let provider = try provider()
        let authorized = await provider.answer(ProviderCall(.authorize, token: token))
        #expect(authorized == .done(reference: "au_8000000000000001"))
        let captured = await provider.answer(ProviderCall(.capture, token: token))
        #expect(captured == .done(reference: "ca_8000000000000001"))
        let entry = try PaymentBook.read(folder.books).payments[id(1)]
        #expect(entry?.authorized == 1_500 && entry?.authorizations == 1)
        #expect(entry?.captured == 1_500 && entry?.captures == 1)
        #expect(entry?.currency == .eur && entry?.isVoided == false && entry?.declined == nil)
    }

    @Test(
        arguments: [
            ("tok_declined", "card-declined"), ("tok_insufficient_funds", "insufficient-funds"),
        ])
    func `a bad card is refused, and nothing can be captured`(
        token: String, code: String
    ) async throws {
        let provider = try provider()
        #expect(
            await provider.answer(ProviderCall(.authorize, token: token)) == .refused(code: code))
        let captured = await provider.answer(ProviderCall(.capture, token: token))
        #expect(captured == .refused(code: "no-authorization"))
        let entry = try PaymentBook.read(folder.books).payments[id(1)]
        #expect(entry?.declined == code && entry?.authorizations == 0 && entry?.captures == 0)
    }

    @Test func `a card that is good no more is authorized, and not captured`() async throws {
        let provider = try provider()
        let token = "tok_capture_declined"
        let authorized = await provider.answer(ProviderCall(.authorize, token: token))
        #expect(authorized?.isDone == true)
        for _ in 0..<2 {
            let captured = await provider.answer(ProviderCall(.capture, token: token))
            #expect(captured == .refused(code: "capture-declined"))
        }
        let entry = try PaymentBook.read(folder.books).payments[id(1)]
        #expect(entry?.authorized == 1_500 && entry?.captures == 0 && entry?.declined == nil)
    }

    @Test(arguments: [(0, true), (1, true), (1_499, true), (1_500, true), (1_501, false)])
    func `no more is captured than was authorized`(amount: Int64, isDone: Bool) async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.authorize))
        let answer = await provider.answer(ProviderCall(.capture, id(1), amount))
        #expect(answer?.isDone == isDone)
        if !isDone { #expect(answer == .refused(code: "exceeds-authorization")) }
        let captured = try PaymentBook.read(folder.books).payments[id(1)]?.captured
        #expect(captured == (isDone ? amount : 0))
    }

    @Test func `nothing is captured in another currency`() async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.authorize))
        let pounds = ProviderCall(
            payment: id(1), operation: .capture, amount: Money(amount: 1, currency: .gbp),
            token: "tok_ok", isQuestion: false)
        #expect(await provider.answer(pounds) == .refused(code: "exceeds-authorization"))
    }

    @Test(arguments: [ProviderCall.Operation.authorize, .capture])
    func `a negative amount is refused`(operation: ProviderCall.Operation) async throws {
        let provider = try provider()
        if operation == .capture { _ = await provider.answer(ProviderCall(.authorize)) }
        let answer = await provider.answer(ProviderCall(operation, id(1), -1))
        #expect(answer == .refused(code: "bad-amount"))
    }

    @Test func `nothing is captured without an authorization`() async throws {
        let provider = try provider()
        let answer = await provider.answer(ProviderCall(.capture))
        #expect(answer == .refused(code: "no-authorization"))
    }

    @Test func `a voided authorization can't be captured`() async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.authorize))
        #expect(await provider.answer(ProviderCall(.voidAuthorization))?.isDone == true)
        let answer = await provider.answer(ProviderCall(.capture))
        #expect(answer == .refused(code: "no-authorization"))
        #expect(try PaymentBook.read(folder.books).payments[id(1)]?.isVoided == true)
    }

    @Test func `a captured payment can't be voided`() async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.authorize))
        _ = await provider.answer(ProviderCall(.capture))
        let answer = await provider.answer(ProviderCall(.voidAuthorization))
        #expect(answer == .refused(code: "already-captured"))
        #expect(try PaymentBook.read(folder.books).payments[id(1)]?.isVoided == false)
    }

    @Test func `a void that came first refuses the authorization`() async throws {
        let provider = try provider()
        #expect(await provider.answer(ProviderCall(.voidAuthorization))?.isDone == true)
        #expect(await provider.answer(ProviderCall(.authorize)) == .refused(code: "voided"))
    }

    @Test(arguments: ProviderCall.Operation.allCases)
    func `a repeat has the first answer and no effect`(
        operation: ProviderCall.Operation
    ) async throws {
        let provider = try provider()
        if operation == .capture { _ = await provider.answer(ProviderCall(.authorize)) }
        let first = await provider.answer(ProviderCall(operation))
        let booked = folder.text
        for amount in [1_500, 1, 99_999] as [Int64] {
            #expect(await provider.answer(ProviderCall(operation, id(1), amount)) == first)
        }
        #expect(folder.text == booked)
        #expect(provider.calls(operation, of: id(1)) == 4)
        #expect(provider.calls(operation, of: id(2)) == 0)
    }

    @Test func `a refusal is repeated, too`() async throws {
        let provider = try provider()
        let declined = ProviderCall(.authorize, token: "tok_declined")
        #expect(await provider.answer(declined) == .refused(code: "card-declined"))
        #expect(await provider.answer(ProviderCall(.authorize)) == .refused(code: "card-declined"))
    }

    @Test func `a question tells what is booked and does nothing`() async throws {
        let provider = try provider()
        for operation in ProviderCall.Operation.allCases {
            #expect(await provider.answer(.asking(operation)) == .notFound)
        }
        #expect(folder.text.isEmpty)
        let answer = await provider.answer(ProviderCall(.authorize))
        #expect(await provider.answer(.asking(.authorize)) == answer)
        #expect(await provider.answer(.asking(.capture)) == .notFound)
        #expect(provider.calls(.authorize, of: id(1)) == 1)
    }

    @Test func `a question of an authorization that a void forestalled finds none`() async throws {
        let provider = try provider()
        _ = await provider.answer(ProviderCall(.voidAuthorization))
        #expect(await provider.answer(.asking(.authorize)) == .notFound)
    }

    @Test func `a batch is carried out in its order`() async throws {
        let provider = try provider()
        let answers = await provider.answers([
            ProviderCall(.capture, id(2)), ProviderCall(.authorize), ProviderCall(.capture),
            .asking(.capture), ProviderCall(.capture), ProviderCall(.voidAuthorization),
        ])
        #expect(answers.map(\.0) == [0, 1, 2, 3, 4, 5])
        #expect(answers.map(\.1.isDone) == [false, true, true, true, true, false])
    }

    @Test func `an empty batch is answered with silence`() async throws {
        #expect(try await provider().answers([]).isEmpty)
    }

    @Test func `many at once book each operation once`() async throws {
        let provider = try provider()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let numbers = (0..<200 as Range<UInt64>).shuffled()
                    for operation in [ProviderCall.Operation.authorize, .capture] {
                        let calls = numbers.map { ProviderCall(operation, id($0)) }
                        let answers = await provider.answers(calls)
                        #expect(answers.count == 200 && answers.allSatisfy(\.1.isDone))
                    }
                }
            }
        }
        let payments = try PaymentBook.read(folder.books).payments
        #expect(payments.count == 200)
        #expect(payments.values.allSatisfy { $0.authorizations == 1 && $0.captures == 1 })
        #expect(folder.lines.count == 400)
    }
}
