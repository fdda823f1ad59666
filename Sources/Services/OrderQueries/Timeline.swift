// SPDX-License-Identifier: Apache-2.0
/// What happened to each order, over all services: every fact about it, with its place in the logs,
/// the time, and what brought it about.

import Contracts
import Kernel
package import NodeEngine
package import Ports
package import Projections

package struct Timeline: Projection {
    package static let table = ViewTable(
        "timeline", "Every fact about an order, of every service.",
        key: [
            .text("order_id", "The order."),
            .int("recorded_at", "When it was recorded."),
            .text("service", "The service that logged it."),
            .int("shard", "The shard of that service: its log is `service/shard`."),
            .int("position", "Its position in that log."),
        ],
        [
            .text("type", "The name of the fact, with its version."),
            .text(
                "cause",
                """
                `cmd_…`: a request; `evt_LOG/POSITION`: another fact; `time` or `elapsed-time`: a \
                moment came.
                """),
            .optional(
                .text(
                    "actor",
                    """
                    Who asked for it, where the fact says so; not when it may be an e-mail address.
                    """)),
            .optional(.text("trace", "The W3C trace context of the request that it began with.")),
        ])

    package let name = "timeline"
    package let version = 1
    package let tables = [Timeline.table]
    package let follows = [
        FollowedFacts.all(of: "orders"), .all(of: "inventory"), .all(of: "payments"),
        .all(of: "shipping"), .all(of: "notifications"),
    ]

    package init() {}

    package func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        // Facts about articles and products are about no order.
        guard let order = envelope.correlation else { return }
        try changes.insert(
            Self.table,
            [
                .text(order), .int(envelope.at.milliseconds), .text(envelope.log.service),
                .int(Int64(envelope.log.shard)), .int(envelope.position),
                .text(envelope.fact.wireName.text), .text(envelope.cause.text),
                .optional(Self.actor(of: envelope.fact)), .optional(envelope.trace),
            ])
    }

    private static func actor(of fact: any Fact) -> String? {
        guard case .placed(let placed)? = fact.of(OrderEvent.self) else { return nil }
        // Whoever is erased must be gone from here, too.
        let name = placed.principal.name
        return name.utf8.contains(UInt8(ascii: "@")) ? nil : name
    }
}
