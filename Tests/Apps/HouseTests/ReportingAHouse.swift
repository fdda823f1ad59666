// SPDX-License-Identifier: Apache-2.0
/// The report of a house is what became of its orders, wherever services run, and after a rebuild.

import Contracts
import Foundation
import House
import Kernel
import NodeEngine
import Ports
import Projections
import ReportingService
import ServiceModel
import TemporaryFolders
import Testing

@Suite struct `Reporting a house` {
    private func settings(
        _ data: String, _ topology: HouseSettings.Topology
    ) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = topology
        settings.orderShards = topology == .split ? 2 : 1
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        settings.moveParcels(pickupDelay: .zero, deliveryDelay: .zero)
        return settings
    }

    private func report(
        _ kind: ReportQuestion.Kind, _ settings: HouseSettings
    ) async throws -> SalesReport {
        try await ReportTool(data: settings.data).report(kind) { option in
            switch option {
            case .from: "2020-01-01"
            case .to: "2199-12-31"
            case .by: "month"
            case .zone: "Australia/Lord_Howe"
            case .group: nil
            }
        }
    }

    private func sum(_ name: String, _ report: SalesReport) throws -> Int64 {
        let place = try #require(report.columns.firstIndex { $0.name == name })
        return report.rows.reduce(0) { $0 + $1.values[place] }
    }

    private static let stages: [(fate: PlannedOrder.Fate, stage: String)] = [
        (.completes, "completed"), (.unpaid, "exception"), (.declined, "canceled"),
        (.soldOut, "rejected"),
    ]

    /// Until nothing more will be counted of `orders`.
    private func sell(_ orders: [PlannedOrder], _ house: House) async throws {
        let shop = Shop(house: house)
        try await shop.count(.ample)
        for order in orders { _ = try await shop.place(order) }
        let questions = [ViewQuestion.count(Sales.open, [], atMost: 1)]
        try await eventually("every order has ended") {
            guard house.views.status(of: "sales")?.hasReached(house.heads) ?? false else {
                return false
            }
            return try house.views.answer(questions, of: Sales().schema).count(0) == 0
        }
    }

    @Test(arguments: HouseSettings.Topology.allCases)
    func `is what became of its orders`(topology: HouseSettings.Topology) async throws {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"), topology)
            let fates = Self.stages.map(\.fate)
            let orders = try PlannedOrder.uncontended(seed: 8)
                .filter { fates.contains($0.fate) }.prefix(24)
            try await withHouse(settings) { try await sell(Array(orders), $0) }
            let sales = try await report(.sales, settings)
            let funnel = try await report(.funnel, settings)
            let sold = orders.filter { $0.fate != .soldOut }
            #expect(try sum("orders", sales) == Int64(sold.count) && sold.count > 10)
            #expect(
                try sum("revenue", sales)
                    == sold.flatMap(\.lines).reduce(0) { $0 + $1.total.amount })
            let products = try await report(.products, settings)
            #expect(
                try sum("units", products)
                    == sold.flatMap(\.lines).reduce(0) { $0 + Int64($1.quantity.units) })
            #expect(try sum("placed", funnel) == Int64(orders.count))
            for (fate, stage) in Self.stages {
                let ended = orders.filter { $0.fate == fate }
                #expect(try sum(stage, funnel) == Int64(ended.count), "\(stage)")
                #expect(
                    try sum("\(stage)_amount", funnel)
                        == ended.flatMap(\.lines).reduce(0) { $0 + $1.total.amount })
            }
            #expect(try sum("canceled_orders", sales) == sum("canceled", funnel))
            let texts = [sales.csv, funnel.csv]
            guard case .done = try ProjectionTool(data: settings.data).rebuild("sales") else {
                Issue.record("it rests")
                return
            }
            #expect(
                try await [report(.sales, settings).csv, report(.funnel, settings).csv] == texts)
        }
    }
}
