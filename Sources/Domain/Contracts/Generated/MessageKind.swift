// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What a message is about; at most one of each kind goes out for an order.

public enum MessageKind: String, Sendable, CaseIterable {
    case orderConfirmed = "order-confirmed"
    case orderCanceled = "order-canceled"
    /// The order was to be canceled, but its parcel had left.
    case orderCancelFailed = "order-cancel-failed"
}
