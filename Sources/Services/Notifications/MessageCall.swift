// SPDX-License-Identifier: Apache-2.0
/// A mail to be written, before the recipient's address is unsealed for it.

package import Contracts
package import Kernel

package struct MessageCall: Sendable, Equatable {
    package let message: MessageID
    package let order: OrderID
    package let kind: MessageKind
    package let total: Money
    package let recipient: Recipient

    package var subject: String {
        switch kind {
        case .orderConfirmed: "Your order \(order.text) is confirmed"
        case .orderCanceled: "Your order \(order.text) was canceled"
        case .orderCancelFailed: "Your order \(order.text) could not be canceled"
        }
    }

    /// The text for a customer called `name`.
    package func body(to name: String) -> String {
        switch kind {
        case .orderConfirmed:
            """
            Dear \(name),

            thank you for your order \(order.text) of \(total). We are packing it.

            """
        case .orderCanceled:
            """
            Dear \(name),

            your order \(order.text) of \(total) was canceled. You pay nothing.

            """
        case .orderCancelFailed:
            """
            Dear \(name),

            your order \(order.text) of \(total) was to be canceled, but its parcel had left \
            already. It is on its way to you, and you pay for it as agreed. If you do not want \
            it, please ask us for a return.

            """
        }
    }
}
