// SPDX-License-Identifier: Apache-2.0
/// Every fact of orders, in every shape that it can have.

package import Contracts
import Kernel

extension OrderEvent {
    package static let samples: [OrderEvent] =
        placedSamples + [
            .reserved(
                .init(
                    order: .sample, amount: .eur(4_297), paymentToken: "tok_ok",
                    expiresAt: .sample(1_800))),
            .rejected(.sample, short: []),
            .rejected(
                .sample,
                short: [
                    ShortLine(sku: .cup, wanted: 2_000_000, available: 1_999_999),
                    ShortLine(sku: .tea, wanted: 1, available: 0),
                ]),
            .confirmed(confirmedSample),
            .inFulfillment(.sample),
        ] + cancelingSamples + [.completed(.sample)] + remindedSamples + [
            .paid(.sample), .delivered(.sample), .stockReturned(.sample), .paymentUndone(.sample),
        ]

    package static let confirmedSample = Confirmed(
        order: .sample, warehouse: .north, total: .eur(4_297), units: 11, recipient: .sample,
        remindAt: .sample(60))

    private static let placedSamples: [OrderEvent] = [
        .placed(
            .init(
                order: .sample,
                lines: [
                    .of(.tea, 3, at: "12.99"), .of(.cup, 1, at: "0.00"),
                    .of(.cup, 7, at: "0.571428"),
                ],
                adjustments: [
                    Adjustment(kind: .shipping, label: "DHL", amount: .eur(490)),
                    Adjustment(kind: .discount, label: "WELCOME", amount: .eur(490)),
                    Adjustment(
                        kind: .tax, label: "VAT 20 %", amount: .eur(716), isIncluded: true),
                ],
                total: .eur(4_297), warehouse: .north,
                origin: OrderOrigin(
                    source: "web", region: "GB-LND", customer: "17850", reference: "536365"),
                recipient: .sample,
                paymentToken: "tok_ok", principal: .shop, at: .sample(0), remindAt: .sample(60))),
        .placed(
            .init(
                order: .stranger, lines: [], adjustments: [],
                total: Money(amount: .max, currency: .jpy),
                warehouse: .main, origin: .unknown, recipient: .empty,
                paymentToken: "\"\\ß😀\u{0}\n",
                principal: .anonymous, at: .sample(-1), remindAt: .sample(0))),
        .placed(
            .init(
                order: .sample, lines: [.of(.pot, 1_000_000, at: "-0.0001", .jpy)],
                adjustments: [
                    Adjustment(
                        kind: .tax, label: "", amount: Money(amount: .min, currency: .jpy))
                ],
                total: Money(amount: .min, currency: .jpy), warehouse: .main,
                origin: OrderOrigin(reference: ""), recipient: .empty,
                paymentToken: "", principal: .house, at: .sample(0), remindAt: .sample(0))),
    ]

    private static let cancelingSamples: [OrderEvent] =
        CancelReason.allCases.map { .canceling(.sample, reason: $0, shipment: nil) } + [
            .canceling(
                .sample, reason: .customerAsked, shipment: OrderID.sample.shipment()),
            .stopped(stopped(hold: true, payment: true)),
            .stopped(stopped(hold: true, payment: false)),
            .stopped(stopped(hold: false, payment: true)),
            .stopped(stopped(hold: false, payment: false)),
        ]
        + ExceptionReason.allCases.map { .exception(.sample, reason: $0) }
        + CancelReason.allCases.map {
            .cancelFailed(
                .init(order: .sample, reason: $0, total: .eur(4_297), recipient: .sample))
        }
        + CancelReason.allCases.map {
            .canceled(
                .init(order: .sample, reason: $0, total: .eur(4_297), recipient: .sample))
        }

    private static func stopped(hold: Bool, payment: Bool) -> Stopped {
        Stopped(
            order: .sample, reason: .merchantAsked, hold: hold ? OrderID.sample.hold() : nil,
            payment: payment ? OrderID.sample.payment() : nil, remindAt: .sample(60))
    }

    private static let remindedSamples: [OrderEvent] = {
        let order = OrderID.sample
        let steps: [Reminded.Step] = [
            .hold(warehouse: .north, lines: [.of(.cup, 8), .of(.tea, 3)]),
            .hold(warehouse: .main, lines: []),
            .ship(confirmedSample),
            .stopShipment(order.shipment()),
            .giveBack(hold: order.hold(), payment: order.payment()),
            .giveBack(hold: order.hold(), payment: nil),
            .giveBack(hold: nil, payment: order.payment()),
            .giveBack(hold: nil, payment: nil),
            .capture(order.payment()),
            .track(order.shipment()),
        ]
        return steps.map {
            .reminded(.init(order: order, step: $0, remindAt: .sample(120)))
        }
    }()
}

extension Timestamp {
    /// `seconds` after noon of 2026-11-02, UTC, and some milliseconds.
    static func sample(_ seconds: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_793_620_800_007 + seconds * 1_000)
    }
}
