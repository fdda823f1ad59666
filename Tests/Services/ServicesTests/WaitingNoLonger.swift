// SPDX-License-Identifier: Apache-2.0
/// What a service waits for is due within the longest wait that it declares, or a start would take
/// it for the work of a clock that was ahead.

import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import ShippingDomain
import ShippingService
import Testing

@Suite struct `The longest wait of a service` {
    @Test func `is none that it exceeds`() {
        let orders = [OrderDecider.reminders.max, OrderDecider.paymentWindow]
        #expect(orders.allSatisfy { $0 <= Orders.waitMax })
        let payments = [PaymentDecider.lease, PaymentDecider.retries.max]
        #expect(payments.allSatisfy { $0 <= Payments.waitMax })
        let shipping = [
            ShipmentDecider.lease, ShipmentDecider.retries.max, ShipmentDecider.pollsMax,
        ]
        #expect(shipping.allSatisfy { $0 <= Shipping.waitMax })
        let messages = [MessageDecider.lease, MessageDecider.retries.max]
        #expect(messages.allSatisfy { $0 <= Notifications.waitMax })
    }
}
