// SPDX-License-Identifier: Apache-2.0
/// What truly happened outside, as those outside wrote it down. The house is judged against these
/// books and not against itself.

package import Kernel
package import Ports

/// What a payment provider's books say of one payment. Counts above one mean that the house had its
/// way twice.
package struct ProviderAccount: Sendable, Equatable {
    /// Of the latest authorization that was granted.
    package var authorized: Int64
    /// Of all captures together.
    package var captured: Int64
    package var captures: Int
    package var isVoided: Bool
    /// Nil when nothing was ever granted.
    package var currency: Currency?

    package init(
        authorized: Int64, captured: Int64, captures: Int, isVoided: Bool, currency: Currency?
    ) {
        self.authorized = authorized
        self.captured = captured
        self.captures = captures
        self.isVoided = isVoided
        self.currency = currency
    }

    /// The money is kept from the customer, and nobody has it.
    var isOpen: Bool { authorized > 0 && !isVoided && captures == 0 }
}

/// What a carrier's books say of one shipment.
package struct CarrierParcel: Sendable, Equatable {
    package var labels: Int
    package var status: CarrierStatus

    package init(labels: Int, status: CarrierStatus) {
        self.labels = labels
        self.status = status
    }
}

/// The books, asked one by one. They are opened after the logs are read: what the logs know has
/// happened outside before.
package struct Outside {
    package var account: (UUIDv7) -> ProviderAccount?
    package var parcel: (UUIDv7) -> CarrierParcel?
    /// How many mails with this Message-ID went out; nil when nobody counted.
    package var mails: ((UUIDv7) -> Int)?
    /// Everything that the provider and the carrier know, when nothing moves any more.
    package var payments: [UUIDv7]
    package var shipments: [UUIDv7]

    package init(
        account: @escaping (UUIDv7) -> ProviderAccount?,
        parcel: @escaping (UUIDv7) -> CarrierParcel?,
        mails: ((UUIDv7) -> Int)? = nil, payments: [UUIDv7] = [], shipments: [UUIDv7] = []
    ) {
        self.account = account
        self.parcel = parcel
        self.mails = mails
        self.payments = payments
        self.shipments = shipments
    }
}
