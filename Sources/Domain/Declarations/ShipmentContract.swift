// SPDX-License-Identifier: Apache-2.0
/// The facts of shipments.

extension Contract {
    static let shipments = Contract(
        "ShipmentEvent", "shipment",
        "What can happen to a shipment: what we did, and what the carrier says became of it.",
        identity: [.id("shipment", "ShipmentID"), .id("order", "OrderID")],
        facts: [
            .record(
                1, "created",
                """
                A parcel is to be sent; with credit this is also the first attempt to get its label.
                """,
                [
                    .warehouse("warehouse"), .int("units"), .value("recipient", "Recipient"),
                    .inline("start", "CallStart"),
                ]),
            .fact(
                2, "attempted",
                "The carrier is about to be called (again), under the same key as before.",
                [.int("attempt"), .time("leaseUntil")]),
            .fact(
                3, "deferred",
                """
                The carrier did not answer (a failure) or had nothing new; it will be asked at \
                `retryAt`.
                """,
                [.bool("isFailure"), .time("retryAt")]),
            .fact(
                4, "labeled", "The label is bought, the parcel waits for the carrier.",
                [.string("tracking"), .time("askAt")]),
            .fact(5, "shipped", "The carrier has the parcel.", [.time("askAt")]),
            .fact(6, "delivered", "The customer has the parcel: the end."),
            .fact(
                7, "cancelRequested",
                "The parcel is to be stopped; the carrier decides whether it still can be.",
                [.inline("start", "CallStart")]),
            .fact(8, "canceled", "The parcel stays: the end."),
        ])
}
