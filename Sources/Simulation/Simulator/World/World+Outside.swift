// SPDX-License-Identifier: Apache-2.0
/// Calls to the provider, the carrier and the mail server, their answers, and what those services
/// say unasked.

import Invariants
import Kernel
import NodeEngine
import NodeRuntime
import NotificationsService
import PaymentsService
import Ports
import ServiceModel
import ShippingService

/// A call and where its answer goes.
struct CallUnderWay {
    let call: ProviderCall
    var answer: ProviderAnswer
    let place: CallPlace
}

struct ParcelCallUnderWay {
    let call: ParcelCall
    var answer: CarrierAnswer
    let place: CallPlace
}

struct MailUnderWay {
    let call: MessageCall
    let answer: MailAnswer
    let place: CallPlace
}

extension World {
    // MARK: Provider

    func callProvider(_ call: ProviderCall, _ place: CallPlace) {
        call.isQuestion ? marks.hit(.asked) : marks.hit(.called)
        let client = numbers[call.payment.low]
        let number = client.map { clients[$0].plan.number } ?? 0
        let decision = faults.decide(.providerCall, number)
        let usual = delay(setting.callMicroseconds, microseconds: decision.noise)
        if let kind = decision.kind, let client { traceFault(client, kind) }
        if provider.downUntil > now {
            let word: ProviderAnswer = decision.noise & 1 == 0 ? .unavailable : .unknown
            return answer(call, word, place, after: usual)
        }
        switch decision.kind {
        case .callLost?: break
        case .callFails?: answer(call, .unknown, place, after: usual)
        case .callRefused?: answer(call, .unavailable, place, after: usual)
        case .callUnanswered?: _ = carryOut(call)
        case .callFailsAfter?:
            _ = carryOut(call)
            answer(call, .unknown, place, after: usual)
        case .callSlow?:
            answer(call, carryOut(call), place, after: max(Instant(decision.amount), usual))
        case .callTwice?:
            let answered = carryOut(call)
            answer(call, answered, place, after: usual)
            answer(call, answered, place, after: usual * 3)
        case .callLate?:
            queue.add(
                .providerHears, at: now + Instant(decision.amount),
                slot: calls.put(
                    CallUnderWay(call: call, answer: .unknown, place: place.unheard)))
        default:
            // Half of the time the provider is done long before its answer arrives.
            if decision.noise & 1 == 1 {
                answer(call, carryOut(call), place, after: usual)
            } else {
                queue.add(
                    .providerHears, at: now + usual,
                    slot: calls.put(CallUnderWay(call: call, answer: .unknown, place: place)))
            }
        }
    }

    private func answer(
        _ call: ProviderCall, _ answer: ProviderAnswer, _ place: CallPlace, after: Instant
    ) {
        queue.add(
            .houseHearsProvider, at: now + after,
            slot: calls.put(CallUnderWay(call: call, answer: answer, place: place)))
    }

    func providerHears(_ slot: Int) {
        var underWay = calls.take(slot)
        underWay.answer = carryOut(underWay.call)
        hearProvider(underWay)
    }

    func houseHearsProvider(_ slot: Int) { hearProvider(calls.take(slot)) }

    private func hearProvider(_ underWay: CallUnderWay) {
        guard hears(underWay.place) else { return }
        let isFailure = underWay.answer == .unknown || underWay.answer == .unavailable
        note("provider answers \(underWay.call.operation) with \(underWay.answer)")
        if underWay.call.isQuestion && !isFailure {
            marks.settled(underWay.call.operation, isFound: underWay.answer != .notFound)
        }
        post(
            placement.index(of: Payments.name),
            Payments.command(for: overrides.providerAnswer(underWay.answer), to: underWay.call))
        noteAnswer(
            underWay.place, nodes[underWay.place.node].payments, isFailure: isFailure)
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
        if let kind = decision.kind, let client, isTold { traceFault(client, kind) }
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
        let role = placement.index(of: Payments.name)
        guard nodes[placement.places[role].node].isUp else {
            marks.hit(.noticeFoundNobody)
            guard tries < 5 else { return }
            return queue.add(
                .notice, at: now + .minute, slot: notices.put(notice), turn: tries + 1)
        }
        post(role, Payments.command(for: notice))
    }

