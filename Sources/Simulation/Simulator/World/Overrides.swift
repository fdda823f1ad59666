// SPDX-License-Identifier: Apache-2.0
/// Who plays in a world: the services of the house, just as they are, and the hooks at which a
/// planted bug may replace one of them.

import Contracts
import Invariants
package import Kernel
package import NodeEngine
import NodeRuntime
package import OrderQueriesService
import OrdersService
package import Ports
package import Projections
package import ServiceModel
import ServiceModules

/// The roles of one world and where each plays.
struct Placement {
    let roles: [ServiceShard]
    /// By role: its service's place in `ServiceChecks`.
    let services: [Int]
    /// By role: how its log is read. A world's own, since worlds are played by several threads.
    let codecs: [LogCodec]
    /// By role: its node, and its place among the node's runners.
    let places: [(node: Int, runner: Int)]
    /// By node: its roles.
    let rolesByNode: [[Int]]
    let shards: Int
    /// By role and node: whether somebody in the node follows the role's log from outside.
    private(set) var subscribers: [[Bool]] = []
    let partitioning: Partitioning
    /// By node: the partitions of other nodes' logs that concern it; nil for all.
    private(set) var partitions: [Set<UInt16>?] = []

    init(_ setting: Setting) {
        shards = setting.shards
        partitioning = setting.partitioning
        roles = ServiceShard.all(shards: setting.shards, partitioning: setting.partitioning)
        services = roles.map { role in
            guard let service = ServiceChecks.index(of: role.log.service) else {
                preconditionFailure("every service of the house is checked")
            }
            return service
        }
        codecs = roles.map { $0.makeCodec() }
        precondition(setting.layout.count == roles.count, "every role has its node")
        var rolesByNode: [[Int]] = Array(repeating: [], count: setting.nodes)
        for (role, node) in setting.layout.enumerated() { rolesByNode[node].append(role) }
        if setting.runnersReversed != 0 { rolesByNode = rolesByNode.map { $0.reversed() } }
        places = setting.layout.enumerated().map { role, node in
            (node, rolesByNode[node].firstIndex(of: role) ?? 0)
        }
        self.rolesByNode = rolesByNode
        partitions = rolesByNode.map { node in
            ServiceShard.partitions(of: node.map { roles[$0] })
        }
        subscribers = roles.indices.map { role in
            rolesByNode.indices.map { node in
                places[role].node != node
                    && rolesByNode[node].contains {
                        roles[$0].subscribesTo.contains(roles[role].log.service)
                    }
            }
        }
    }

    /// The services in `node`, or in all other nodes than that of `role`, in which something
    /// follows from a fact of `role`.
    func services(in node: Int?, concernedBy fact: any Fact, of role: Int) -> [Int] {
        roles.indices.filter { subscriber in
            let place = places[subscriber]
            return place.node != places[role].node && place.node == node ?? place.node
                && roles[subscriber].subscribesTo.contains(roles[role].log.service)
                && roles[subscriber].module.reacts(fact)
        }.map { services[$0] }
    }

    /// The role of the orders whose ids carry `bucket`.
    func ordersRole(of bucket: UInt16) -> Int {
        roles.firstIndex { $0.log.service == Orders.name && $0.owns(bucket) } ?? 0
    }

    /// The role of a service that has one shard.
    func index(of service: String) -> Int {
        roles.firstIndex { $0.log.service == service } ?? 0
    }

    func index(of log: LogName) -> Int? { roles.firstIndex { $0.log == log } }

    /// The logs of other nodes that somebody in `node` follows.
    func remoteLogs(of node: Int) -> [RemoteLog] {
        let heard = Set(rolesByNode[node].flatMap { roles[$0].subscribesTo })
        return roles.indices.filter { places[$0].node != node }
            .filter { heard.contains(roles[$0].log.service) }
            .map { role in
                RemoteLog(
                    name: roles[role].log, codec: codecs[role],
                    partitions: partitions[node], of: partitioning)
            }
    }
}

