// SPDX-License-Identifier: Apache-2.0
/// The facts of payments.

extension Contract {
    static let payments = Contract(
        "PaymentEvent", "payment",
        """
        What can happen to a payment. Every call to the provider is an attempt that was logged \
        first.
        """,
        identity: [.id("payment", "PaymentID"), .id("order", "OrderID")],
        facts: [
            .record(
                1, "requested",
                """
                The amount is to be authorized; with credit this is also the first attempt to do so.
                """,
                [
                    .money("amount"), .secret("token"), .inline("start", "CallStart"),
                    .time(
                        "callUntil",
                        """
                        Until then the provider remembers our key; later it may only be asked, \
                        never called.
                        """),
                ]),
            .fact(
                2, "attempted",
                """
                The provider is about to be called or, if `isQuestion`, only asked, under the same \
                key.
                """,
                [.int("attempt"), .bool("isQuestion"), .time("leaseUntil")]),
            .fact(
                3, "deferred",
                "The provider did not say how it went; it will be asked at `retryAt`.",
                [.slug("because", "DeferralReason"), .time("retryAt")]),
            .fact(4, "authorized", "The money is set aside for us.", [.string("reference")]),
            .fact(5, "declined", "The provider said no: the end.", [.string("code")]),
            .fact(
                6, "captureRequested",
                """
                The goods have left: the money is to be taken. With credit also the first attempt.
                """,
                [.inline("start", "CallStart")]),
            .fact(7, "captured", "The money is ours.", [.money("amount")]),
            .fact(
                8, "captureFailed",
                "The provider refuses to hand out what it had set aside: a person must look.",
                [.string("code")]),
            .fact(
                9, "voidRequested", "What was or may yet be set aside is to be given back.",
                [.inline("start", "CallStart")]),
            .fact(10, "voided", "Nothing is set aside and nothing will be taken: the end."),
        ])
}
