// SPDX-License-Identifier: Apache-2.0
/// Everything outside that effects can call.

package import Ports

package struct OutsidePorts: Sendable {
    package let provider: any PaymentProvider
    package let carrier: any Carrier
    package let mailer: any Mailer
    /// Opens personal data for the moment in which a label is printed or a mail written.
    package let vault: any Vault

    package init(
        provider: any PaymentProvider, carrier: any Carrier, mailer: any Mailer, vault: any Vault
    ) {
        self.provider = provider
        self.carrier = carrier
        self.mailer = mailer
        self.vault = vault
    }
}
