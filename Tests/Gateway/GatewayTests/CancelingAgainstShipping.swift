// SPDX-License-Identifier: Apache-2.0
/// Cancels race with the carrier's pick-up: each order ends in exactly one of two ways, and whoever
/// was told 202 can see which; the loser is told.

import Contracts
import House
import JSONCodec
import Kernel
import LoadGenerator
import SeededRandom
import TemporaryFolders
import Testing

@testable import Gateway

@Suite(.serialized) struct `Canceling against shipping` {
    private struct Story: Sendable {
        let id: String
        /// The statuses and codes of its cancels.
        let answers: [(status: Int, code: String?)]
        var status = ""
        var types: [String] = []
    }

    private static let orders = 150

    private func story(
        _ number: Int, _ client: LoadClient, pause: Int
    ) async throws -> Story {
        let placed = try await client.send(
            LoadRequest(
                "POST", "/v1/orders", headers: [("Idempotency-Key", "order-\(number)")],
                body: Array(OrderText().text.utf8)))
        let id = placed.json?["id"]?.string ?? ""
        try await Task.sleep(for: .milliseconds(pause))
        let answers = try await withThrowingTaskGroup(of: LoadResponse.self) { tasks in
            for twin in 0..<(number.isMultiple(of: 3) ? 2 : 1) {
                let key = "cancel-\(number)-\(twin)"
                tasks.addTask {
                    let request = LoadRequest(
                        "POST", "/v1/orders/\(id)/cancel", headers: [("Idempotency-Key", key)])
                    let answer = try await client.send(request)
                    let again = try await client.send(request)
                    #expect(answer.status >= 400 || again.body == answer.body)
                    #expect(answer.status >= 400 || again.status == answer.status)
                    let place = answer.headers["Location"]
                    #expect(place == (answer.status == 202 ? "/v1/orders/\(id)" : nil))
                    return answer
                }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        return Story(id: id, answers: answers.map { ($0.status, $0.json?["code"]?.string) })
    }

    @Test func `ends each order in one of two ways, and tells the loser`() async throws {
        try await TestFolder.with { folder in
            let (stories, mails, left) = try await RealHouse.with(
                in: folder,
                { $0.moveParcels(pickupDelay: .milliseconds(200), deliveryDelay: .milliseconds(5)) }
            ) { house, door in
                try await LoadClient.with(door.target, .init(connections: 400)) { client in
                    try await house.count("CUP", 10_000, client)
                    var stories = try await race(client)
                    for index in stories.indices { try await follow(&stories[index], client) }
                    let due = stories.reduce(0) { $0 + mailsDue($1).count }
                    try await eventually("\(due) mails") { house.mails.count == due }
                    let stock = try await client.send(.get("/v1/stock/main/CUP")).json
                    return (stories, house.mails, stock?["onHand"]?.int64)
                }
            }
            for story in stories { judge(story, mails) }
            let completed = stories.count { $0.status == "completed" }
            #expect(left == 10_000 - Int64(completed))
            #expect(completed > 0 && completed < stories.count, "no race: \(completed)")
            var auditor = try Auditor(data: folder.path("house"))
            let report = try auditor.run()
            #expect(report.isGreen, "\(report.text)")
        }
    }

    private func race(_ client: LoadClient) async throws -> [Story] {
        var random = SplitMix64(seed: 4)
        let pauses = (0..<Self.orders).map { _ in Int(random.next() % 500) }
        return try await withThrowingTaskGroup(of: Story.self) { tasks in
            for (number, pause) in pauses.enumerated() {
                tasks.addTask { try await story(number, client, pause: pause) }
            }
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
    }

    private func follow(_ story: inout Story, _ client: LoadClient) async throws {
        let path = "/v1/orders/\(story.id)"
        var status = ""
        try await eventually("\(story.id) is at rest, not \(status)") {
            status = try await client.send(.get(path)).json?["status"]?.string ?? ""
            return status == "canceled" || status == "completed"
        }
        story.status = status
        let events = try await client.send(.get("\(path)/events")).json?["data"]
        story.types = events?.elements.compactMap { $0["type"]?.string } ?? []
    }

    private func mailsDue(_ story: Story) -> [String] {
        var due: [String] = []
        if story.types.contains("order.confirmed.v1") { due.append("is confirmed") }
        if story.types.contains("order.canceled.v1") { due.append("was canceled") }
        if story.types.contains("order.cancel-failed.v1") { due.append("could not be canceled") }
        return due
    }

    private func judge(_ story: Story, _ mails: [String]) {
        for (status, code) in story.answers {
            switch (status, code) {
            case (200, nil): #expect(story.status == "canceled")
            case (202, nil):
                let didFail = story.types.contains("order.cancel-failed.v1")
                #expect(story.status == (didFail ? "completed" : "canceled"))
            case (409, "too-late-to-cancel"): #expect(story.status == "completed")
            // The other one may have been decided by the end of the same batch.
            case (409, "already-canceling"):
                #expect(story.answers.contains { $0.code != "already-canceling" })
            default: Issue.record("\(status) \(code ?? "")")
            }
        }
        #expect(story.types.count { $0 == "order.cancel-failed.v1" } <= 1)
        let wasShipped = story.types.contains("order.in-fulfillment.v1")
        #expect(wasShipped == (story.status == "completed"))
        for subject in ["is confirmed", "was canceled", "could not be canceled"] {
            let sent = mails.count { $0.contains("Subject: Your order \(story.id) \(subject)") }
            #expect(sent == (mailsDue(story).contains(subject) ? 1 : 0), "\(story.id) \(subject)")
        }
    }
}
