// SPDX-License-Identifier: Apache-2.0
/// Clients and whoever counts the stock: they ask, wait, lose patience, and ask again.

import Contracts
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import OrdersDomain
import Ports
import ServiceModel

/// What a client does next.
enum ClientAct: Int {
    /// The first request, after which the next client comes.
    case arrive
    case placeAgain
    case cancel
    case reuse
}

extension World {
    func act(_ client: Int, _ act: Int) {
        switch ClientAct(rawValue: act) {
        case .arrive?:
            arrived += 1
            lookBefore(client)
            if client + 1 < clients.count {
                queue.add(
                    .clientActs, at: max(now, clients[client + 1].plan.at), subject: client + 1,
                    slot: ClientAct.arrive.rawValue)
            }
            send(client, .place)
            if let after = clients[client].plan.doubleClickAfter {
                marks.hit(.clickedTwice)
                queue.add(
                    .clientActs, at: now + after, subject: client,
                    slot: ClientAct.placeAgain.rawValue)
            }
        case .placeAgain?:
            send(client, .place)
        case .cancel?: send(client, .cancel)
        case .reuse?: send(client, .reuse)
        case nil: preconditionFailure("a client does one of these")
        }
    }

    /// One try of a request. What a network loses is tried again after a while.
    private func send(_ client: Int, _ request: ClientRequest) {
        let number = clients[client].plan.number
        clients[client][request].sent += 1
        let attempt = clients[client][request].sent
        if attempt > 1 { clients[client].faultTraces.add(.twice, to: request) }
        let decision = faults.decide(.request, number)
        checker.asked(self.request(client, request), at: now)
        note("client \(number) sends \(request), try \(attempt)")
        if let kind = decision.kind {
            traceFault(client, kind, of: request)
            return queue.add(
                .clientGivesUp, at: now + 30 * .second, subject: client,
                slot: request.rawValue, turn: attempt)
        }
        if setting.patienceMilliseconds > 0 {
            // Clients back off, or a slow house would hear of nothing but their repeats.
            let patience = Instant(setting.patienceMilliseconds) * .millisecond
            queue.add(
                .clientGivesUp, at: now + patience << UInt64(min(attempt - 1, 12)),
                subject: client, slot: request.rawValue, turn: attempt)
        }
        guard
            let (role, submission) = submission(
                client, request, attempt: attempt, noise: decision.noise)
        else { return }
        post(nodes[placement.places[role].node], .submission(submission))
    }

    /// What a try looks like, and whom it is for.
    func submission(
        _ client: Int, _ request: ClientRequest, attempt: Int, noise: UInt64
    ) -> (role: Int, submission: Submission)? {
        guard let command = command(client, request, attempt, noise: noise) else { return nil }
        let role = placement.ordersRole(of: command.order.raw.bucket)
        return (
            role,
            Submission(
                runner: placement.places[role].runner, command: command, principal: World.shopper,
                request: self.request(client, request),
                ticket: Caller(client, request, attempt).ticket)
        )
    }

    private static let shopper = Principal("shopper") ?? .house

    /// The request's key and what it asks for, hashed as the door would hash them.
    private func request(_ client: Int, _ request: ClientRequest) -> Request {
        let number = UInt64(clients[client].plan.number)
        // Whoever uses a key again uses the one under which the order was placed.
        let key =
            switch request {
            case .place, .reuse: number << 1
            case .cancel: number << 1 | 1
            }
        return Request(
            identity: InputID(high: SplitMix.mix(key), low: SplitMix.mix(key ^ 0x6b_6579)),
            fingerprint: SplitMix.mix(number << 2 | UInt64(request.rawValue)))
    }

    private func command(
        _ client: Int, _ request: ClientRequest, _ attempt: Int, noise: UInt64
    ) -> OrderCommand? {
        switch request {
        case .cancel: clients[client].order.map { .cancel($0, .customerAsked) }
        case .place, .reuse: place(client, request, attempt, noise: noise)
        }
    }

