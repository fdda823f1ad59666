// SPDX-License-Identifier: Apache-2.0
/// Calls to the provider, the carrier and the mail server, their answers, and what those services
/// say unasked. The synchronous counterpart of the lanes.

import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import NotificationsService
import PaymentsService
import Ports
import ServiceCatalog
import ShippingService

/// A call and who waits for its answer.
struct CallUnderWay {
    let call: ProviderCall
    var answer: ProviderAnswer
    var kind = AnswerKind.first
    let node: Int
    let incarnation: Int
}

struct ParcelCallUnderWay {
    let call: ParcelCall
    var answer: CarrierAnswer
    var kind = AnswerKind.first
    let node: Int
    let incarnation: Int
}

struct MailUnderWay {
    let call: MessageCall
    let answer: MailAnswer
    var kind = AnswerKind.first
    let node: Int
    let incarnation: Int
}

extension World {
    /// What a lane waits for an answer.
    static let callTimeout = 10 * Instant.second

    /// `isDying`: the process ends right after, so only what has left it counts.
    func startEffects(_ node: SimulatedNode, _ effects: [StartedEffect], isDying: Bool = false) {
        for effect in effects {
            digest.note(UInt64(effect.desk) << 8 ^ (effect.isRetry ? 1 : 0))
            if let call = same(effect.effect, as: ProviderCall.self) {
                call.isQuestion ? marks.hit(.asked) : marks.hit(.called)
                callProvider(node, cast.providerCall(call), effect.isRetry)
            } else if let call = same(effect.effect, as: ParcelCall.self) {
                callCarrier(node, call, effect.isRetry)
            } else if let call = same(effect.effect, as: MessageCall.self) {
                sendMail(node, call, effect.isRetry)
            }
        }
    }

    // MARK: Provider

    func callProvider(_ node: SimulatedNode, _ call: ProviderCall, _ isRetry: Bool) {
        guard admits(node, \.payments, isRetry) else {
            marks.hit(.gateClosed)
            return answer(node, call, .unavailable, .turnedAway, after: .millisecond)
        }
        let client = numbers[call.payment.low]
        let number = client.map { clients[$0].plan.number } ?? 0
        let decision = faults.decide(.providerCall, number)
        let usual = delay(setting.callMicroseconds, microseconds: decision.noise)
        if let kind = decision.kind, let client { blemish(client, kind) }
        if provider.downUntil > now {
            let word: ProviderAnswer = decision.noise & 1 == 0 ? .unavailable : .unknown
            return answer(node, call, word, after: usual)
        }
        switch decision.kind {
        case .callLost?: answer(node, call, .unknown, after: Self.callTimeout)
        case .callFails?: answer(node, call, .unknown, after: usual)
        case .callRefused?: answer(node, call, .unavailable, after: usual)
        case .callUnanswered?, .callFailsAfter?:
            _ = carryOut(call)
            answer(
                node, call, .unknown,
                after: decision.kind == .callUnanswered ? Self.callTimeout : usual)
        case .callSlow?:
            let answered = carryOut(call)
            let late = Instant(decision.amount)
            let isLost = late > Self.callTimeout
            if isLost { answer(node, call, .unknown, after: Self.callTimeout) }
            answer(node, call, answered, isLost ? .another : .first, after: max(late, usual))
        case .callTwice?:
            let answered = carryOut(call)
            answer(node, call, answered, after: usual)
            answer(node, call, answered, .another, after: usual * 3)
        case .callLate?:
            answer(node, call, .unknown, after: Self.callTimeout)
            queue.add(
                .providerHears, at: now + Instant(decision.amount),
                slot: calls.put(
                    CallUnderWay(call: call, answer: .unknown, node: node.index, incarnation: -1)))
        default:
            // Half of the time the provider is done long before its answer arrives.
            if decision.noise & 1 == 1 {
                answer(node, call, carryOut(call), after: usual)
            } else {
                queue.add(
                    .providerHears, at: now + usual,
                    slot: calls.put(
                        CallUnderWay(
                            call: call, answer: .unknown, node: node.index,
                            incarnation: node.incarnation)))
            }
        }
    }

    private func answer(
        _ node: SimulatedNode, _ call: ProviderCall, _ answer: ProviderAnswer,
        _ kind: AnswerKind = .first, after: Instant
    ) {
        queue.add(
            .houseHearsProvider, at: now + after,
            slot: calls.put(
                CallUnderWay(
                    call: call, answer: answer, kind: kind, node: node.index,
                    incarnation: node.incarnation)))
    }

    private func admits(
        _ node: SimulatedNode, _ lane: ReferenceWritableKeyPath<SimulatedNode, SimulatedLane>,
        _ isRetry: Bool
    ) -> Bool {
        let admits = node[keyPath: lane].admits(isRetry: isRetry, at: node.clock.wall(at: now))
        measure(node[keyPath: lane])
        return admits
    }

