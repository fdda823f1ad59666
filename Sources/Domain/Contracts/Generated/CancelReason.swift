// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Why an order was undone.

public enum CancelReason: String, Sendable, CaseIterable {
    case customerAsked = "customer-asked"
    case merchantAsked = "merchant-asked"
    case paymentDeclined = "payment-declined"
    case paymentExpired = "payment-expired"
}
