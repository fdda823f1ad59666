// SPDX-License-Identifier: Apache-2.0
/// Ten thousand buyers want one article at the same moment, and there are a hundred of it.

import Contracts
import JSONCodec
import Kernel
package import LoadGenerator
import Synchronization
import TemporaryFolders

package struct FlashReport: Sendable, Equatable, Codable {
    package var buyers = 0
    package var units = 0
    /// 201.
    package var sold = 0
    /// 409 with code `insufficient-stock`.
    package var soldOut = 0
    /// Everything else: a status, with its problem's code, or a failure.
    package var others: [String: Int] = [:]
    /// What the house says right afterwards; -1 when it says nothing.
    package var onHandAfter: Int64 = -1
    package var availableAfter: Int64 = -1
    /// From a buyer's sending to the answer.
    package var millisecondsP50 = 0.0
    package var millisecondsP99 = 0.0
    package var millisecondsMax = 0.0
    /// From the first request to the last answer.
    package var seconds = 0.0
    /// Nil when the house was not started here.
    package var audit: AuditReport?

    package init() {}

    /// Everyone was answered, and exactly what there was has been sold.
    package var passed: Bool {
        sold == min(buyers, units) && soldOut == buyers - sold && others.isEmpty
            && availableAfter == Int64(units - sold) && audit?.isOK != false
    }
}

package enum FlashSale {
    /// Starts a house of `binary` for one sale, stops and audits it.
    package static func run(
        binary: String, arguments: [String] = [], buyers: Int = 10_000, units: Int = 100
    ) async throws -> FlashReport {
        // Before the house starts, which inherits it.
        OpenFiles.raiseLimit()
        return try await TestFolder.with { folder in
            let data = folder.path("data")
            let house = try await HouseProcess.serve(
                binary, data: data, arguments: arguments, in: folder)
            var report = try await run(at: house.target, buyers: buyers, units: units)
            try await house.terminate()
            report.audit = try await AuditReport.run(binary, data: data, in: folder)
            return report
        }
    }

    /// Holds a sale in a running house. `name` is the article's, and must be new to the house.
    package static func run(
        at target: LoadTarget, name: String = "FLASH", buyers: Int = 10_000, units: Int = 100
    ) async throws -> FlashReport {
        guard let sku = SKU(name), let one = Quantity(1) else { throw FlashFailure.badName }
        let price = UnitPrice(tenThousandths: 9_990_000, currency: .gbp)
        let line = try OrderLine(sku: sku, quantity: one, unitPrice: price)
        try await count(sku, Int64(units), at: target)

        let answers = Mutex<FlashReport>(FlashReport())
        var plan = LoadPlan(connections: buyers, requests: buyers)
        plan.settings.responseTimeout = .seconds(120)
        let load = try await LoadDriver.run(
            plan, at: target,
            observe: { _, result in answers.withLock { $0.note(result) } }
        ) { number in
            .place([line], for: Shopper(number), key: "\(name)-\(number)")
        }

        var report = answers.withLock { $0 }
        report.buyers = buyers
        report.units = units
        report.millisecondsP50 = load.latencies.milliseconds(0.5)
        report.millisecondsP99 = load.latencies.milliseconds(0.99)
        report.millisecondsMax = load.latencies.milliseconds(1)
        report.seconds = load.seconds
        try await readStock(sku, at: target, into: &report)
        return report
    }

    private static func count(_ sku: SKU, _ units: Int64, at target: LoadTarget) async throws {
        let response = try await once(.count(sku, onHand: units, key: "\(sku)-count"), target)
        guard response.status == 200 else {
            throw FlashFailure.stockNotCounted(response.status, response.start)
        }
    }

    private static func readStock(
        _ sku: SKU, at target: LoadTarget, into report: inout FlashReport
    ) async throws {
        let item = try await once(.get("/v1/stock/\(Warehouse.main)/\(sku)"), target).json
        report.onHandAfter = item?["onHand"]?.int64 ?? -1
        report.availableAfter = item?["available"]?.int64 ?? -1
    }

    private static func once(
        _ request: LoadRequest, _ target: LoadTarget
    ) async throws -> LoadResponse {
        try await LoadClient.with(target, LoadSettings(connections: 1)) { client in
            try await client.send(request)
        }
    }
}

extension FlashReport {
    fileprivate mutating func note(_ result: Result<LoadResponse, LoadFailure>) {
        switch result {
        case .failure(let failure): others[failure.rawValue, default: 0] += 1
        case .success(let response):
            let code = response.status < 400 ? nil : response.json?["code"]?.string
            switch (response.status, code) {
            case (201, nil): sold += 1
            case (409, "insufficient-stock"): soldOut += 1
            default: others["\(response.status) \(code ?? "")", default: 0] += 1
            }
        }
    }
}

package enum FlashFailure: Error, Sendable, Equatable {
    /// The name is not one of an article.
    case badName
    case stockNotCounted(Int, String)
}
