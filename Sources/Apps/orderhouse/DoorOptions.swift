// SPDX-License-Identifier: Apache-2.0
/// Limits of time and memory for HTTP clients, as options of `serve`.

import ArgumentParser
import Gateway

struct DoorOptions: ParsableArguments {
    @Option(help: "Open connections, 1 to 1000000; further ones are answered 503.")
    var connectionsMax = DoorLimits().connectionsMax

    @Option(help: "Seconds for the header of a request.")
    var headTimeout = 10.0

    @Option(help: "Seconds for the body of a request, after its header.")
    var bodyTimeout = 20.0

    @Option(help: "Seconds for a request and its answer together.")
    var requestTimeout = 60.0

    @Option(help: "Seconds that a connection may be idle.")
    var idleTimeout = 60.0

    @Option(help: "MiB of unfinished and unanswered requests, 1 to 65536, over all connections.")
    var heldMax = 64

    func validate() throws {
        guard (1...1_000_000).contains(connectionsMax) else {
            throw ValidationError("--connections-max is 1 to 1000000.")
        }
        for seconds in [headTimeout, bodyTimeout, requestTimeout, idleTimeout] {
            guard (0.01...86_400).contains(seconds) else {
                throw ValidationError("A time limit of the door is 0.01 to 86400 seconds.")
            }
        }
        guard (1...65_536).contains(heldMax) else {
            throw ValidationError("--held-max is 1 to 65536 MiB.")
        }
    }

    var limits: DoorLimits {
        var limits = DoorLimits()
        limits.connectionsMax = connectionsMax
        limits.headTime = .seconds(headTimeout)
        limits.bodyTime = .seconds(bodyTimeout)
        limits.requestTime = .seconds(requestTimeout)
        limits.idleTime = .seconds(idleTimeout)
        limits.heldBytesMax = heldMax << 20
        return limits
    }
}
