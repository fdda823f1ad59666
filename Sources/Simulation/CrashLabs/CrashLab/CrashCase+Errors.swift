// SPDX-License-Identifier: Apache-2.0
/// A life in which system calls fail instead of the process: nothing may be acknowledged that is
/// not kept, and what failed once must go on by itself.

import Foundation
import JSONCodec
import LoadGenerator
import Synchronization

extension CrashCase {
    /// How soon a house takes requests again, and brings its orders to rest, after one failure.
    private static let resumeMax = Duration.seconds(5)

    /// True when the point was reached.
    func suffer(_ point: CrashPoint) async -> Bool {
        do {
            try await lab.running { client in
                if point.isLasting {
                    try await tryToWork(client, readsMustGoOn: point.fault == .noSpace)
                } else {
                    try await workOn(client)
                }
            }
        } catch {
            // The house may refuse to start, or stop, when it can't write; no more than that.
        }
        await checkEnd()
        return await house.trace.contains("(INJECTED)")
    }

    /// However it ended, it was its own decision and took no longer than a stop may.
    private func checkEnd() async {
        do {
            let struck = await house.struckEnd()
            let end: ProcessEnd
            if let struck { end = struck } else { end = try await house.finish() }
            if case .signaled(let signal) = end {
                find(.other, "it died of signal \(signal): \(await house.errorTail)")
            }
        } catch {
            find(.other, "it did not stop: \(error)")
        }
    }

    /// After one failure the job must go through, in time, unless the house has ended.
    private func workOn(_ client: LoadClient) async throws {
        for (sku, onHand) in lab.shop.stock {
            try await insist(lab.count(sku, onHand), client) { _ in true }
        }
        for number in lab.askForAll() {
            try await insist(number, client)
            if let cancel = lab.askToCancel(number) { try await insist(cancel, client) }
        }
        guard try await lab.settle(client, within: Self.resumeMax) else {
            return find(.other, "its orders did not come to rest after one failure")
        }
    }

    private func insist(_ number: Int, _ client: LoadClient) async throws {
        let asked = lab.history.withLock { $0.entries[number].asked }
        try await insist(lab.shop.request(number, asked), client) { response in
            self.lab.history.withLock { $0.answer(number, response) }
        }
    }

    private func insist(
        _ request: LoadRequest, _ client: LoadClient, _ isAnswer: (LoadResponse) -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now + Self.resumeMax
        while clock.now < deadline {
            let response = try await client.send(request)
            note(response)
            if response.status != 503, isAnswer(response) { return }
            try await Task.sleep(for: lab.plan.repeatAfter)
        }
        find(.other, "it refused a request for \(Self.resumeMax) after one failure")
    }

    /// While everything fails, each request is made twice, and what was acknowledged is read.
    private func tryToWork(_ client: LoadClient, readsMustGoOn: Bool) async throws {
        for (sku, onHand) in lab.shop.stock {
            for _ in 0..<2 { note(try await client.send(lab.count(sku, onHand))) }
        }
        for number in lab.askForAll() {
            try await attempt(number, client)
            if let cancel = lab.askToCancel(number) { try await attempt(cancel, client) }
        }
        guard readsMustGoOn else { return }
        try await lab.readRecent(client)
        do {
            _ = try await lab.list(client)
        } catch let failure as KillLabFailure {
            find(.other, "it can't be read while it is full: \(failure)")
        }
    }

    private func attempt(_ number: Int, _ client: LoadClient) async throws {
        let asked = lab.history.withLock { $0.entries[number].asked }
        for _ in 0..<2 {
            let response = try await client.send(lab.shop.request(number, asked))
            note(response)
            if lab.history.withLock({ $0.answer(number, response) }) { return }
        }
    }

    private func note(_ response: LoadResponse) {
        guard response.status >= 500, let code = response.json?["code"]?.string else { return }
        outcome.withLock { $0.refusals[code, default: 0] += 1 }
    }
}
