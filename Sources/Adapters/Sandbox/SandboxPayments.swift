// SPDX-License-Identifier: Apache-2.0
/// A payment provider for development, demonstrations and crash tests. It keeps truthful books of
/// what it did, whatever it answers, and misbehaves on request: by the payment token, or by chance.

package import Kernel
package import Ports
import Synchronization

/// Guarantees of a good provider: a call is carried out once per payment and operation within the
/// key window, and a question tells the truth. Everything else may go wrong.
package final class SandboxPayments: PaymentProvider {
    private let settings: Settings
    private let clock: any Clock
    private let office: Mutex<Office>
    private let agenda = Agenda<ProviderNotice>()
    private let listener = Mutex<Listener<ProviderNotice>?>(nil)

    /// Behind the lock: the books, and what they say. Read at the first use, so that a long history
    /// does not delay the start of the house.
    fileprivate struct Office: ~Copyable {
        let path: String
        var books: Books
        var model: PaymentModel
        var isRead = false
    }

    /// Opens or founds the books at `path`.
    package init(
        books path: String, clock: any Clock, settings: Settings = Settings()
    ) throws(BooksFailure) {
        self.settings = settings
        self.clock = clock
        office = Mutex(
            Office(path: path, books: try Books(path: path), model: PaymentModel(settings)))
    }

    /// From now on `handler` gets the provider's notices; they come while `run` does.
    package func onNotice(_ handler: @escaping @Sendable ([ProviderNotice]) -> Void) {
        listener.withLock { $0 = Listener(handler) }
    }

    /// Sends notices until the task is canceled. To be called once. Those that are still to come
    /// when the process ends are lost, as webhooks are.
    package func run() async {
        await agenda.run { notices in
            let listener = listener.withLock { $0 }
            listener?.hear(notices)
        }
    }

    package func perform(
        _ calls: [ProviderCall], _ answers: @escaping Answers<ProviderAnswer>
    ) async {
        let round = office.withLock { $0.serve(calls, at: clock.now()) }
        agenda.add(round.notices.map { ($0, settings.latency + settings.noticeDelay) })
        guard await pause(settings.latency) else { return }
        if !round.answers.isEmpty { answers(round.answers) }
        if !round.repeats.isEmpty { answers(round.repeats) }
        if !round.late.isEmpty {
            guard await pause(settings.slowDelay) else { return }
            answers(round.late)
        }
        if round.hasUnanswered {
            while await pause(.seconds(3_600)) {}
        }
    }

    /// How often `operation` was called for `payment` since the start, questions not counted; stops
    /// at 255.
    package func calls(_ operation: ProviderCall.Operation, of payment: UUIDv7) -> Int {
        office.withLock { Int($0.model.accounts[payment]?[operation].calls ?? 0) }
    }

    /// Reads the books if that has not happened yet. The first call does it otherwise, and answers
    /// `unavailable` when it fails.
    package func load() throws(BooksFailure) {
        try office.withLock { office throws(BooksFailure) in try office.read() }
    }
}

extension SandboxPayments.Office {
    fileprivate mutating func serve(
        _ calls: [ProviderCall], at now: Timestamp
    ) -> PaymentModel.Round {
        do {
            try read()
        } catch {
            var round = PaymentModel.Round()
            round.answers = calls.indices.map { ($0, .unavailable) }
            return round
        }
        let round = model.serve(calls, at: now)
        if books.append(round.lines.bytes) { return round }
        return model.takeBack(round, of: calls)
    }

    fileprivate mutating func read() throws(BooksFailure) {
        guard !isRead else { return }
        var read = model
        try Books.forEachLine(of: path) { line in
            guard let fact = PaymentFact(line: line) else { return false }
            read.restore(fact)
            return true
        }
        model = read
        isRead = true
    }
}

/// Waits. False when the task was canceled meanwhile.
func pause(_ delay: Duration) async -> Bool {
    guard delay > .zero else { return !Task.isCancelled }
    do {
        try await Task.sleep(for: delay)
        return true
    } catch {
        return false
    }
}
