// SPDX-License-Identifier: Apache-2.0
/// The facts of messages to customers.

extension Contract {
    static let messages = Contract(
        "MessageEvent", "message", "What can happen to a message to a customer.",
        identity: [.id("message", "MessageID"), .id("order", "OrderID")],
        facts: [
            .record(
                1, "queued",
                "A message is to be sent; with credit this is also the first attempt.",
                [
                    .slug("kind", "MessageKind"), .money("total"),
                    .value("recipient", "Recipient"), .inline("start", "CallStart"),
                ]),
            .fact(
                2, "attempted",
                """
                It is about to be handed to the mailer (again), under the same Message-ID.
                """,
                [.int("attempt"), .time("leaseUntil")]),
            .fact(
                3, "deferred", "The mailer could not take it; it is tried again at `retryAt`.",
                [.time("retryAt")]),
            .fact(4, "sent", "The mailer took it."),
            .fact(
                5, "failed",
                """
                It can't be sent, ever: the person was erased, or the mailer has failed for days.
                """,
                [.string("code")]),
        ])
}
