// SPDX-License-Identifier: Apache-2.0
/// A disk that really fills up under a working house, and has room again later.

import Contracts
import Foundation
import JSONCodec
import Kernel
import LoadGenerator
import TemporaryFolders

package struct FullDiskReport: Sendable, Equatable, Codable {
    /// False where loop devices are not permitted: then nothing was tried and nothing is proven.
    package var isPermitted = false
    /// Orders that were taken before there was no room.
    package var taken = 0
    /// What an order was refused with while there was none: problem codes.
    package var refusals: [String: Int] = [:]
    /// Orders that were read meanwhile.
    package var read = 0
    /// From the moment in which there was room again to the first order that was taken, and until
    /// every order was completed.
    package var resumedAfterMilliseconds = 0.0
    package var settledAfterMilliseconds = 0.0
    /// The longest write-ahead log, in bytes.
    package var longestLog = 0
    package var findings: [String] = []
    package var passed = false

    package init() {}
}

package final class FullDiskLab: Sendable {
    private let house: PowerCutHouse
    private let principal: Principal
    /// A small disk is full soon.
    private static let megabytes = 24
    private static let refusalsWanted = 20
    private static let resumeMax = Duration.seconds(5)
    private static let settleMax = Duration.seconds(30)
    /// Orders before the disk fills up: they write as much as it holds.
    private static let ordersBefore = 150
    /// What the log of a store may take of such a disk.
    private static let logMax = 6 << 20
    /// Parcels that are still to be moved when there is no room.
    private static let arguments = [
        "--log-level", "error", "--pickup-delay", "1500", "--delivery-delay", "500",
        "--effect-timeout", "0.5",
    ]

    /// Runs one house of `binary` until its disk is full, and on.
    package static func run(
        binary: String, arguments more: [String] = []
    ) async -> FullDiskReport {
        var report = FullDiskReport()
        report.isPermitted = await LoopDisk.isPossible
        guard report.isPermitted, let folder = try? TestFolder() else { return report }
        defer { folder.remove() }
        do {
            let house = try await PowerCutHouse(
                binary: binary, auditor: binary, arguments: arguments + more, in: folder,
                megabytes: megabytes, isOutsideApart: false)
            do { try await FullDiskLab(house).play(&report) } catch {
                report.findings.append("it could not go on: \(error); \(await house.lastWords)")
            }
            await house.clear()
        } catch {
            report.findings.append("there is no disk: \(error)")
        }
        report.passed =
            report.findings.isEmpty && report.taken > 0 && report.read > 0
            && Set(report.refusals.keys) == ["storage-full"]
        return report
    }

    private init(_ house: PowerCutHouse) {
        self.house = house
        guard let principal = Principal("lab") else { preconditionFailure("a plain name") }
        self.principal = principal
    }

    private func play(_ report: inout FullDiskReport) async throws {
        guard let target = try await house.start(lifetime: nil) else {
            throw KillLabFailure.houseNotStarted
        }
        let orders = try await LoadClient.with(target, LoadSettings(connections: 1)) { client in
            for (sku, _) in CrashJob.stock {
                _ = try await client.send(
                    .count(sku, onHand: 100_000, key: "count-\(sku)", principal: principal))
            }
            var orders = try await place(0..<Self.ordersBefore, client)
            report.taken = orders.count
            if orders.count < Self.ordersBefore {
                report.findings.append("the house fills its disk by itself: \(orders.count) taken")
            }
            let ballast = try Ballast(in: house.disk.path)
            try await press(client, &orders, &report)
            // Parcels and calls come due while nothing can be stored.
            try await Task.sleep(for: .seconds(2))
            ballast.drop()
            let start = ContinuousClock.now
            try await resume(client, &orders, &report)
            try await settle(client, orders, since: start, &report)
            return orders
        }
        report.longestLog = longestLog()
        if report.longestLog > Self.logMax {
            report.findings.append("a write-ahead log has \(report.longestLog) bytes")
        }
        try await house.stop()
        let audit = try await house.audit()
        report.findings += audit.failures
        report.taken = orders.count
    }

    private func request(_ number: Int) throws -> LoadRequest {
        .place(
            CrashJob.orders[0].lines, for: Shopper(number), key: "full-\(number)",
            principal: principal)
    }

    private func place(_ numbers: Range<Int>, _ client: LoadClient) async throws -> [OrderID] {
        var orders: [OrderID] = []
        for number in numbers {
            let answer = KillAnswer(try await client.send(try request(number)))
            if answer.isTaken, let order = answer.order { orders.append(order) }
        }
        return orders
    }

    /// Orders are refused sooner or later, then always; what was taken can be read all the same.
    private func press(
        _ client: LoadClient, _ orders: inout [OrderID], _ report: inout FullDiskReport
    ) async throws {
        for number in 100..<2_000 {
            let response = try await client.send(try request(number))
            let answer = KillAnswer(response)
            if answer.isTaken, let order = answer.order {
                orders.append(order)
                continue
            }
            let code = response.json?["code"]?.string ?? "\(response.status)"
            report.refusals[code, default: 0] += 1
            guard let order = orders.last else { continue }
            let path = "/v1/orders/\(order.text)"
            if try await client.send(.get(path, principal: principal)).status == 200 {
                report.read += 1
            } else {
                report.findings.append("\(order.text) can't be read while the disk is full")
            }
            if report.refusals.values.reduce(0, +) >= Self.refusalsWanted { return }
        }
    }

    /// Once there is room, a refused request is taken when it comes again.
    private func resume(
        _ client: LoadClient, _ orders: inout [OrderID], _ report: inout FullDiskReport
    ) async throws {
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < Self.resumeMax {
            let answer = KillAnswer(try await client.send(try request(5_000)))
            if answer.isTaken, let order = answer.order {
                report.resumedAfterMilliseconds = (clock.now - start) / .milliseconds(1)
                orders.append(order)
                let missing = try await unread(orders, client)
                if missing > 0 { report.findings.append("\(missing) orders are gone") }
                return
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        report.findings.append("there is room again, and no order is taken")
    }

    /// What was under way when there was no room goes on by itself.
    private func settle(
        _ client: LoadClient, _ orders: [OrderID], since start: ContinuousClock.Instant,
        _ report: inout FullDiskReport
    ) async throws {
        var open = orders
        while ContinuousClock.now - start < Self.settleMax {
            var later: [OrderID] = []
            for order in open {
                let request = LoadRequest.get("/v1/orders/\(order.text)", principal: principal)
                let status = try await client.send(request).json?["status"]?.string
                if status != "completed" { later.append(order) }
            }
            open = later
            report.settledAfterMilliseconds = (ContinuousClock.now - start) / .milliseconds(1)
            if open.isEmpty { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        report.findings.append("\(open.count) orders are not completed though there is room")
    }

    private func longestLog() -> Int {
        let names = FileManager.default.enumerator(atPath: house.data)?.allObjects ?? []
        return names.compactMap { $0 as? String }.filter { $0.hasSuffix("-wal") }.map { name in
            let path = "\(house.data)/\(name)"
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size]
            return (size as? Int) ?? 0
        }.max() ?? 0
    }

    private func unread(_ orders: [OrderID], _ client: LoadClient) async throws -> Int {
        var missing = 0
        for order in orders {
            let request = LoadRequest.get("/v1/orders/\(order.text)", principal: principal)
            if try await client.send(request).status != 200 { missing += 1 }
        }
        return missing
    }
}
