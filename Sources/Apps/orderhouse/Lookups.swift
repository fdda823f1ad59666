// SPDX-License-Identifier: Apache-2.0
/// `orderhouse events`, `orders`, `audit`, `problems`: looking at a house, running or not.

import ArgumentParser
import Foundation
import House
import Invariants

/// Runs `body`; a failure is printed and becomes the exit code.
func reporting(_ body: () throws -> Void) throws {
    do { try body() } catch { throw complain(about: error) }
}

func reporting(_ body: () async throws -> Void) async throws {
    do { try await body() } catch { throw complain(about: error) }
}

private func complain(about failure: any Error) -> ExitCode {
    if let code = failure as? ExitCode { return code }
    Output.complain(failure)
    return (failure as? HouseFailure).map { ExitCode($0) } ?? .dataUnusable
}

struct Events: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print logged events as JSON, one a line, oldest first.",
        discussion: "Personal data stays sealed. The house may be running.")

    @OptionGroup var data: DataOption

    @Option(help: "Only this log: a service and a shard, such as orders/0 or inventory/0.")
    var log: String?

    @Option(help: "Only events about this order, of any service.")
    var order: String?

    @Option(help: "Only events after this position of each log.")
    var after: Int64 = 0

    @Option(help: "At most so many events.")
    var limit = 1_000_000

    func run() throws {
        try reporting {
            let reader = try OfflineReader(data: data.data)
            let printed = try reader.events(
                log: log, order: order, after: after, limit: limit, each: put)
            if printed == 0 && order != nil { throw ExitCode(1) }
        }
    }
}

struct Orders: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print orders as JSON, one a line, in the order in which they were placed.",
        discussion: """
            The house may be running. An order whose stored data can't be read is printed with its \
            id and the status 'unreadable'; the others are printed as always.
            """)

    @OptionGroup var data: DataOption

    @Option(help: "Only orders with this status, such as awaiting-payment.")
    var status: String?

    @Argument(help: "Only this order.")
    var id: String?

    func run() throws {
        try reporting {
            let reader = try OfflineReader(data: data.data)
            let listing = try reader.orders(id: id, status: status, each: put)
            if listing.unreadable > 0 {
                let words = "orders can't be read: \(listing.unreadable)"
                FileHandle.standardError.write(Data("orderhouse: \(words)\n".utf8))
            }
            if listing.printed == 0 && id != nil { throw ExitCode(1) }
        }
    }
}

struct Messages: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print messages to customers as JSON, one a line, oldest first.",
        discussion: "Recipients stay sealed. The house may be running.")

    @OptionGroup var data: DataOption

    @Flag(help: "Only messages that were given up.")
    var failed = false

    @Option(help: "Only messages about this order.")
    var order: String?

    func run() throws {
        try reporting {
            let reader = try OfflineReader(data: data.data)
            let listing = try reader.messages(isFailed: failed, order: order, each: put)
            if listing.unreadable > 0 {
                let words = "messages can't be read: \(listing.unreadable)"
                FileHandle.standardError.write(Data("orderhouse: \(words)\n".utf8))
            }
            if listing.printed == 0 && order != nil { throw ExitCode(1) }
        }
    }
}

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read every stored fact again and check every promise.",
        discussion: """
            Compares the logs with the rows, the hash chain, and the books of the payment \
            provider and the carrier. Exits 0 when all is well, 1 when something is not.
            """)

    @OptionGroup var data: DataOption

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        try reporting {
            var auditor = try Auditor(data: data.data)
            let report = try auditor.run()
            if json { put(report.json) } else { print(report.text) }
            if !report.isGreen { throw ExitCode(1) }
        }
    }
}

struct Problems: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every problem that a client can meet, as a Markdown table.")

    func run() throws { print(HouseProblems.table, terminator: "") }
}

struct ListInvariants: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invariants",
        abstract: "Print every promise that is checked, and those that are not yet, as Markdown.")

    func run() throws { print(Rule.tables, terminator: "") }
}
