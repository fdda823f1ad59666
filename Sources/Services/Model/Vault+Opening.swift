// SPDX-License-Identifier: Apache-2.0
/// Opening what is sealed of a recipient, for the moment in which a label is printed or a mail
/// written.

package import Contracts
import Kernel
package import Ports

extension Vault {
    /// What the vault holds of `recipient`; `tampered` also when it is none of our forms.
    package func personalData(of recipient: Recipient) throws(VaultFailure) -> PersonalData {
        let plain = try open(recipient.sealed.box, person: recipient.sealed.person.raw)
        guard let data = PersonalData(bytes: plain) else { throw .tampered }
        return data
    }
}
