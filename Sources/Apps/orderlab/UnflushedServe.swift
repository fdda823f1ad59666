// SPDX-License-Identifier: Apache-2.0
/// `orderlab serve`: the house without flushed commits, for the control run of the power cuts. It
/// is here and not in `orderhouse`, so that no shop can run it by mistake.

import ArgumentParser
import Foundation
import House
import Logging
import SQLiteAdapter

struct UnflushedServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a house that loses acknowledged orders in a power cut.",
        shouldDisplay: false)

    @Option(help: "The house's data directory.")
    var data: String

    @Option(help: "Address and port to listen on.")
    var listen: String

    @Option(help: "Sandbox carrier: milliseconds from the label to the pick-up.")
    var pickupDelay = 200

    @Option(help: "Sandbox carrier: milliseconds from the pick-up to the delivery.")
    var deliveryDelay = 300

    @Option(help: "Seconds after which a call to the outside counts as lost.")
    var effectTimeout = 10.0

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "error"

    func run() async throws {
        let level = Logger.Level(rawValue: logLevel) ?? .error
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        guard let port = listen.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw ValidationError("--listen is HOST:PORT.")
        }
        var settings = HouseSettings(data: data)
        settings.store.isFullySynchronous = false
        settings.effectTimeout = .seconds(effectTimeout)
        settings.moveParcels(
            pickupDelay: .milliseconds(pickupDelay), deliveryDelay: .milliseconds(deliveryDelay))
        let house = try House(settings)
        try await Server(house: house, host: "127.0.0.1", port: port).run { port in
            let line = "listening on http://127.0.0.1:\(port)\n"
            FileHandle.standardOutput.write(Data(line.utf8))
        }
    }
}