    func measure(_ lane: SimulatedLane) {
        checker.measured(
            QueueGauge(name: "calls under way", count: lane.underWay, bound: setting.laneMax),
            at: now)
    }

    func providerHears(_ slot: Int) {
        var underWay = calls.take(slot)
        underWay.answer = carryOut(underWay.call)
        hearProvider(underWay)
    }

    func houseHearsProvider(_ slot: Int) { hearProvider(calls.take(slot)) }

    private func hearProvider(_ underWay: CallUnderWay) {
        let node = nodes[underWay.node]
        // The process that asked is gone, or never was to hear.
        guard node.isUp, node.incarnation == underWay.incarnation else { return }
        let isFailure = underWay.answer == .unknown || underWay.answer == .unavailable
        node.payments.hear(underWay.kind, isFailure: isFailure, at: node.clock.wall(at: now))
        note("provider answers \(underWay.call.operation) with \(underWay.answer)")
        if underWay.call.isQuestion && !isFailure {
            marks.settled(underWay.call.operation, isFound: underWay.answer != .notFound)
        }
        post(
            stage.index(of: .payments),
            Payments.command(for: cast.providerAnswer(underWay.answer), to: underWay.call))
    }

    /// The provider does it, and tells of it later, if it does.
    private func carryOut(_ call: ProviderCall) -> ProviderAnswer {
        let (answer, isNew) = provider.perform(call, at: now)
        guard isNew else { return answer }
        note("provider carries out \(call.operation): \(answer)")
        let client = numbers[call.payment.low]
        let number = client.map { clients[$0].plan.number } ?? 0
        let decision = faults.decide(.notice, number)
        let isTold =
            SplitMix.mix(UInt64(number)) % 1_000_000 < UInt64(setting.noticesPerMillion)
        if let kind = decision.kind, let client, isTold { blemish(client, kind) }
        guard isTold, decision.kind != .noticeNever else { return answer }
        let notice = ProviderNotice(
            payment: call.payment, operation: call.operation, answer: answer)
        var at = now + delay(setting.noticeMilliseconds * 1_000, microseconds: decision.noise)
        if decision.kind == .noticeLate { at += Instant(decision.amount) }
        queue.add(.notice, at: at, slot: notices.put(notice))
        if decision.kind == .noticeTwice {
            queue.add(.notice, at: at + .millisecond, slot: notices.put(notice))
        }
        return answer
    }

    /// A webhook; one that finds nobody is sent again a few times.
    func deliverNotice(_ slot: Int, tries: Int) {
        let notice = notices.take(slot)
        let role = stage.index(of: .payments)
        guard nodes[stage.places[role].node].isUp else {
            marks.hit(.noticeFoundNobody)
            guard tries < 5 else { return }
            return queue.add(
                .notice, at: now + .minute, slot: notices.put(notice), turn: tries + 1)
        }
        post(role, Payments.command(for: notice))
    }

    // MARK: Carrier

    private func callCarrier(_ node: SimulatedNode, _ call: ParcelCall, _ isRetry: Bool) {
        guard admits(node, \.shipping, isRetry) else {
            return answer(node, call, .unavailable, .turnedAway, after: .millisecond)
        }
        let client = numbers[call.shipment.raw.low]
        let number = client.map { clients[$0].plan.number } ?? 0
        let decision = faults.decide(.carrierCall, number)
        let usual = delay(setting.callMicroseconds, microseconds: decision.noise)
        if let kind = decision.kind, let client { blemish(client, kind) }
        if carrier.downUntil > now { return answer(node, call, .unavailable, after: usual) }
        switch decision.kind {
        case .labelLost?: answer(node, call, .unknown, after: Self.callTimeout)
        case .labelRefused?: answer(node, call, .unavailable, after: usual)
        case .labelUnanswered?:
            _ = carryOut(call)
            answer(node, call, .unknown, after: Self.callTimeout)
        case .labelSlow?:
            let answered = carryOut(call)
            let late = Instant(decision.amount)
            let isLost = late > Self.callTimeout
            if isLost { answer(node, call, .unknown, after: Self.callTimeout) }
            answer(node, call, answered, isLost ? .another : .first, after: max(late, usual))
        case .labelTwice?:
            let answered = carryOut(call)
            answer(node, call, answered, after: usual)
            answer(node, call, answered, .another, after: usual * 3)
        default: answer(node, call, carryOut(call), after: usual)
        }
    }

    private func answer(
        _ node: SimulatedNode, _ call: ParcelCall, _ answer: CarrierAnswer,
        _ kind: AnswerKind = .first, after: Instant
    ) {
        queue.add(
            .houseHearsCarrier, at: now + after,
            slot: parcelCalls.put(
                ParcelCallUnderWay(
                    call: call, answer: answer, kind: kind, node: node.index,
                    incarnation: node.incarnation)))
    }

