// SPDX-License-Identifier: Apache-2.0
/// What each payment token makes the provider do, and what chance does; the books tell the truth
/// all along.

import Kernel
import Ports
import SandboxAdapter
import Testing

@Suite struct `Misbehaving on request` {
    private let folder = TemporaryFolder()
    private typealias Token = SandboxPayments.Token

    private func provider(
        _ change: (inout SandboxPayments.Settings) -> Void = { _ in }
    ) throws -> SandboxPayments {
        var settings = SandboxPayments.Settings()
        settings.slowDelay = .milliseconds(30)
        settings.noticeDelay = .milliseconds(20)
        change(&settings)
        return try SandboxPayments(books: folder.books, clock: ManualClock(), settings: settings)
    }

    private func booked(_ payment: UUIDv7 = id(1)) throws -> Int {
        try PaymentBook.read(folder.books).payments[payment]?.authorizations ?? 0
    }

    @Test func `a timeout before the effect has none, and a repeat has it`() async throws {
        let provider = try provider()
        let call = ProviderCall(.authorize, token: Token.timeoutBefore)
        #expect(await provider.answer(call) == .unknown)
        #expect(try booked() == 0)
        #expect(await provider.answer(.asking(.authorize)) == .notFound)
        #expect(await provider.answer(call)?.isDone == true)
        #expect(try booked() == 1)
    }

    @Test func `a timeout after the effect has it, and a repeat has no other`() async throws {
        let provider = try provider()
        let call = ProviderCall(.authorize, token: Token.timeoutAfter)
        #expect(await provider.answer(call) == .unknown)
        #expect(try booked() == 1)
        #expect(await provider.answer(.asking(.authorize))?.isDone == true)
        #expect(await provider.answer(call)?.isDone == true)
        #expect(try booked() == 1)
    }

    @Test func `each operation of a payment times out by itself`() async throws {
        let provider = try provider()
        for operation in [ProviderCall.Operation.authorize, .capture] {
            let call = ProviderCall(operation, token: Token.timeoutAfter)
            #expect(await provider.answer(call) == .unknown)
            #expect(await provider.answer(call)?.isDone == true)
        }
    }

    @Test func `an unavailable provider is back at the third call`() async throws {
        let provider = try provider()
        let call = ProviderCall(.authorize, token: Token.unavailable)
        #expect(await provider.answer(call) == .unavailable)
        #expect(await provider.answer(call) == .unavailable)
        #expect(try booked() == 0)
        #expect(await provider.answer(call)?.isDone == true)
        #expect(try booked() == 1)
    }

    @Test func `an answer that comes twice comes with one effect`() async throws {
        let provider = try provider()
        let call = ProviderCall(.authorize, token: Token.twice)
        let answers = await provider.answers([ProviderCall(.authorize, id(2)), call])
        #expect(answers.map(\.0) == [0, 1, 1])
        #expect(answers[1].1 == answers[2].1 && answers[1].1.isDone)
        #expect(try booked() == 1)
    }

    @Test func `a slow answer does not hold up the others`() async throws {
        let provider = try provider()
        let answers = await provider.answers([
            ProviderCall(.authorize, token: Token.slow), ProviderCall(.authorize, id(2)),
        ])
        #expect(answers.map(\.0) == [1, 0])
        #expect(answers.map(\.1.isDone) == [true, true])
    }

    @Test func `a call that is never answered returns when it is canceled`() async throws {
        let provider = try provider()
        let recorder = Recorder<(Int, ProviderAnswer)>()
        let calls = [
            ProviderCall(.authorize, token: Token.never), ProviderCall(.authorize, id(2)),
        ]
        await beside({ await provider.perform(calls) { recorder.add($0) } }) {
            _ = await recorder.wait(for: 1)
        }
        #expect(recorder.all.map(\.0) == [1])
        #expect(try booked() == 1)
        #expect(await provider.answer(.asking(.authorize))?.isDone == true)
    }

