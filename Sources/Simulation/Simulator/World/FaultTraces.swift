// SPDX-License-Identifier: Apache-2.0
/// Which faults met the next step of an order, so that a situation means what its name says: the
/// step that stands in it is the very one that the fault held up, repeated or lost.

import Contracts
import Invariants
import Kernel
import NodeEngine
import NotificationsService
import PaymentsService
import Ports
import ServiceModel
import ShippingService

/// By service, in the order of `ServiceChecks`: what met an order since its last event there; and
/// by request: what met its client.
struct FaultTraces {
    private struct Trace {
        var bits: UInt8 = 0
        /// How often the node of the service had died when the order last went on there.
        var deaths = 0
    }

    private var traces = Array(repeating: Trace(), count: ServiceChecks.all.count)
    /// A repeat of what was done already makes no step, so it must not wait for the next one.
    private var asked = Array(repeating: UInt8(0), count: ClientRequest.allCases.count)

    mutating func add(_ faultTrace: FaultTrace, to services: [Int]) {
        for service in services { traces[service].bits |= faultTrace.bit }
    }

    mutating func add(_ faultTrace: FaultTrace, to request: ClientRequest) {
        asked[request.rawValue] |= faultTrace.bit
    }

    /// What met the request that has been carried out now.
    mutating func take(_ request: ClientRequest) -> UInt8 {
        defer { asked[request.rawValue] = 0 }
        return asked[request.rawValue]
    }

    /// The node of `service` has died so often until now. What came before the order began, or
    /// is seen already, does not concern it.
    mutating func see(_ service: Int, deaths count: Int, isBegun: Bool) {
        if isBegun && traces[service].deaths != count {
            traces[service].bits |= FaultTrace.crash.bit
        }
        traces[service].deaths = count
    }

    /// The order goes on in `service`. To begin a call anew is all that a start does at first: the
    /// step that the crash held up is yet to come.
    mutating func take(_ service: Int, isAttempt: Bool) -> UInt8 {
        defer { traces[service].bits &= isAttempt ? FaultTrace.crash.bit : 0 }
        return traces[service].bits
    }
}

extension FaultKind {
    /// The service that an order's call or notice belongs to; nil for what befalls nodes or
    /// clients.
    var service: String? {
        switch site {
        case .providerCall, .notice: Payments.name
        case .carrierCall, .update: Shipping.name
        case .mail: Notifications.name
        case .request, .answer, .death, .commit, .load, .opening, .publication, .filling, .message,
            .views, .page:
            nil
        }
    }
}

extension World {
    /// A fault met something that belongs to the order of `client` alone.
    func traceFault(_ client: Int, _ kind: FaultKind) {
        let service = kind.service.flatMap { ServiceChecks.index(of: $0) }
        traceFault(client, kind.faultTrace, service.map { [$0] } ?? [])
    }

    /// A fault met a request of `client`, or the answer to it.
    func traceFault(_ client: Int, _ kind: FaultKind, of request: ClientRequest) {
        clients[client].wasHit = true
        clients[client].faultTraces.add(kind.faultTrace, to: request)
    }

    func traceFault(_ client: Int, _ faultTrace: FaultTrace, _ services: [Int]) {
        clients[client].wasHit = true
        clients[client].faultTraces.add(faultTrace, to: services)
    }

    /// A fault met a fact on its way: to one node, or to all that hear of it. It holds up whoever
    /// would do something about it.
    func traceFault(_ message: BusMessage, of role: Int, to node: Int?, _ kind: FaultKind) {
        let codec = placement.codecs[role]
        let known =
            message.fact ?? (try? codec.fact(named: message.name, json: message.payload))
        guard let fact = known, let client = story(of: fact)?.client else { return }
        let services = placement.services(in: node, concernedBy: fact, of: role)
        if !services.isEmpty { traceFault(client, kind.faultTrace, services) }
    }

    /// A commit failed, or nobody knows what became of it: what it held has to be done again.
    func traceForgotten(of node: SimulatedNode, _ kind: FaultKind) {
        for fact in node.tap.forgotten ?? [] {
            guard let (client, service) = story(of: fact) else { continue }
            traceFault(client, kind.faultTrace, [service])
        }
    }

    /// The planned order that a fact of `service` is about, and which entity of it.
    func subject(of fact: any Fact, in service: Int) -> (client: Int, entity: UUIDv7)? {
        ServiceChecks.all[service].subject(of: fact).flatMap { subject in
            numbers[subject.order.raw.low].map { ($0, subject.entity) }
        }
    }

    /// The planned order that a fact is about, and the service that logs it.
    func story(of fact: any Fact) -> (client: Int, service: Int)? {
        guard let service = ServiceChecks.all.firstIndex(where: { $0.logs(fact) }) else {
            return nil
        }
        return subject(of: fact, in: service).map { ($0.client, service) }
    }

    /// By service: the event that only says that a call is made.
    private static let attempts: [UInt8?] = ServiceChecks.all.map { checker in
        checker.events.first { $0.text.contains(".attempted.") }?.code
    }

    /// What a client asked for that `fact` carries out; nil when it happens by itself.
    private static func request(carriedOutBy fact: any Fact) -> ClientRequest? {
        switch fact.of(OrderEvent.self) {
        case .placed?: .place
        case .canceling(_, .customerAsked, _)?: .cancel
        case .reserved?, .rejected?, .confirmed?, .inFulfillment?, .canceling?, .stopped?,
            .cancelFailed?, .canceled?, .completed?, .reminded?, .paid?, .delivered?,
            .stockReturned?, .paymentUndone?, .exception?, nil:
            nil
        }
    }

    /// An order's story has gone one step further: which situation was that? `kind` is the fault of
    /// the commit that made it durable all the same.
    func noteStep(
        _ role: Int, _ logged: LoggedFact, of client: Int, _ kind: FaultKind?
    ) {
        let service = placement.services[role]
        clients[client].faultTraces.see(
            service, deaths: nodes[placement.places[role].node].deaths,
            isBegun: clients[client].placed > 0)
        let code = logged.fact.wireName.code
        var faultTraces = clients[client].faultTraces.take(
            service, isAttempt: Self.attempts[service] == code)
        if let kind { faultTraces |= kind.faultTrace.bit }
        if let request = Self.request(carriedOutBy: logged.fact) {
            faultTraces |= clients[client].faultTraces.take(request)
        }
        // Who clicks twice or is impatient met no fault.
        if kind != nil || faultTraces & FaultTrace.crash.bit != 0 { clients[client].wasHit = true }
        marks.hit(service: service, code: code, faultTraces: faultTraces)
        guard case .placed? = logged.fact.of(OrderEvent.self) else { return }
        clients[client].placed += 1
        for other in placement.roles.indices where placement.services[other] != service {
            clients[client].faultTraces.see(
                placement.services[other], deaths: nodes[placement.places[other].node].deaths,
                isBegun: false)
        }
    }
}