    private func place(
        _ client: Int, _ request: ClientRequest, _ attempt: Int, noise: UInt64
    ) -> OrderCommand {
        let plan = clients[client].plan
        let number = UInt64(plan.number)
        // The door makes a new id for every try; only the bucket follows from the key.
        let entropy = SplitMix.mix(
            SplitMix.mix(number << 16 | UInt64(attempt)) ^ UInt64(request.rawValue) ^ noise)
        let id = OrderID(
            makeID(bucket: UInt16(SplitMix.mix(number) & 0xfff), entropy: entropy))
        numbers.set(id.raw.low, client)
        return .place(
            PlaceOrder(
                order: id, lines: lines(plan, request), adjustments: adjustments(plan),
                warehouse: warehouses[plan.warehouse], recipient: World.recipient,
                paymentToken: plan.script.token))
    }

    private static let recipient = Recipient(
        sealed: Sealed(person: PersonID(UUIDv7(high: 0x7000, low: 1 << 63)), box: [1, 2, 3, 4]),
        country: Country("DE") ?? World.noCountry)

    private static var noCountry: Country { preconditionFailure("DE is a country") }

    /// Every other order has some: a tax that its prices contain, shipping, a discount.
    private func adjustments(_ plan: PlannedOrder) -> [Adjustment] {
        let one = Money(amount: 1, currency: .eur)
        let all = [
            Adjustment(kind: .tax, label: "", amount: one, isIncluded: true),
            Adjustment(kind: .shipping, label: "", amount: Money(amount: 490, currency: .eur)),
            Adjustment(kind: .discount, label: "", amount: one),
        ]
        return Array(all.prefix(max(0, plan.number % 6 - 2)))
    }

    private func lines(_ plan: PlannedOrder, _ request: ClientRequest) -> [OrderLine] {
        if plan.script == .empty { return [] }
        var lines: [OrderLine] = []
        lines.reserveCapacity(plan.lines.count)
        for (index, line) in plan.lines.enumerated() {
            var price = Int64(line.price)
            var units = line.quantity
            var currency = Currency.eur
            switch plan.script {
            case .huge: price = .max / 1_000
            case .negative where index == 0: price = -price
            case .mixed where index == 0: currency = .jpy
            case .greedy: units = 1_000_000
            default: break
            }
            if request == .reuse { units = 1 }
            guard let quantity = Quantity(units) else { continue }
            let unitPrice = UnitPrice(tenThousandths: price, currency: currency)
            if let made = try? OrderLine(
                sku: articles[line.article], quantity: quantity, unitPrice: unitPrice)
            {
                lines.append(made)
            }
        }
        return lines
    }

    // MARK: Hearing

    func sendReplies(_ answers: [(Ticket, Reply)]) {
        for (ticket, reply) in answers {
            let reply = overrides.reply(reply)
            digest.note(ticket ^ UInt64(reply.status) << 48)
            digest.note(reply.body)
            guard let caller = Caller(ticket) else {
                if ticket & Caller.requestMark == 0 {
                    hearCount(ticket, reply)
                } else {
                    hearRequest(ticket, reply)
                }
                continue
            }
            let decision = faults.decide(.answer, clients[caller.client].plan.number)
            if let kind = decision.kind {
                traceFault(caller.client, kind, of: caller.request)
                queue.add(
                    .clientGivesUp, at: now + 30 * .second, subject: caller.client,
                    slot: caller.request.rawValue, turn: caller.attempt)
                continue
            }
            queue.add(
                .clientHears,
                at: now + delay(setting.clientMicroseconds, microseconds: decision.noise),
                subject: caller.client, slot: replies.put((caller, reply)))
        }
    }

    func hear(_ slot: Int) {
        let (caller, reply) = replies.take(slot)
        guard let reply else {
            checker.gaveUp(on: request(caller.client, caller.request))
            return resend(caller.client, caller.request)
        }
        checker.told(reply, to: request(caller.client, caller.request), at: now)
        let number = clients[caller.client].plan.number
        note("client \(number) hears \(reply.status) to \(caller.request)")
        if reply.status == 503 || reply.status == 500 {
            marks.hit(reply.status == 500 ? .toldParked : .toldToComeBack)
            return resend(caller.client, caller.request)
        }
        if reply.status == 202 && caller.request != .cancel {
            marks.hit(.toldUndecided)
            return resend(caller.client, caller.request)
        }
        let told = ClientStory.Told(reply)
        if reply.isReplayed { marks.hit(.toldAgain) }
        if clients[caller.client][caller.request].answer == nil {
            clients[caller.client][caller.request].answer = told
            if caller.request == .place { placed(caller.client, reply) }
            if reply.status < 300 { lookAtOnce(caller.client, reply) }
        }
        if caller.request == .cancel {
            marks.hit(reply.status < 300 ? .canceled : .canceledTooLate)
        }
        if caller.request == .reuse && reply.status == 422 { marks.hit(.keyReused) }
    }