/// What a publisher does when the bus does not take what it publishes.
package enum PublisherCare: Sendable {
    case triesAgain
    /// It does so much later.
    case triesMuchLater
    /// It takes it for published.
    case movesOn
    /// It publishes nothing more until its process is started again.
    case givesUp
}

/// When the slot of a call is free again.
package enum SlotCare: Sendable {
    case endWithTheirCall
    /// A call that is not answered keeps the slots of all that left with it.
    case endWithTheirBatch
}

/// Everything that a planted bug may replace; untouched, it is the house as it is.
package struct Overrides: Sendable {
    package typealias MakeRunner =
        @Sendable (_ role: ServiceShard, _ limits: ServiceRunnerLimits) -> any AnyServiceRunner

    package var runner: MakeRunner = { role, limits in role.runner(limits) }
    /// Wraps the store of each node, under the faults.
    package var store: @Sendable (any Store) -> any Store = { $0 }
    /// Changes calls on their way to the provider.
    package var providerCall: @Sendable (ProviderCall) -> ProviderCall = { $0 }
    /// Changes what the provider answered.
    package var providerAnswer: @Sendable (ProviderAnswer) -> ProviderAnswer = { $0 }
    /// Changes what a node, named by its number, hears of others.
    package var message: @Sendable (BusMessage, Int) -> BusMessage? = { message, _ in message }
    /// Changes what a reader finds among the rows that are committed and not written yet.
    package var recent: @Sendable (Row?) -> Row? = { $0 }
    /// Changes what publishers publish.
    package var publication: @Sendable ([BusMessage]) -> [BusMessage] = { $0 }
    /// What publishers do when the bus takes nothing.
    package var publisher = PublisherCare.triesAgain
    /// Calls that leave for the provider as soon as a fact is decided, stored or not.
    package var earlyCall: (@Sendable (any Fact) -> ProviderCall?)?
    /// Changes what a client is told.
    package var reply: @Sendable (Reply) -> Reply = { $0 }
    /// Changes how much a mailbox and a worker take on.
    package var bound: @Sendable (Int) -> Int = { $0 }
    /// How long the breakers of workers pause.
    package var breakerPause: Span = .seconds(2)
    /// When a worker's slots end.
    package var slots = SlotCare.endWithTheirCall
    /// Changes what a worker, by its number, tells a node of its slots.
    package var report: @Sendable (SlotReport, _ worker: Int) -> SlotReport = { told, _ in told }
    /// Calls for which a worker has no slot are answered as if the outside had refused them.
    package var isRefusedByTheHouse = false
    /// Changes what a node takes for the time: what it would, what the wall clock shows, and what
    /// it took before.
    package var time:
        @Sendable (_ told: Timestamp, _ wall: Timestamp, _ last: Timestamp) -> Timestamp = {
            told, _, _ in told
        }
    /// Changes the time of new ids: what it would be, and what the wall clock shows.
    package var idTime: @Sendable (_ told: Timestamp, _ wall: Timestamp) -> Timestamp = {
        told, _ in told
    }
    /// Changes what the door finds to be the last id when it is started.
    package var lastID: @Sendable (UUIDv7?) -> UUIDv7? = { $0 }
    /// Changes what follows the logs.
    package var projections: @Sendable ([any Projection]) -> [any Projection] = { $0 }
    /// Wraps the store of read models, under the faults.
    package var views: @Sendable (any Views) -> any Views = { $0 }
    /// Changes how reports read them, and what they know of time zones.
    package var viewReader: @Sendable (any ViewReader) -> any ViewReader = { $0 }
    package var zones: @Sendable (any TimeZones) -> any TimeZones = { $0 }
    /// Changes what the feed takes for the place of a reader that asks for its next page.
    package var feedPlace: @Sendable (FeedCursor, any FactDoor) -> FeedCursor = { place, _ in
        place
    }
    /// Changes whatever a node is given to do.
    package var input: @Sendable (Input) -> Input? = { $0 }

    package init() {}

    /// Replaces the runners of one service, each by what `make` makes in its place.
    package mutating func replace(_ service: String, by make: @escaping MakeRunner) {
        let original = runner
        runner = { role, limits in
            role.log.service == service ? make(role, limits) : original(role, limits)
        }
    }
}
