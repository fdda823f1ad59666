// SPDX-License-Identifier: Apache-2.0
/// From owed effects to calls, and from answers to commands: the only place where personal data is
/// unsealed, for the moment in which a label is printed or a mail written.

import Contracts
import Gateway
import Kernel
import NodeEngine
import NodeRuntime
import NotificationsDomain
import NotificationsService
import PaymentsDomain
import PaymentsService
import Ports
import ServiceCatalog
import ServiceLifecycle
import ShippingDomain
import ShippingService
import Synchronization

/// The three lanes to the outside: payment provider, carrier, mailer.
struct Lanes: Sendable {
    private let payments: Lane<ProviderCall, ProviderAnswer>
    private let shipping: Lane<ParcelCall, CarrierAnswer>
    private let notifications: Lane<MessageCall, MailAnswer>
    private let exits: Exits

    /// Where answers go; filled in when the nodes are known.
    private final class Exits: Sendable {
        let targets = Mutex<[Member: (host: NodeHost, desk: Int)]>([:])

        func post(_ member: Member, _ commands: [any Sendable]) {
            guard let target = targets.withLock({ $0[member] }) else { return }
            target.host.post(
                commands.map { .submission(Lanes.submission(target.desk, $0)) })
        }
    }

    init(
        clock: any Ports.Clock, timeout: Duration, provider: any PaymentProvider,
        carrier: any Carrier, mailer: any Mailer, vault: any Vault
    ) {
        let exits = Exits()
        self.exits = exits
        payments = Lane(
            settings: Self.settings(timeout), clock: clock,
            answering: .init(lost: .unknown, notMade: .unavailable) {
                $0 == .unknown || $0 == .unavailable
            },
            perform: { calls, answers in await provider.perform(calls, answers) },
            deliver: { answers in
                exits.post(.payments, answers.map { Payments.command(for: $1, to: $0) })
            })
        shipping = Lane(
            settings: Self.settings(timeout), clock: clock,
            answering: .init(lost: .unknown, notMade: .unavailable) {
                $0 == .unknown || $0 == .unavailable
            },
            perform: { calls, answers in
                await carrier.perform(calls.map { Self.call($0, vault) }, answers)
            },
            deliver: { answers in
                exits.post(.shipping, answers.map { Shipping.command(for: $1, to: $0.shipment) })
            })
        // The mails of a maildir wait for its folder's lock: more batches would only spin on it.
        var mailing: Lane<MessageCall, MailAnswer>.Settings = Self.settings(timeout)
        mailing.batchesMax = 1
        notifications = Lane(
            settings: mailing, clock: clock,
            answering: .init(lost: .unavailable, notMade: .unavailable) { $0 == .unavailable },
            perform: { calls, answers in await Self.send(calls, mailer, vault, answers) },
            deliver: { answers in
                exits.post(
                    .notifications,
                    answers.map { Notifications.command(for: $1, to: $0.message) })
            })
    }

    private static func settings<Call, Answer>(
        _ timeout: Duration
    ) -> Lane<Call, Answer>.Settings {
        var settings = Lane<Call, Answer>.Settings()
        settings.timeout = timeout
        return settings
    }

    /// Couples each lane with the node that owes its effects.
    func connect(_ nodes: [RunningNode]) {
        for node in nodes {
            couple(.payments, node) { [payments] in payments.start($0) }
            couple(.shipping, node) { [shipping] in shipping.start($0) }
            couple(.notifications, node) { [notifications] in notifications.start($0) }
        }
    }

    private func couple(
        _ member: Member, _ node: RunningNode,
        _ start: @escaping @Sendable ([StartedEffect]) -> Void
    ) {
        guard let desk = node.desk(of: member) else { return }
        exits.targets.withLock { $0[member] = (node.host, desk) }
        node.host.connect { $0.lanes[desk] = start }
    }

    var services: [any ServiceLifecycle.Service] {
        [
            Looping("payments") { [payments] in await payments.run() },
            Looping("shipping") { [shipping] in await shipping.run() },
            Looping("notifications") { [notifications] in await notifications.run() },
        ]
    }

    static func submission(_ desk: Int, _ command: any Sendable) -> Submission {
        Submission(desk: desk, command: command, principal: .house)
    }

    static func command(for notice: ProviderNotice) -> PaymentCommand {
        Payments.command(for: notice)
    }

    static func command(for update: CarrierUpdate) -> ShipmentCommand {
        Shipping.command(for: update)
    }

    // MARK: Unsealing

    private static func call(_ call: ParcelCall, _ vault: any Vault) -> CarrierCall {
        // A person who was erased has no address any more; the parcel is still labeled, so that
        // the warehouse sees it and decides.
        let address = call.recipient.flatMap { try? open($0, vault) }?.label ?? ""
        return CarrierCall(
            shipment: call.shipment.raw, operation: call.operation, address: address,
            units: call.units)
    }

    private static func open(
        _ recipient: Recipient, _ vault: any Vault
    ) throws(VaultFailure) -> PersonalData {
        let plain = try vault.open(recipient.sealed.box, person: recipient.sealed.person.raw)
        guard let data = PersonalData(bytes: plain) else { throw .tampered }
        return data
    }

    private static func send(
        _ calls: [MessageCall], _ mailer: any Mailer, _ vault: any Vault,
        _ answers: @escaping Answers<MailAnswer>
    ) async {
        var mails: [Mail] = []
        var places: [Int] = []
        var refused: [(Int, MailAnswer)] = []
        for (index, call) in calls.enumerated() {
            do throws(VaultFailure) {
                let person = try open(call.recipient, vault)
                mails.append(
                    Mail(
                        id: call.message.text, recipient: person.email, subject: call.subject,
                        body: call.body(to: person.name)))
                places.append(index)
            } catch {
                switch error {
                case .erased: refused.append((index, .refused(code: "person-erased")))
                case .tampered: refused.append((index, .refused(code: "unreadable-recipient")))
                case .unavailable: refused.append((index, .unavailable))
                }
            }
        }
        if !refused.isEmpty { answers(refused) }
        await mailer.send(mails) { [places] sent in answers(sent.map { (places[$0.0], $0.1) }) }
    }
}
