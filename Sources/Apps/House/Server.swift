// SPDX-License-Identifier: Apache-2.0
/// A house with its HTTP door open.

import SandboxAdapter
import Foundation
import Gateway
import Hummingbird
import Logging
import SystemAdapter
package import ServiceLifecycle
package import UnixSignals

package struct Server: Sendable {
    private let house: House
    private let host: String
    private let port: Int

    package init(house: House, host: String, port: Int) {
        self.house = house
        self.host = host
        self.port = port
    }

    /// Runs until SIGTERM or SIGINT, or until `stop` is called on a group made by `group`.
    package func run(onListening: @escaping @Sendable (Int) -> Void) async throws {
        try await group(onListening: onListening).run()
    }

    package func group(
        signals: [UnixSignal] = [.sigterm, .sigint],
        onListening: @escaping @Sendable (Int) -> Void
    ) -> ServiceGroup {
        var logger = Logger(label: "orderhouse")
        logger.logLevel = Logger.current.logLevel
        var quiet = logger
        quiet.logLevel = .warning
        var limits = house.settings.door
        let files = OpenFiles.raiseLimit() - OpenFiles.reserved
        limits.connectionsMax = min(limits.connectionsMax, max(OpenFiles.reserved, files))
        let door = HTTPDoor.application(
            house.api.responder(logger: logger),
            at: DoorAddress(host: host, port: port),
            door: Listener(limits: limits, figures: house.doorFigures),
            entropy: house.entropy, logger: quiet
        ) { [house] port in
            while !house.isReady {
                // A store that can't be opened ends the process while callers wait for it.
                guard (try? await Task.sleep(for: .milliseconds(2))) != nil else { return }
            }
            onListening(port)
        }
        var configuration = ServiceGroupConfiguration(
            services: (house.services + [door]).map { .init(service: $0) },
            gracefulShutdownSignals: signals, logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(4)
        return ServiceGroup(configuration: configuration)
    }
}

extension HouseSettings {
    /// How fast the sandbox carrier moves parcels along.
    package mutating func moveParcels(pickupDelay: Duration, deliveryDelay: Duration) {
        carrier.pickupDelay = pickupDelay
        carrier.deliveryDelay = deliveryDelay
    }

    /// The sandbox fails in `permille` of its calls, in every way that it can.
    package mutating func misbehave(_ permille: Int) {
        guard permille > 0 else { return }
        let share = max(1, permille / 5)
        payments.timeoutBefore = share
        payments.timeoutAfter = share
        payments.unavailable = share
        payments.twice = share
        payments.slow = share
        payments.slowDelay = .milliseconds(200)
        carrier.timeoutBefore = share
        carrier.timeoutAfter = share
        carrier.unavailable = share
        carrier.lostUpdate = share
        carrier.repeatedUpdate = share
        carrier.outOfOrder = share
    }
}
