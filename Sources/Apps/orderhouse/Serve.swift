// SPDX-License-Identifier: Apache-2.0
/// `orderhouse serve`: runs the house until it is told to stop.

import ArgumentParser
import Foundation
import House
import Logging

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the house: HTTP in front, all services behind it.",
        discussion: """
            Everything is kept under --data, which is made when it is not there. SIGTERM or \
            Ctrl-C finishes what was taken on and exits within 5 seconds; a kill loses nothing \
            that was acknowledged. There is no authentication yet: listen on loopback only.
            """)

    @OptionGroup var data: DataOption

    @Option(help: "Address and port to listen on; port 0 picks a free one.")
    var listen = "127.0.0.1:8080"

    @Option(help: "single: one node, one commit a batch. split: a node for each service.")
    var topology = HouseSettings.Topology.single

    @Option(help: "Nodes that share the orders, 1 to 8; needs --topology split.")
    var orderShards = 1

    @Option(
        help: "Partitions that facts are published in, for good: a power of two, 1 to 4096.")
    var partitions = HouseSettings.partitionsStandard

    @Option(help: "Sandbox carrier: milliseconds from the label to the pick-up.")
    var pickupDelay = 200

    @Option(help: "Sandbox carrier: milliseconds from the pick-up to the delivery.")
    var deliveryDelay = 300

    @Option(help: "Sandbox: share of misbehaving provider and carrier calls, in a thousand.")
    var misbehavior = 0

    @Option(help: "Seconds after which a call to the outside counts as lost.")
    var effectTimeout = 10.0

    @Option(help: "Seconds by which the wall clock may jump without being doubted for 5 minutes.")
    var clockJumpMax = 300

    @Flag(help: "Do not flush mails to the disk one batch at a time.")
    var mailMayBeLost = false

    @OptionGroup var door: DoorOptions

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel = "info"

    func validate() throws {
        guard let at = Address(listen) else {
            throw ValidationError("--listen is HOST:PORT, such as 127.0.0.1:8080.")
        }
        guard at.port <= 65_535 else { throw ValidationError("A port is 0 to 65535.") }
        guard (0...1_000).contains(misbehavior) else {
            throw ValidationError("--misbehavior is 0 to 1000.")
        }
        guard pickupDelay >= 0, deliveryDelay >= 0 else {
            throw ValidationError("Delays can't be negative.")
        }
        // An attempt's lease of 30 s covers the wait for its call and the call itself.
        guard (0.01...10).contains(effectTimeout) else {
            throw ValidationError("--effect-timeout is 0.01 to 10 seconds.")
        }
        guard (1...86_400).contains(clockJumpMax) else {
            throw ValidationError("--clock-jump-max is 1 to 86400 seconds.")
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("There is no log level '\(logLevel)'.")
        }
    }

    func run() async throws {
        guard let at = Address(listen) else { throw ExitCode(64) }
        let level = Logger.Level(rawValue: logLevel) ?? .info
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        do {
            let house = try House(settings)
            try await Server(house: house, host: at.host, port: at.port).run { port in
                Output.say("listening on http://\(at.host):\(port)")
            }
        } catch let failure as HouseFailure {
            Output.complain(failure)
            throw ExitCode(failure)
        } catch {
            Output.complain(error)
            throw ExitCode.failed
        }
    }

    private var settings: HouseSettings {
        var settings = HouseSettings(data: data.data)
        settings.topology = topology
        settings.orderShards = orderShards
        settings.partitions = partitions
        settings.effectTimeout = .seconds(effectTimeout)
        settings.doubtClock(beyond: clockJumpMax)
        settings.isMailDurable = !mailMayBeLost
        settings.door = door.limits
        settings.moveParcels(
            pickupDelay: .milliseconds(pickupDelay), deliveryDelay: .milliseconds(deliveryDelay))
        settings.misbehave(misbehavior)
        return settings
    }
}

extension HouseSettings.Topology: ExpressibleByArgument {}

/// `HOST:PORT`; the host of an IPv6 address stands in brackets.
struct Address {
    let host: String
    let port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
            let port = Int(text[text.index(after: colon)...]), port >= 0
        else { return nil }
        host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        self.port = port
    }
}
