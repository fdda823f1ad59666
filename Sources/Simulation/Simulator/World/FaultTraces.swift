// SPDX-License-Identifier: Apache-2.0
/// Which faults met the next step of an order, so that a situation means what its name says: the
/// step that stands in it is the very one that the fault held up, repeated or lost.

import Contracts
import Kernel
import NodeEngine
import Ports
import ServiceModules

/// Some of the five contexts.
struct Contexts: OptionSet {
    let rawValue: UInt8

    static let payments = Contexts(2)
    static let shipping = Contexts(3)
    static let notifications = Contexts(4)
    static let count = 5

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(_ context: Int) { rawValue = 1 << UInt8(context) }
}

/// By context: what met an order since its last event there; and by request: what met its client.
struct FaultTraces {
    private var bits = SIMD8<UInt8>()
    /// A repeat of what was done already makes no step, so it must not wait for the next one.
    private var asked = SIMD4<UInt8>()
    /// How often the node of the context had died when the order last went on there.
    private var deaths = SIMD8<Int32>()

    mutating func add(_ faultTrace: FaultTrace, to contexts: Contexts) {
        for context in 0..<Contexts.count where contexts.contains(Contexts(context)) {
            bits[context] |= faultTrace.bit
        }
    }

    mutating func add(_ faultTrace: FaultTrace, to request: ClientRequest) {
        asked[request.rawValue] |= faultTrace.bit
    }

    /// What met the request that has been carried out now.
    mutating func take(_ request: ClientRequest) -> UInt8 {
        defer { asked[request.rawValue] = 0 }
        return asked[request.rawValue]
    }

    /// The node of `context` has died so often until now. What came before the order began, or
    /// is seen already, does not concern it.
    mutating func see(_ context: Int, deaths count: Int, isBegun: Bool) {
        let count = Int32(truncatingIfNeeded: count)
        if isBegun && deaths[context] != count { bits[context] |= FaultTrace.crash.bit }
        deaths[context] = count
    }

    /// The order goes on in `context`. To begin a call anew is all that a start does at first: the
    /// step that the crash held up is yet to come.
    mutating func take(_ context: Int, isAttempt: Bool) -> UInt8 {
        defer { bits[context] &= isAttempt ? FaultTrace.crash.bit : 0 }
        return bits[context]
    }
}

extension FaultKind {
    /// The contexts that an order's call or notice belongs to; none for what befalls nodes or
    /// clients.
    var contexts: Contexts {
        switch site {
        case .providerCall, .notice: .payments
        case .carrierCall, .update: .shipping
        case .mail: .notifications
        case .request, .answer, .death, .commit, .load, .opening, .publication, .filling, .message:
            []
        }
    }
}

extension World {
    /// A fault met something that belongs to the order of `client` alone.
    func traceFault(_ client: Int, _ kind: FaultKind) {
        traceFault(client, kind.faultTrace, kind.contexts)
    }

    /// A fault met a request of `client`, or the answer to it.
    func traceFault(_ client: Int, _ kind: FaultKind, of request: ClientRequest) {
        clients[client].wasHit = true
        clients[client].faultTraces.add(kind.faultTrace, to: request)
    }

    func traceFault(_ client: Int, _ faultTrace: FaultTrace, _ contexts: Contexts) {
        clients[client].wasHit = true
        clients[client].faultTraces.add(faultTrace, to: contexts)
    }

    /// A fault met a fact on its way: to one node, or to all that hear of it. It holds up whoever
    /// would do something about it.
    func traceFault(_ message: BusMessage, of role: Int, to node: Int?, _ kind: FaultKind) {
        let codec = placement.codecs[role]
        let known =
            message.fact ?? (try? codec.fact(named: message.name, json: message.payload))
        guard let fact = known, let client = story(of: fact)?.client else { return }
        let contexts = placement.contexts(in: node, concernedBy: fact, of: role)
        if !contexts.isEmpty { traceFault(client, kind.faultTrace, contexts) }
    }

    /// A commit failed, or nobody knows what became of it: what it held has to be done again.
    func traceForgotten(of node: SimulatedNode, _ kind: FaultKind) {
        for fact in node.tap.forgotten ?? [] {
            guard let (client, context) = story(of: fact) else { continue }
            traceFault(client, kind.faultTrace, Contexts(context))
        }
    }

    /// The planned order that a fact of `context` is about.
    func client(of fact: any Fact, in context: Int) -> Int? {
        switch context {
        case 0: fact.of(OrderEvent.self).flatMap { numbers[$0.order.raw.low] }
        case 2: fact.of(PaymentEvent.self).flatMap { numbers[$0.order.raw.low] }
        case 3: fact.of(ShipmentEvent.self).flatMap { numbers[$0.order.raw.low] }
        default: story(of: fact)?.client
        }
    }

    /// The planned order that a fact is about, and the context that it belongs to.
    func story(of fact: any Fact) -> (client: Int, context: Int)? {
        if let fact = fact.of(OrderEvent.self) {
            return numbers[fact.order.raw.low].map { ($0, 0) }
        }
        if let fact = fact.of(StockEvent.self) {
            return fact.order.flatMap { numbers[$0.raw.low] }.map { ($0, 1) }
        }
        if let fact = fact.of(PaymentEvent.self) {
            return numbers[fact.order.raw.low].map { ($0, 2) }
        }
        if let fact = fact.of(ShipmentEvent.self) {
            return numbers[fact.order.raw.low].map { ($0, 3) }
        }
        if let fact = fact.of(MessageEvent.self) {
            return numbers[fact.order.raw.low].map { ($0, 4) }
        }
        return nil
    }

    /// By context: the event that only says that a call is made.
    private static let attempts: [UInt8?] = [
        OrderEvent.names, StockEvent.names, PaymentEvent.names, ShipmentEvent.names,
        MessageEvent.names,
    ].map { names in names.first { $0.text.contains(".attempted.") }?.code }

    private static func request(carriedOutBy fact: any Fact) -> ClientRequest? {
        switch fact.of(OrderEvent.self) {
        case .placed?: .place
        case .canceling(_, .customerAsked, _)?: .cancel
        default: nil
        }
    }

    /// An order's story has gone one step further: which situation was that? `kind` is the fault of
    /// the commit that made it durable all the same.
    func noteStep(
        _ role: Int, _ logged: LoggedFact, of client: Int, _ context: Int, _ kind: FaultKind?
    ) {
        clients[client].faultTraces.see(
            context, deaths: nodes[placement.places[role].node].deaths,
            isBegun: clients[client].placed > 0)
        var faultTraces = clients[client].faultTraces.take(
            context, isAttempt: Self.attempts[context] == logged.fact.wireName.code)
        if let kind { faultTraces |= kind.faultTrace.bit }
        if let request = Self.request(carriedOutBy: logged.fact) {
            faultTraces |= clients[client].faultTraces.take(request)
        }
        // Who clicks twice or is impatient met no fault.
        if kind != nil || faultTraces & FaultTrace.crash.bit != 0 { clients[client].wasHit = true }
        marks.hit(context: context, code: logged.fact.wireName.code, faultTraces: faultTraces)
        guard case .placed(let placed)? = logged.fact.of(OrderEvent.self) else { return }
        clients[client].placed += 1
        numbers.set(placed.order.payment().raw.low, client)
        numbers.set(placed.order.shipment().raw.low, client)
        for role in placement.roles.indices where placement.roles[role].context != 0 {
            clients[client].faultTraces.see(
                placement.roles[role].context, deaths: nodes[placement.places[role].node].deaths,
                isBegun: false)
        }
    }
}
