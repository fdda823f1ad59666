// SPDX-License-Identifier: Apache-2.0
/// Everything that is decided about a world before it begins, or, in a shrunk plan, at all.

/// One world's script. The same plan always plays the same way.
package struct Plan: Sendable, Equatable {
    /// The seed it was drawn from.
    package var seed: UInt64
    package var setting: Setting
    package var orders: [PlannedOrder] = []
    package var counts: [PlannedCount] = []
    /// What is asked of services beside the orders, by their workloads.
    package var requests: [PlannedRequest] = []
    package var operations: [PlannedOperation] = []
    /// The faults that happen; nil: they are drawn, at the setting's chances.
    package var faults: [Fault]?
    /// Spreads delays and ties; nil: every delay is the usual one, and nothing overtakes.
    package var noise: UInt64?

    package init(seed: UInt64, setting: Setting = Setting()) {
        self.seed = seed
        self.setting = setting
    }

    /// When faults end and everything must come to rest.
    package var healsAt: Instant {
        var ends = orders.map(\.lastAct) + counts.map(\.at) + requests.map(\.at)
        ends += operations.map { $0.at + $0.length }
        return (ends.max() ?? 0) + Instant.minute
    }

    /// How much a reader of the plan has to look at.
    package var size: Int {
        orders.count + counts.count + requests.count + operations.count + (faults?.count ?? 0)
    }
}

/// What one client does.
package struct PlannedOrder: Sendable, Equatable {
    /// Names the order, in whatever subset of the plan.
    package var number: Int
    package var at: Instant
    package var lines: [Line]
    package var warehouse = 0
    package var script = Script.honest
    /// Sends the same request again so soon after the first.
    package var doubleClickAfter: Instant?
    /// Asks for the order to be canceled so soon after it was placed.
    package var cancelAfter: Instant?

    package struct Line: Sendable, Equatable {
        package var article: Int
        package var quantity: Int
        /// In ten-thousandths of a cent.
        package var price: Int

        package init(article: Int, quantity: Int, price: Int) {
            self.article = article
            self.quantity = quantity
            self.price = price
        }
    }

    /// What the client is up to. The names are part of stored plans.
    package enum Script: String, Sendable, CaseIterable {
        case honest
        /// The card is declined.
        case declined
        /// The card is good until the money is called for.
        case captureDeclined = "capture-declined"
        /// An order without lines.
        case empty
        /// A total that no number can hold.
        case huge
        /// Lines in two currencies.
        case mixed
        /// A line that pays the customer.
        case negative
        /// The key of an earlier request with another body, after the first was answered.
        case reusesKey = "reuses-key"
        /// Wants more than there can ever be.
        case greedy
    }

    /// When the client acts again, if at all. A plan ends after the last of these, and the shrinker
    /// leaves them out one by one.
    package static var laterActs: [WritableKeyPath<PlannedOrder, Instant?>] {
        [\.doubleClickAfter, \.cancelAfter]
    }

    var lastAct: Instant { at + (Self.laterActs.compactMap { self[keyPath: $0] }.max() ?? 0) }
}

/// Somebody counts an article.
package struct PlannedCount: Sendable, Equatable {
    package var at: Instant
    package var article: Int
    package var warehouse: Int
    package var units: Int
    /// The count that must have been there before; nil when it does not matter.
    package var expected: Int?
}

/// Somebody asks something of a service.
package struct PlannedRequest: Sendable, Equatable {
    package var service: String
    package var at: Instant
    /// What is asked, in words that the workload of the service understands.
    package var words: String

    package init(_ service: String, at: Instant, _ words: String) {
        self.service = service
        self.at = at
        self.words = words
    }
}

/// What operators do, and what happens to machines.
package struct PlannedOperation: Sendable, Equatable {
    package var at: Instant
    package var kind: Kind
    package var node: Int
    /// How long it lasts.
    package var length: Instant = 0
    /// Minutes of a jump, or a knob.
    package var amount = 0

    /// The names are part of stored plans.
    package enum Kind: String, Sendable, CaseIterable {
        /// The process dies at once and is started again after `length`.
        case kill
        /// It stops in order and starts again with other knobs.
        case upgrade
        /// It does nothing for a while.
        case pause
        /// It does nothing for a while; meanwhile another one takes its place.
        case takeover
        /// Every row that is made from the log is thrown away, and made again at the start.
        case rebuild
        /// The clock jumps.
        case jump
        /// The disk is full for a while.
        case full
        /// Publishing is blocked for a while.
        case block
        /// The provider is down for a while.
        case providerDown = "provider-down"
        /// The carrier is down for a while.
        case carrierDown = "carrier-down"
        /// Read models are made again beside the old ones.
        case rebuildViews = "rebuild-views"
    }
}
