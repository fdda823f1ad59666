// SPDX-License-Identifier: Apache-2.0
/// The calls of notifications, carried out by a mailer. Recipients are unsealed here, for the
/// moment in which a mail is written.

import Contracts
import Kernel
import NodeEngine
import NotificationsDomain
import Ports
import ServiceModel

struct MailEffects: EffectBinding {
    typealias S = Notifications

    let mailer: any Mailer
    let vault: any Vault
    let lost = MailAnswer.unavailable
    /// The mails of a maildir wait for its folder's lock: more batches would only spin on it.
    let takesOneBatchAtATime = true

    func isFailure(_ answer: MailAnswer) -> Bool { answer == .unavailable }

    func perform(_ calls: [MessageCall], _ answers: @escaping Answers<MailAnswer>) async {
        var mails: [Mail] = []
        var places: [Int] = []
        var refused: [(Int, MailAnswer)] = []
        for (index, call) in calls.enumerated() {
            do throws(VaultFailure) {
                let person = try vault.personalData(of: call.recipient)
                mails.append(
                    Mail(
                        id: call.message.text, recipient: person.email, subject: call.subject,
                        body: call.body(to: person.name)))
                places.append(index)
            } catch {
                switch error {
                case .erased: refused.append((index, .refused(code: "person-erased")))
                case .tampered: refused.append((index, .refused(code: "unreadable-recipient")))
                case .full, .unavailable: refused.append((index, .unavailable))
                }
            }
        }
        if !refused.isEmpty { answers(refused) }
        await mailer.send(mails) { [places] sent in answers(sent.map { (places[$0.0], $0.1) }) }
    }

    func command(for answer: MailAnswer, to call: MessageCall) -> MessageCommand {
        Notifications.command(for: answer, to: call.message)
    }
}