    @Test func `a slow call that is canceled is not answered`() async throws {
        let provider = try provider { $0.slowDelay = .seconds(3_600) }
        let recorder = Recorder<(Int, ProviderAnswer)>()
        let calls = [ProviderCall(.authorize, token: Token.slow), ProviderCall(.authorize, id(2))]
        await beside({ await provider.perform(calls) { recorder.add($0) } }) {
            _ = await recorder.wait(for: 1)
        }
        #expect(recorder.all.map(\.0) == [1])
    }

    @Test(arguments: [Duration.zero, .milliseconds(20)])
    func `a webhook tells twice what the answer did not`(delay: Duration) async throws {
        let provider = try provider { $0.noticeDelay = delay }
        let notices = Recorder<ProviderNotice>()
        provider.onNotice { notices.add($0) }
        let call = ProviderCall(.authorize, token: Token.webhook)
        await beside({ await provider.run() }) {
            #expect(await provider.answer(call) == .unknown)
            _ = await notices.wait(for: 2)
            #expect(await provider.answer(call)?.isDone == true)
        }
        let notice = ProviderNotice(
            payment: id(1), operation: .authorize,
            answer: .done(reference: "au_8000000000000001"))
        #expect(notices.all == [notice, notice])
        #expect(try booked() == 1)
    }

    @Test func `latency comes before every answer`() async throws {
        let provider = try provider { $0.latency = .milliseconds(40) }
        let clock = ContinuousClock()
        let spent = await clock.measure {
            #expect(await provider.answer(ProviderCall(.authorize))?.isDone == true)
        }
        #expect(spent >= .milliseconds(40))
    }

    @Test func `chance strikes as often as it is told to, and the books stay true`() async throws {
        let provider = try provider {
            $0.timeoutBefore = 100
            $0.timeoutAfter = 200
            $0.unavailable = 300
            $0.twice = 50
            $0.slow = 20
        }
        let answers = await provider.answers((0..<2_000).map { ProviderCall(.authorize, id($0)) })
        let payments = try PaymentBook.read(folder.books).payments
        func near(_ count: Int, _ expected: Int) -> Bool { abs(count - expected) < expected / 4 }
        let unknown = answers.count { $0.1 == .unknown }
        #expect(near(unknown, 600))
        #expect(near(answers.count { $0.1 == .unavailable }, 600))
        #expect(near(answers.count { $0.1.isDone }, 800 + 100))
        #expect(near(payments.count, 2_000 - 200 - 600))
        for (index, answer) in answers where answer.isDone {
            #expect(payments[id(UInt64(index))]?.authorizations == 1)
        }
        for (index, answer) in answers where answer == .unavailable {
            #expect(payments[id(UInt64(index))] == nil)
        }
    }

    @Test func `chance strikes questions, too, and repeating gets through`() async throws {
        let provider = try provider {
            $0.timeoutBefore = 400
            $0.timeoutAfter = 200
            $0.unavailable = 300
        }
        var answer: ProviderAnswer?
        for _ in 0..<200 where answer?.isDone != true {
            answer = await provider.answer(ProviderCall(.authorize))
        }
        #expect(answer?.isDone == true)
        var asked: [ProviderAnswer?] = []
        for _ in 0..<200 { asked.append(await provider.answer(.asking(.authorize))) }
        #expect(asked.contains(answer) && asked.contains(.unknown) && asked.contains(.unavailable))
        #expect(!asked.contains(.notFound))
        #expect(try booked() == 1)
    }

    @Test func `the same seed strikes the same calls`() async throws {
        func answers(seed: UInt64) async throws -> [ProviderAnswer] {
            var settings = SandboxPayments.Settings()
            settings.seed = seed
            settings.timeoutAfter = 500
            let other = TemporaryFolder()
            let provider = try SandboxPayments(
                books: other.books, clock: ManualClock(), settings: settings)
            return await provider.answers((0..<100).map { ProviderCall(.authorize, id($0)) })
                .map(\.1)
        }
        #expect(try await answers(seed: 1) == answers(seed: 1))
        #expect(try await answers(seed: 1) != answers(seed: 2))
    }
}