    private func carryOut(_ call: ParcelCall) -> CarrierAnswer {
        let (answer, labeled) = carrier.perform(call.operation, call.shipment.raw)
        if let labeled {
            let pickup = Instant(setting.pickupMinutes) * .minute
            queue.add(.parcelMoves, at: now + .second + pickup, slot: labeled)
        }
        return answer
    }

    func carrierHears(_ slot: Int) {
        var underWay = parcelCalls.take(slot)
        underWay.answer = carryOut(underWay.call)
        hearCarrier(underWay)
    }

    func houseHearsCarrier(_ slot: Int) { hearCarrier(parcelCalls.take(slot)) }

    private func hearCarrier(_ underWay: ParcelCallUnderWay) {
        let node = nodes[underWay.node]
        guard node.isUp, node.incarnation == underWay.incarnation else { return }
        let isFailure = underWay.answer == .unknown || underWay.answer == .unavailable
        node.shipping.hear(underWay.kind, isFailure: isFailure, at: node.clock.wall(at: now))
        note("carrier answers \(underWay.call.operation) with \(underWay.answer)")
        post(
            stage.index(of: .shipping),
            Shipping.command(for: underWay.answer, to: underWay.call.shipment))
    }

    func moveParcel(_ place: Int) {
        guard let update = carrier.move(place) else { return }
        if update.status == .shipped {
            let delivery = Instant(setting.deliveryMinutes) * .minute
            queue.add(.parcelMoves, at: now + .second + delivery, slot: place)
        }
        let client = numbers[update.shipment.low]
        let decision = faults.decide(.update, client.map { clients[$0].plan.number } ?? 0)
        if let kind = decision.kind, let client { blemish(client, kind) }
        note("a parcel is \(update.status)")
        guard decision.kind != .updateLost else { return }
        var at = now + delay(setting.noticeMilliseconds * 1_000, microseconds: decision.noise)
        if decision.kind == .updateLate { at += Instant(decision.amount) }
        queue.add(.update, at: at, slot: updates.put(update))
        if decision.kind == .updateTwice {
            queue.add(.update, at: at + .second, slot: updates.put(update))
        }
    }

    func deliverUpdate(_ slot: Int) {
        post(stage.index(of: .shipping), Shipping.command(for: updates.take(slot)))
    }

    // MARK: Mail

    private func sendMail(_ node: SimulatedNode, _ call: MessageCall, _ isRetry: Bool) {
        var answer = MailAnswer.sent
        var after = delay(setting.callMicroseconds, microseconds: 0)
        var isTwice = false
        var kind = AnswerKind.first
        if admits(node, \.mails, isRetry) {
            let client = numbers[call.order.raw.low]
            let decision = faults.decide(.mail, client.map { clients[$0].plan.number } ?? 0)
            after = delay(setting.callMicroseconds, microseconds: decision.noise)
            if let kind = decision.kind, let client { blemish(client, kind) }
            switch decision.kind {
            case .mailRefused?: answer = .unavailable
            case .mailBounced?: answer = .refused(code: "no-such-mailbox")
            case .mailTwice? where decision.noise & 3 == 1:
                answer = .refused(code: "no-such-mailbox")
            default: mail.take(call.message.raw)
            }
            // Whoever bounces a mail has tried for a while: long enough for somebody to die.
            if decision.kind == .mailBounced { after = max(after, Self.callTimeout / 2) }
            if decision.kind == .mailUnanswered {
                answer = .unavailable
                after = Self.callTimeout
            }
            isTwice = decision.kind == .mailTwice
        } else {
            answer = .unavailable
            kind = .turnedAway
        }
        var underWay = MailUnderWay(
            call: call, answer: answer, kind: kind, node: node.index,
            incarnation: node.incarnation)
        queue.add(.houseHearsMailer, at: now + after, slot: mails.put(underWay))
        if isTwice {
            underWay.kind = .another
            queue.add(.houseHearsMailer, at: now + after * 3, slot: mails.put(underWay))
        }
    }

    func mailerHears(_ slot: Int) { houseHearsMailer(slot) }

    func houseHearsMailer(_ slot: Int) {
        let underWay = mails.take(slot)
        let node = nodes[underWay.node]
        guard node.isUp, node.incarnation == underWay.incarnation else { return }
        let isFailure = underWay.answer == .unavailable
        node.mails.hear(underWay.kind, isFailure: isFailure, at: node.clock.wall(at: now))
        post(
            stage.index(of: .notifications),
            Notifications.command(for: underWay.answer, to: underWay.call.message))
    }
}
