// SPDX-License-Identifier: Apache-2.0
/// The life of an order as a table: a second description, independent of the decider's.

import Contracts

enum OrderTable {
    enum Place: String {
        case nowhere, reserving, awaitingPayment, confirmed, inFulfillment, canceling, completed
        case canceled, rejected

        var isEnd: Bool { self == .completed || self == .canceled || self == .rejected }
    }

    /// Where `event` leads from `place`; nil where it must not happen.
    static func next(_ place: Place, _ event: OrderEvent) -> Place? {
        switch (place, event) {
        case (.nowhere, .placed): .reserving
        case (.reserving, .reserved): .awaitingPayment
        case (.reserving, .rejected): .rejected
        case (.reserving, .canceling), (.awaitingPayment, .canceling), (.confirmed, .canceling):
            .canceling
        case (.awaitingPayment, .confirmed): .confirmed
        case (.confirmed, .inFulfillment): .inFulfillment
        case (.inFulfillment, .paid), (.inFulfillment, .delivered): .inFulfillment
        case (.inFulfillment, .completed): .completed
        case (.canceling, .stopped), (.canceling, .stockReturned), (.canceling, .paymentUndone):
            .canceling
        case (.canceling, .cancelFailed): .confirmed
        case (.canceling, .canceled): .canceled
        case (_, .reminded): place == .nowhere || place.isEnd ? nil : place
        default: nil
        }
    }
}
