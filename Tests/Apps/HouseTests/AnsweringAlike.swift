// SPDX-License-Identifier: Apache-2.0
/// What a shop is told when it places an order does not depend on where the services run, nor on
/// whether a process ended between the order and the word that its stock is held.

import Contracts
import House
import Kernel
import Ports
import SandboxAdapter
import TemporaryFolders
import Testing

@Suite(.serialized) struct `The answer to a new order` {
    private static let topologies: [(HouseSettings.Topology, Int)] = [
        (.single, 1), (.split, 1), (.split, 2),
    ]

    private func settings(
        _ data: String, _ topology: HouseSettings.Topology, _ shards: Int
    ) -> HouseSettings {
        var settings = HouseSettings(data: data)
        settings.topology = topology
        settings.orderShards = shards
        settings.isMailDurable = false
        settings.publisherInterval = .milliseconds(20)
        // The sandbox answers later than anybody looks.
        settings.payments.slowDelay = .seconds(60)
        settings.moveParcels(pickupDelay: .seconds(60), deliveryDelay: .seconds(60))
        return settings
    }

    private func order(_ fate: PlannedOrder.Fate) throws -> PlannedOrder {
        try #require(try PlannedOrder.uncontended(seed: 3).first { $0.fate == fate })
    }

    /// The answer without what is another's for each order: ids and moments.
    private func text(_ reply: Reply) -> String {
        let body = String(decoding: reply.body, as: UTF8.self)
        let blanked = body.replacing(/(ord|per)_[0-9a-z]{26}/) { "\($0.1)_ID" }
            .replacing(/\d{4}-\d\d-\d\dT[0-9:.]+Z/, with: "AT")
        return "\(reply.status) v\(reply.version) \(blanked)"
    }

    @Test func `is the same in one node, in many, and in two shards of orders`() async throws {
        var answers: [[String]] = []
        for (topology, shards) in Self.topologies {
            let told = try await TestFolder.with { folder in
                let settings = settings(folder.path("house"), topology, shards)
                return try await withHouse(settings) { house in
                    let shop = Shop(house: house)
                    try await shop.count(.ample)
                    var told: [String] = []
                    for fate in [PlannedOrder.Fate.completes, .soldOut] {
                        let order = try order(fate)
                        let first = try await shop.placeUntilDecided(order)
                        let again = try await shop.place(order).reply
                        #expect(again == first.reply.replayed(), "\(topology) \(shards)")
                        told.append(text(first.reply))
                    }
                    return told
                }
            }
            answers.append(told)
        }
        #expect(answers[0][0].hasPrefix(#"201 v2 {"id":"ord_ID","placedAt":"AT""#))
        #expect(answers[0][0].contains(#""status":"awaiting-payment","version":2}"#))
        #expect(answers[0][1].hasPrefix("409 v0 "))
        #expect(answers[0][1].contains(#""code":"insufficient-stock""#))
        #expect(answers[1] == answers[0])
        #expect(answers[2] == answers[0])
    }

    @Test(arguments: [1, 2])
    func `is 202 while nobody knows, and the same after a start`(shards: Int) async throws {
        try await TestFolder.with { folder in
            let settings = settings(folder.path("house"), .split, shards)
            let fates = [PlannedOrder.Fate.completes, .soldOut]
            try await withHouse(settings) { house in
                try await Shop(house: house).count(.ample)
            }
            let ids = try await withHouse(settings, bus: DeadBus()) { house in
                var ids: [OrderID] = []
                for fate in fates {
                    let placed = try await Shop(house: house).place(try order(fate))
                    #expect(placed.reply.status == 202)
                    #expect(placed.reply.location == "/v1/orders/\(placed.id.text)")
                    #expect(text(placed.reply).contains(#""status":"reserving","version":1}"#))
                    ids.append(placed.id)
                }
                return ids
            }
            let told = try await withHouse(settings) { house in
                var told: [Reply] = []
                for fate in fates {
                    var reply = try await Shop(house: house).place(try order(fate)).reply
                    if reply.status == 202 {
                        reply = try await Shop(house: house).place(try order(fate)).reply
                    }
                    told.append(reply)
                }
                return told
            }
            #expect(told.map(\.status) == [201, 409])
            #expect(told[0].location == "/v1/orders/\(ids[0].text)")
            #expect(text(told[0]).contains(#""status":"awaiting-payment","version":2}"#))
            #expect(text(told[1]).contains("insufficient-stock"))
        }
    }
}

/// Takes nothing and carries nothing.
private struct DeadBus: Bus {
    func publish(_ messages: [BusMessage]) throws(BusFailure) { throw .unavailable }

    func subscribe(
        _ log: LogName, partitions: Set<UInt16>?,
        deliver: @escaping @Sendable ([BusMessage]) -> Void
    ) {}
}
