// SPDX-License-Identifier: Apache-2.0
/// The facts of orders.

extension Contract {
    static let orders = Contract(
        "OrderEvent", "order",
        "What can happen to an order. Past tense, facts only: added to, never renamed.",
        identity: [.id("order", "OrderID")],
        facts: [
            .record(
                1, "placed", "The order was accepted; its lines are now to be held.",
                [
                    .list("lines", of: "OrderLine"), .list("adjustments", of: "Adjustment"),
                    .money("total", "Of lines and adjustments."), .warehouse("warehouse"),
                    .value("origin", "OrderOrigin"), .value("recipient", "Recipient"),
                    .secret("paymentToken", tokenAbout),
                    .principal("principal"), .time("at"),
                    .time("remindAt", "When an unanswered request for the hold is repeated."),
                ]),
            .record(
                2, "reserved", "Every line is held; the payment is now to be authorized.",
                [
                    .money("amount"), .secret("paymentToken"),
                    .time("expiresAt", "When an unpaid order gives its stock back."),
                ]),
            .fact(
                3, "rejected", "Some lines could not be held: the end, nothing was taken.",
                [.list("short", of: "ShortLine")]),
            .record(
                4, "confirmed",
                "Paid for: the hold becomes an allocation, the shipment is to be made.",
                [
                    .warehouse("warehouse"), .money("total"), .int("units"),
                    .value("recipient", "Recipient"), .time("remindAt"),
                ]),
            .fact(
                5, "inFulfillment",
                "The carrier has the goods: the end of canceling, the payment is to be captured."),
            .fact(
                6, "canceling",
                "Someone wants it undone; the shipment, if there is one, is to be stopped first.",
                [.slug("reason", "CancelReason"), .optional("shipment", "ShipmentID")]),
            .record(
                7, "stopped",
                """
                Nothing will leave the house any more: the stock is to be released, the payment \
                voided.
                """,
                [
                    .slug("reason", "CancelReason"),
                    .optional("hold", "HoldID", "To be given back; nil: never asked for."),
                    .optional("payment", "PaymentID"), .time("remindAt"),
                ]),
            .record(
                8, "cancelFailed",
                """
                The goods had left before they could be stopped: the order goes on, and whoever \
                wanted it canceled is to be told.
                """,
                [
                    .slug("reason", "CancelReason", "Why it should have been canceled."),
                    .money("total"), .value("recipient", "Recipient", "Who has to be told."),
                ]),
            .record(
                9, "canceled", "Undone: no stock is held and no money is owed.",
                [
                    .slug("reason", "CancelReason"), .money("total"),
                    .value("recipient", "Recipient"),
                ]),
            .fact(10, "completed", "Delivered and paid."),
            .record(
                11, "reminded",
                """
                An answer is overdue: what was asked for is asked for again, under the same ids.
                """,
                [
                    .value("step", "Step", "The request that was not answered, whole."),
                    .time("remindAt"),
                ]),
            .fact(12, "paid", "The money is ours; the parcel is still under way."),
            .fact(13, "delivered", "The parcel arrived; the money is still to come."),
            .fact(
                14, "stockReturned",
                "Of an order that is being undone: its stock is back, its payment not yet."),
            .fact(
                15, "paymentUndone",
                "Of an order that is being undone: its payment is undone, its stock not back yet."),
            .fact(
                16, "exception",
                """
                Something failed for good that only a person can mend; nothing more is asked for \
                but where the parcel is.
                """,
                [.slug("reason", "ExceptionReason")]),
        ])

    private static let tokenAbout =
        "What the payment provider needs to charge the customer; never a card number."
}
