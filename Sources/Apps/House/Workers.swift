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
import ServiceModules
import ServiceLifecycle
import ShippingDomain
import ShippingService
import Synchronization

/// The three workers that call the outside: payment provider, carrier, mailer.
struct Workers: Sendable {
    private let payments: EffectWorker<ProviderCall, ProviderAnswer>
    private let shipping: EffectWorker<ParcelCall, CarrierAnswer>
    private let notifications: EffectWorker<MessageCall, MailAnswer>

    init(
        clock: any Ports.Clock, timeout: Duration, provider: any PaymentProvider,
        carrier: any Carrier, mailer: any Mailer, vault: any Vault
    ) {
        payments = EffectWorker(
            "payments", operations: Payments.operations, settings: Self.settings(timeout),
            clock: clock,
            answering: .init(lost: .unknown) { $0 == .unknown || $0 == .unavailable },
            perform: { calls, answers in await provider.perform(calls, answers) })
        shipping = EffectWorker(
            "shipping", operations: Shipping.operations, settings: Self.settings(timeout),
            clock: clock,
            answering: .init(lost: .unknown) { $0 == .unknown || $0 == .unavailable },
            perform: { calls, answers in
                await carrier.perform(calls.map { Self.call($0, vault) }, answers)
            })
        // The mails of a maildir wait for its folder's lock: more batches would only spin on it.
        var mailing: EffectSlots<MessageCall>.Settings = Self.settings(timeout)
        mailing.takeOneBatchAtATime()
        notifications = EffectWorker(
            "notifications", operations: Notifications.operations, settings: mailing,
            clock: clock, answering: .init(lost: .unavailable) { $0 == .unavailable },
            perform: { calls, answers in await Self.send(calls, mailer, vault, answers) })
    }

    private static func settings<Call>(_ timeout: Duration) -> EffectSlots<Call>.Settings {
        var settings = EffectSlots<Call>.Settings()
        settings.timeout = .milliseconds(
            timeout.components.seconds * 1_000
                + timeout.components.attoseconds / 1_000_000_000_000_000)
        return settings
    }

    /// Couples each worker with the nodes that owe its calls, and tells those their credit.
    func connect(_ nodes: [RunningNode]) {
        for node in nodes {
            couple(payments, .payments, node) { Payments.command(for: $1, to: $0) }
            couple(shipping, .shipping, node) { Shipping.command(for: $1, to: $0.shipment) }
            couple(notifications, .notifications, node) {
                Notifications.command(for: $1, to: $0.message)
            }
        }
        payments.open()
        shipping.open()
        notifications.open()
    }

    private func couple<Call, Answer>(
        _ worker: EffectWorker<Call, Answer>, _ member: ServiceShard, _ node: RunningNode,
        _ command: @escaping @Sendable (Call, Answer) -> any Sendable
    ) {
        guard let runner = node.runner(of: member) else { return }
        let host = node.host
        let source = worker.connect(runner: runner) { answers, reports in
            host.post(
                answers.map { .submission(Self.submission(runner, command($0.0, $0.1))) }
                    + reports.map { .slots($0) })
        }
        let outlet = NodeHost.EffectOutlet { worker.start($0, from: source) }
        host.connect { $0.workers[runner] = outlet }
    }

    var services: [any ServiceLifecycle.Service] {
        [
            Looping("payments") { [payments] in await payments.run() },
            Looping("shipping") { [shipping] in await shipping.run() },
            Looping("notifications") { [notifications] in await notifications.run() },
        ]
    }

    /// How the calls to each outside service stand, by operation.
    var status: [(worker: String, operation: String, breaker: String, underWay: Int)] {
        payments.status.map { ("payments", $0.operation, $0.breaker.name, $0.underWay) }
            + shipping.status.map { ("shipping", $0.operation, $0.breaker.name, $0.underWay) }
            + notifications.status.map {
                ("notifications", $0.operation, $0.breaker.name, $0.underWay)
            }
    }

    static func submission(_ runner: Int, _ command: any Sendable) -> Submission {
        Submission(runner: runner, command: command, principal: .house)
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
                case .full, .unavailable: refused.append((index, .unavailable))
                }
            }
        }
        if !refused.isEmpty { answers(refused) }
        await mailer.send(mails) { [places] sent in answers(sent.map { (places[$0.0], $0.1) }) }
    }
}
