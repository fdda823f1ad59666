// SPDX-License-Identifier: Apache-2.0
/// A whole house behind an open door, for what the memory node of `Shop` has not: a store, mails,
/// a carrier, and callers at the same time.

import Foundation
import Gateway
import House
import LoadGenerator
import Logging
import ServiceLifecycle
import TemporaryFolders
import Testing

struct RealHouse: Sendable {
    let house: House

    /// Runs a house and a door to it for the length of `body`.
    static func with<Answer: Sendable>(
        in folder: TestFolder? = nil, _ change: (inout HouseSettings) -> Void = { _ in },
        _ body: (RealHouse, OpenDoor) async throws -> Answer
    ) async throws -> Answer {
        guard let folder else {
            return try await TestFolder.with { try await with(in: $0, change, body) }
        }
        var settings = HouseSettings(data: folder.path("house"))
        settings.isMailDurable = false
        settings.moveParcels(pickupDelay: .milliseconds(20), deliveryDelay: .milliseconds(5))
        change(&settings)
        let house = try House(settings)
        var logger = Logger(label: "house")
        logger.logLevel = .critical
        let group = ServiceGroup(
            configuration: .init(
                services: house.services.map { .init(service: $0) }, gracefulShutdownSignals: [],
                logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Result<Answer, any Error>
            do {
                try await eventually("the house is open") { house.isReady }
                result = .success(
                    try await OpenDoor.with(house.api) { door in
                        try await body(RealHouse(house: house), door)
                    })
            } catch {
                result = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    func count(_ sku: String, _ units: Int, _ client: LoadClient) async throws {
        let answer = try await client.send(
            LoadRequest(
                "PUT", "/v1/stock/main/\(sku)", headers: [("Idempotency-Key", "count-\(sku)")],
                body: Array(#"{"onHand":\#(units)}"#.utf8)))
        try #require(answer.status == 200)
    }

    /// Every mail that was delivered.
    var mails: [String] {
        let folder = "\(house.settings.data)/mail/new"
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.compactMap { try? String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8) }
    }
}
