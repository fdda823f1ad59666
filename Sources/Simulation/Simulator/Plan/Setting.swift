// SPDX-License-Identifier: Apache-2.0
/// How one world is made: who stands where, how large everything is, and how often it fails.

import Kernel
import NodeEngine
import Ports
import ServiceModel
import ServiceModules

/// The plain numbers of a world. Each has a name in plan files; see `fields`.
package struct Setting: Sendable, Equatable {
    package var shards = 1
    package var warehouses = 1
    package var articles = 8
    /// Units of each article in each warehouse at the beginning.
    package var units = 1_000_000

    // The engine's knobs.
    package var batchMax = 2_048
    package var idleMilliseconds = 40
    package var eventsMax = 16_384
    package var dueMax = 512
    package var cachedEntities = 200_000
    package var lagEvents = 100_000
    package var restingRows = 2_048
    package var replyIndex = 65_536
    /// How long an answer is kept at least: seven days.
    package var replyMinutes = 10_080
    package var frameRecords = 256
    package var frameBytes = 18_200
    package var publisherMilliseconds = 250
    /// Callers that may wait for a node, and calls of an operation that may be under way.
    package var mailboxMax = 20_000
    package var slotsMax = 100_000

    // How long things take when nothing goes wrong.
    package var commitMicroseconds = 200
    /// How long a node's thread takes to wake: whatever comes meanwhile shares its turn.
    package var wakeMicroseconds = 0
    package var callMicroseconds = 50_000
    package var busMicroseconds = 1_000
    package var clientMicroseconds = 1_000
    package var pickupMinutes = 60
    package var deliveryMinutes = 1_440
    package var noticeMilliseconds = 200

    // How the outside behaves.
    /// Out of a million operations, how many the provider tells of unasked.
    package var noticesPerMillion = 1_000_000
    package var keyWindowHours = 24
    package var declinedPerMillion = 50_000
    /// How long a client waits before it asks again; 0 for ever.
    package var patienceMilliseconds = 0
    /// Out of a million inputs, how many end the process that decides them, until faults end.
    package var poisonPerMillion = 0
    /// How far clocks may be off, in milliseconds, and how many parts in a million they drift.
    package var skewMilliseconds = 0
    package var driftPerMillion = 0
    /// The greatest jump of a clock during the run, in minutes.
    package var jumpMinutes = 0
    /// A power of two, no fewer than there are shards.
    package var partitions = Int(Partitioning.standard.count)

    /// Deaths by chance, spread over the orders: each makes all that is open begin anew, so that
    /// with as many as there are orders a world would do little else.
    package var deathsMax = 1_000_000

    /// How many facts read models take into a commit; 0: nobody follows the logs.
    package var viewFacts = 0
    /// How long they rest when they have followed all, and so do readers of the feed.
    package var viewMilliseconds = 20
    /// The largest page that a reader of the feed asks for.
    package var pageMax = 100

    /// Not 0: every node goes through its services backwards.
    package var runnersReversed = 0
    /// The node of each role.
    package var layout = ServiceShard.all(shards: 1).map { _ in 0 }
    /// Out of a million decisions, how often each kind of fault happens.
    package var chances: [Int] = Array(repeating: 0, count: FaultKind.allCases.count)

    package init() {}

    package var nodes: Int { (layout.max() ?? 0) + 1 }

    /// Keeps the orders in `shards` logs. Logs that there are already keep their nodes.
    mutating func divide(into shards: Int, newOn node: Int) {
        let old = zip(ServiceShard.all(shards: self.shards), layout).map { ($0.log, $1) }
        layout = ServiceShard.all(shards: shards).map { role in
            old.first { $0.0 == role.log }?.1 ?? node
        }
        self.shards = shards
    }

    package static var fields: [(name: String, path: WritableKeyPath<Setting, Int>)] {
        [
            ("shards", \.shards), ("warehouses", \.warehouses), ("articles", \.articles),
            ("units", \.units), ("batch-max", \.batchMax), ("idle-ms", \.idleMilliseconds),
            ("events-max", \.eventsMax), ("due-max", \.dueMax),
            ("cached-entities", \.cachedEntities),
            ("lag-events", \.lagEvents), ("resting-rows", \.restingRows),
            ("reply-index", \.replyIndex), ("reply-min", \.replyMinutes),
            ("frame-records", \.frameRecords),
            ("frame-bytes", \.frameBytes), ("runners-reversed", \.runnersReversed),
            ("publisher-ms", \.publisherMilliseconds), ("mailbox-max", \.mailboxMax),
            ("slots-max", \.slotsMax), ("commit-us", \.commitMicroseconds),
            ("wake-us", \.wakeMicroseconds), ("call-us", \.callMicroseconds),
            ("bus-us", \.busMicroseconds), ("client-us", \.clientMicroseconds),
            ("pickup-min", \.pickupMinutes),
            ("delivery-min", \.deliveryMinutes), ("notice-ms", \.noticeMilliseconds),
            ("notices-ppm", \.noticesPerMillion), ("key-window-h", \.keyWindowHours),
            ("declined-ppm", \.declinedPerMillion), ("patience-ms", \.patienceMilliseconds),
            ("skew-ms", \.skewMilliseconds), ("drift-ppm", \.driftPerMillion),
            ("jump-min", \.jumpMinutes), ("deaths-max", \.deathsMax),
            ("poison-ppm", \.poisonPerMillion), ("partitions", \.partitions),
            ("view-facts", \.viewFacts), ("view-ms", \.viewMilliseconds),
            ("page-max", \.pageMax),
        ]
    }

    var runnerLimits: ServiceRunnerLimits {
        var limits = ServiceRunnerLimits()
        limits.cachedEntities = cachedEntities
        limits.lagEvents = Int64(lagEvents)
        limits.restingRows = restingRows
        limits.replyIndex = replyIndex
        limits.replyGeneration = .minutes(Int64(replyMinutes))
        limits.frameRecords = frameRecords
        limits.frameBytes = frameBytes
        limits.callsMax = 0  // Until the workers have told their slots.
        return limits
    }

    var partitioning: Partitioning {
        guard let partitioning = Partitioning(count: partitions) else {
            preconditionFailure("a plan that is read or drawn has a power of two")
        }
        return partitioning
    }

    var nodeLimits: NodeLimits {
        var limits = NodeLimits()
        limits.eventsMax = Int64(eventsMax)
        limits.dueMax = dueMax
        return limits
    }
}