    private func placed(_ client: Int, _ reply: Reply) {
        if reply.status == 409 { marks.hit(.soldOut) }
        if reply.status == 422 { marks.hit(.refusedAtOnce) }
        guard reply.status == 201 || reply.status == 409 else { return }
        let text = reply.location.split(separator: "/").last ?? ""
        clients[client].order = OrderID(text: text)
        let plan = clients[client].plan
        if plan.script == .reusesKey {
            queue.add(
                .clientActs, at: now + .second, subject: client, slot: ClientAct.reuse.rawValue)
        }
        if let after = plan.cancelAfter, reply.status == 201 {
            queue.add(
                .clientActs, at: max(now, plan.at + after), subject: client,
                slot: ClientAct.cancel.rawValue)
        }
    }

    /// Patience is over: nothing is known, so the same is asked again.
    func giveUp(_ client: Int, _ request: Int, attempt: Int) {
        guard let request = ClientRequest(rawValue: request),
            clients[client][request].answer == nil, clients[client][request].sent == attempt
        else { return }
        checker.gaveUp(on: self.request(client, request))
        marks.hit(.lostPatience)
        clients[client].faultTraces.add(.late, to: request)
        send(client, request)
    }

    private func resend(_ client: Int, _ request: ClientRequest) {
        guard clients[client][request].answer == nil else { return }
        clients[client][request].resends += 1
        let resends = clients[client][request].resends
        let pause = backoff(
            100 * .millisecond << UInt64(min(resends, 12)), clients[client].plan.number, resends)
        queue.add(.clientActs, at: now + pause, subject: client, slot: request.againAct.rawValue)
    }

    // MARK: Counting

    func sendCount(_ index: Int) {
        let count = plan.counts[index]
        let key = StockKey(articles[count.article], warehouses[count.warehouse])
        post(
            placement.index(of: Inventory.name),
            StockCommand.count(
                key, onHand: Int64(count.units), expected: count.expected.map(Int64.init)),
            ticket: Caller.countMark | Ticket(index),
            request: Request(
                identity: InputID(high: SplitMix.mix(UInt64(index)), low: 0x636f_756e_74),
                fingerprint: UInt64(index)))
    }

    private func hearCount(_ ticket: Ticket, _ reply: Reply) {
        // What was set aside waits for an operator.
        if reply.status == 500 { return resendCount(ticket, after: 10 * .minute) }
        if reply.status > 500 { return resendCount(ticket) }
        if reply.status >= 400 { marks.hit(.countRefused) }
        countsLeft -= 1
    }

    /// A pause of at least half of `longest`, of its own for each number and try: a thousand who
    /// were turned away in one moment must not all come again in one moment.
    func backoff(_ longest: Instant, _ number: Int, _ tries: Int) -> Instant {
        let drawn = SplitMix.mix((plan.noise ?? 0) ^ UInt64(number) << 32 ^ UInt64(tries))
        return longest / 2 + drawn % (longest / 2 + 1)
    }

    /// Twice as long a pause at each try, a minute at most.
    func pause(before tries: Int, of number: Int) -> Instant {
        backoff(min(.minute, .second << Instant(min(tries, 6))), number, tries)
    }

    func resendCount(_ ticket: Ticket, after pause: Instant? = nil) {
        let index = Int(ticket & ~Caller.countMark)
        countTries[index] += 1
        queue.add(
            .count, at: now + (pause ?? self.pause(before: countTries[index], of: index)),
            subject: index)
    }
}

extension ClientRequest {
    /// What its client does to send it again.
    fileprivate var againAct: ClientAct {
        switch self {
        case .place: .placeAgain
        case .cancel: .cancel
        case .reuse: .reuse
        }
    }
}

extension ClientStory {
    subscript(_ request: ClientRequest) -> Story {
        get {
            switch request {
            case .place: place
            case .cancel: cancel
            case .reuse: reuse
            }
        }
        set {
            switch request {
            case .place: place = newValue
            case .cancel: cancel = newValue
            case .reuse: reuse = newValue
            }
        }
    }
}
