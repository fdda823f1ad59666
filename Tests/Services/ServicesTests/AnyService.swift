// SPDX-License-Identifier: Apache-2.0
/// The six services side by side, without their types, so that one table serves them all.

import CatalogDomain
import CatalogService
import Contracts
import GivenWhenThen
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import NotificationsDomain
import NotificationsService
import OrdersDomain
import OrdersService
import PaymentsDomain
import PaymentsService
import Ports
import SampleFacts
import ShippingDomain
import ShippingService
import Testing

struct AnyService: Sendable, CustomTestStringConvertible {
    let name: String
    let subscribesTo: [String]
    /// The facts in its table.
    let reactsTo: [String]
    /// The command that follows from a fact, as text.
    let command: @Sendable (any Fact) -> String?

    private init<S: Service>(_ service: S.Type) where S: SendableMetatype {
        name = S.name
        subscribesTo = S.subscribesTo
        reactsTo = S.reactions.names.map(\.text)
        command = { fact in S.command(for: fact).map { "\($0)" } }
    }

    static let all = [
        AnyService(Orders.self), AnyService(Inventory.self), AnyService(Payments.self),
        AnyService(Shipping.self), AnyService(Notifications.self), AnyService(Catalog.self),
    ]

    var testDescription: String { name }
}

/// Every fact of every service, with the name of the service that announces it.
let facts: [(service: String, fact: any Fact)] =
    OrderEvent.samples.map { ("orders", $0) } + StockEvent.samples.map { ("inventory", $0) }
    + PaymentEvent.samples.map { ("payments", $0) }
    + ShipmentEvent.samples.map { ("shipping", $0) }
    + MessageEvent.samples.map { ("notifications", $0) }
    + ProductEvent.samples.map { ("catalog", $0) }

/// The fact's name, and what else decides about what follows from it.
func kind(of fact: any Fact) -> String {
    var words = [fact.wireName.text]
    switch fact as? OrderEvent {
    case .canceling(_, _, let shipment): words += [shipment.map { _ in "shipment" } ?? ""]
    case .stopped(let stopped):
        words += [stopped.hold.map { _ in "hold" } ?? ""]
        words += [stopped.payment.map { _ in "payment" } ?? ""]
    case .reminded(let reminded):
        switch reminded.step {
        case .hold: words += ["hold"]
        case .ship: words += ["ship"]
        case .stopShipment: words += ["stop"]
        case .giveBack(let hold, let payment):
            words += [
                "give back", hold.map { _ in "hold" } ?? "", payment.map { _ in "payment" } ?? "",
            ]
        case .capture: words += ["capture"]
        case .track: words += ["track"]
        }
    default: break
    }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
}

extension Service {
    /// What follows from `fact`, whenever and by whatever it came about.
    static func command(for fact: any Fact) -> Rules.Command? {
        let provenance = Provenance(at: .noon, cause: .time, trace: nil)
        return command(
            for: LoggedFact(position: 1, fact: fact, provenance: provenance),
            of: LogName("sample"))
    }
}

/// A fact of a service that nobody has heard of.
struct ForeignFact: Fact {
    var wireName: WireName { WireName(1, "basket.emptied.v1") }
    var correlation: String? { nil }
    func write(to writer: inout WireWriter) {}
}
