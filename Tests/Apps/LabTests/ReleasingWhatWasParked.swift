// SPDX-License-Identifier: Apache-2.0
/// `orderhouse parked` on the data of a real house: seen, refused while it runs, released, and
/// taken again by the next start.

import CrashLabs
import Foundation
import Kernel
import NodeEngine
import Ports
import SQLiteAdapter
import TemporaryFolders
import Testing

@Suite struct `Releasing what was parked` {
    private static let order = "ord_01m6e22wg0ek9828t5cy4tqkff"

    /// An `order.placed.v1` as a bus carries it: the contracts' own sample.
    private static func placed() throws -> [UInt8] {
        var root = URL(filePath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        let samples = try String(
            contentsOf: root.appending(
                path: "Tests/Domain/ContractsTests/Golden/order.placed.v1.json"), encoding: .utf8)
        let first = try #require(samples.split(separator: "\n").dropFirst().first)
        return Array(first.dropLast().utf8)
    }

    /// Two facts that inventory has set aside, one of them of a version that nobody knows, and a
    /// request that ended the process.
    private static func park(in file: String) throws {
        let store = SQLiteStore(path: file)
        var batch = Batch(epoch: try store.open().epoch)
        let facts: [(Int64, String)] = [(1, "order.placed.v1"), (2, "order.placed.v9")]
        for (position, name) in facts {
            let story = position == 1 ? order : "ord_other"
            var item = ParkedItem(
                consumer: LogName("inventory"), source: LogName("orders"), position: position,
                name: name, payload: try placed(),
                provenance: Provenance(at: Timestamp(milliseconds: 1), cause: .time, trace: nil),
                reason: "unknown-version",
                entity: RowKey("correlation", Array(story.utf8)))
            item.number = position
            batch.rows.append(RowChange(table: "parked", key: item.rowKey, value: item.value))
        }
        batch.rows.append(
            RowChange(table: "deaths", key: Array(repeating: 7, count: 16), value: [3]))
        #expect(store.commit(batch) == .committed)
        store.close()
    }

    /// What the program prints, when it ends as it should.
    private static func output(
        _ words: [String], code: Int32 = 0, in folder: TestFolder
    ) async throws -> String {
        let process = try ChildProcess(Programs.orderhouse, words, in: folder)
        let end = try await process.wait(.seconds(30))
        #expect(end == .exited(code), "\(words): \(process.errorTail)")
        return process.output
    }

    private static func line(
        _ key: String, _ name: String, _ position: Int, isReleased: Bool
    ) -> String {
        #"{"consumer":"inventory/0","source":"orders/0","name":"\#(name)","#
            + #""reason":"unknown-version","key":"\#(key)","position":\#(position),"#
            + #""released":\#(isReleased)}"# + "\n"
    }

    private static func lines(isReleased: Bool) -> String {
        line(order, "order.placed.v1", 1, isReleased: isReleased)
            + line("ord_other", "order.placed.v9", 2, isReleased: isReleased)
    }

    private static func serve(_ data: String, in folder: TestFolder) async throws -> HouseProcess {
        try await HouseProcess.serve(
            Programs.orderhouse, data: data, arguments: ["--log-level", "error"], in: folder)
    }

    @Test func `lets the next start take it again, in its order`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("data")
            func parked(_ words: String..., code: Int32 = 0) async throws -> String {
                try await Self.output(["parked"] + words + ["--data", data], code: code, in: folder)
            }
            try await Self.serve(data, in: folder).terminate()
            #expect(try await parked() == "Nothing is parked.\n")
            try Self.park(in: "\(data)/nodes/house/store.sqlite")
            let dead = #"{"input":"\#(String(repeating: "07", count: 16))","deaths":3}"# + "\n"
            let house = try await Self.serve(data, in: folder)
            #expect(try await parked("--json") == Self.lines(isReleased: false) + dead)
            #expect(try await parked("retry", code: 75) == "", "a house in use")
            try await house.terminate()
            #expect(
                try await parked("retry")
                    == "Facts to be taken again: 2. Poison inputs released: 1.\n")
            #expect(try await parked("--json") == Self.lines(isReleased: true))
            for _ in 0..<2 {
                // The first start takes what it can read; the second has nothing left to take.
                try await Self.serve(data, in: folder).terminate()
                #expect(
                    try await parked("--json")
                        == Self.line("ord_other", "order.placed.v9", 2, isReleased: false))
                let events = try await Self.output(
                    ["events", "--data", data, "--log", "inventory/0"], in: folder
                ).split(separator: "\n")
                #expect(events.count == 1)
                #expect(events.first?.contains(#""causationId":"evt_orders/0/1""#) == true)
                #expect(events.first?.contains(Self.order) == true)
            }
        }
    }

    @Test func `needs a house`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("none")
            for words in [["parked"], ["parked", "retry"]] {
                _ = try await Self.output(words + ["--data", data], code: 65, in: folder)
                #expect(!FileManager.default.fileExists(atPath: data))
            }
        }
    }
}
