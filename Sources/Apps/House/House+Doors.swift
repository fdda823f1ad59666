// SPDX-License-Identifier: Apache-2.0
/// The house's doors, as the gateway and the programs use them.

import CatalogService
package import Gateway
package import Kernel
package import NodeEngine
import NodeRuntime
package import Ports
package import ServiceModel
import ServiceModules
import SystemAdapter

extension House: Doors {
    package func door<S: Service & SendableMetatype>(to service: S.Type) -> any Door<S> {
        HouseDoor<S>(self)
    }

    package var prices: any Prices { CatalogPrices(self) }
    package var views: any ViewDoor { readSide }
    package var facts: any FactDoor { readSide.facts }
    package var timeZones: any TimeZones { SystemTimeZones() }

    /// A number for a new order, once the last one of every log is known.
    package func makeID(bucket: UInt16) async throws -> UUIDv7 {
        while !ids.isReady { try await Task.sleep(for: .milliseconds(2)) }
        return ids.next(bucket: bucket)
    }

    /// What the gateway serves.
    package var api: API {
        API(
            routes: ServiceModule.all.flatMap { $0.routes(self) }
                + ReadModels.modules.flatMap { $0.routes(self) },
            problems: HouseProblems.all, entropy: entropy,
            status: { [self] in API.HouseStatus(isReady: isReady, json: status) })
    }
}

extension House {
    /// The last position of every log.
    package var heads: [LogName: Int64] {
        nodes.reduce(into: [:]) { heads, node in
            heads.merge(node.host.snapshot.heads) { first, _ in first }
        }
    }

    package func head(_ log: String) -> Int {
        Int(LogName(text: log).flatMap { heads[$0] } ?? 0)
    }

    /// Batches that the house's nodes have run.
    package var turns: Int64 { nodes.reduce(0) { $0 + $1.host.snapshot.turns } }
}
