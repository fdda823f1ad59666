// SPDX-License-Identifier: Apache-2.0
/// One node of the house with everything around it: its thread, its readers, its publisher.

import Foundation
import Kernel
import MemoryAdapter
import NodeEngine
import NodeRuntime
import Ports
import SQLiteAdapter
import ServiceModel
import SystemAdapter

struct RunningNode: Sendable {
    let plan: NodePlan
    let host: NodeHost
    let reader: NodeReader
    let publisher: OutboxPublisher?
    let filler: GapFiller?

    /// The index of the service's runner in this node; nil when it is hosted elsewhere.
    func runner(of service: String) -> Int? {
        plan.shards.firstIndex { $0.log.service == service }
    }
}