    // MARK: Carrier

    func callCarrier(_ call: ParcelCall, _ place: CallPlace) {
        let client = numbers[call.shipment.raw.low]
        let number = client.map { clients[$0].plan.number } ?? 0
        let decision = faults.decide(.carrierCall, number)
        let usual = delay(setting.callMicroseconds, microseconds: decision.noise)
        if let kind = decision.kind, let client { traceFault(client, kind) }
        if carrier.downUntil > now { return answer(call, .unavailable, place, after: usual) }
        switch decision.kind {
        case .labelLost?: break
        case .labelRefused?: answer(call, .unavailable, place, after: usual)
        case .labelUnanswered?: _ = carryOut(call)
        case .labelSlow?:
            answer(call, carryOut(call), place, after: max(Instant(decision.amount), usual))
        case .labelTwice?:
            let answered = carryOut(call)
            answer(call, answered, place, after: usual)
            answer(call, answered, place, after: usual * 3)
        default: answer(call, carryOut(call), place, after: usual)
        }
    }

    private func answer(
        _ call: ParcelCall, _ answer: CarrierAnswer, _ place: CallPlace, after: Instant
    ) {
        queue.add(
            .houseHearsCarrier, at: now + after,
            slot: parcelCalls.put(ParcelCallUnderWay(call: call, answer: answer, place: place)))
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
        guard hears(underWay.place) else { return }
        let isFailure = underWay.answer == .unknown || underWay.answer == .unavailable
        note("carrier answers \(underWay.call.operation) with \(underWay.answer)")
        post(
            placement.index(of: Shipping.name),
            Shipping.command(for: underWay.answer, to: underWay.call.shipment))
        noteAnswer(
            underWay.place, nodes[underWay.place.node].shipping, isFailure: isFailure)
    }

    func moveParcel(_ place: Int) {
        guard let update = carrier.move(place) else { return }
        if update.status == .shipped {
            let delivery = Instant(setting.deliveryMinutes) * .minute
            queue.add(.parcelMoves, at: now + .second + delivery, slot: place)
        }
        let client = numbers[update.shipment.low]
        let decision = faults.decide(.update, client.map { clients[$0].plan.number } ?? 0)
        if let kind = decision.kind, let client { traceFault(client, kind) }
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
        post(placement.index(of: Shipping.name), Shipping.command(for: updates.take(slot)))
    }

    // MARK: Mail

    func sendMail(_ call: MessageCall, _ place: CallPlace) {
        var answer = MailAnswer.sent
        let client = numbers[call.order.raw.low]
        let decision = faults.decide(.mail, client.map { clients[$0].plan.number } ?? 0)
        var after = delay(setting.callMicroseconds, microseconds: decision.noise)
        if let kind = decision.kind, let client { traceFault(client, kind) }
        switch decision.kind {
        case .mailRefused?: answer = .unavailable
        case .mailBounced?: answer = .refused(code: "no-such-mailbox")
        case .mailTwice? where decision.noise & 3 == 1:
            answer = .refused(code: "no-such-mailbox")
        default: mail.take(call.message.raw)
        }
        // Whoever bounces a mail has tried for a while: long enough for somebody to die.
        if decision.kind == .mailBounced { after = max(after, Self.callTimeout / 2) }
        guard decision.kind != .mailUnanswered else { return }
        let underWay = MailUnderWay(call: call, answer: answer, place: place)
        queue.add(.houseHearsMailer, at: now + after, slot: mails.put(underWay))
        if decision.kind == .mailTwice {
            queue.add(.houseHearsMailer, at: now + after * 3, slot: mails.put(underWay))
        }
    }

    func mailerHears(_ slot: Int) { houseHearsMailer(slot) }

    func houseHearsMailer(_ slot: Int) {
        let underWay = mails.take(slot)
        guard hears(underWay.place) else { return }
        post(
            placement.index(of: Notifications.name),
            Notifications.command(for: underWay.answer, to: underWay.call.message))
        noteAnswer(
            underWay.place, nodes[underWay.place.node].mails,
            isFailure: underWay.answer == .unavailable)
    }
}
