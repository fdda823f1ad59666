// SPDX-License-Identifier: Apache-2.0
/// A house that runs for the length of a test, its bad bus, and the shop that sends it orders.

import Contracts
import FaultyPorts
import Gateway
import House
import InventoryDomain
import InventoryService
import Kernel
import Logging
import MemoryAdapter
import NodeEngine
import OrdersDomain
import OrdersService
import Ports
import ServiceLifecycle
import ServiceModel
import VaultAdapter

/// Runs a house until `body` has ended, then stops it in order.
func withHouse<Answer: Sendable>(
    _ settings: HouseSettings, bus: (any Bus)? = nil,
    _ body: (House) async throws -> Answer
) async throws -> Answer {
    // A faulty bus makes the publisher complain all the time; only what stops a node is of
    // interest.
    var logger = Logger(label: "house-tests")
    logger.logLevel = .critical
    return try await withLogger(logger) { logger in
        let house = try House(settings, bus: bus)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: house.services.map { .init(service: $0) }, gracefulShutdownSignals: [],
                logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually("the house is open") { house.isReady }
            let answer = try await body(house)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return answer
        }
    }
}

/// As wild as they come; it also refuses every fourth publication, of which there are not many.
func badBus(seed: UInt64) -> FaultyBus {
    var faults = FaultyBus.Faults.wild
    faults.refuse = 250
    return FaultyBus(InProcessBus(), faults: faults, seed: seed)
}

/// What was waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Waits until `condition` holds, half a minute at most. It counts how often it looked and reads no
/// clock: a machine that stood still for a minute is no reason to give up.
func eventually(
    _ what: @autoclosure () -> String, _ condition: () throws -> Bool
) async throws {
    for _ in 0..<3_000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    throw NeverHappened(description: "never: \(what())")
}

/// Sends a house what a shop's backend would send it through the gateway.
struct Shop: Sendable {
    let house: House

    var orders: any Door<Orders> { house.door(to: Orders.self) }

    struct Placement: Sendable {
        let id: OrderID
        let reply: Reply
    }

    func count(_ assortment: Assortment) async throws {
        for sku in assortment.skus {
            let reply = await house.door(to: Inventory.self).submit(
                .count(
                    StockKey(sku, .main), onHand: assortment.unitsEach, expected: nil),
                by: .anonymous, request: request("count-\(sku)", about: [1]), trace: nil)
            guard reply.status == 200 else { throw Refused(reply) }
        }
    }

    /// Each call makes an id of its own, as the gateway does; the key says which order it is.
    func place(_ order: PlannedOrder) async throws -> Placement {
        let email = "customer\(order.index % 17)@example.org"
        let personal = PersonalData(
            name: "Customer \(order.index % 17)", email: email, line: "1 High Street",
            city: "Leeds", postcode: "LS1 1AA", country: "GB")
        let sealed = try await house.vault.seal(personal.bytes, contact: email)
        guard let country = Country("GB") else { preconditionFailure("two capital letters") }
        let id = OrderID(
            UUIDv7(
                milliseconds: house.clock.now().milliseconds,
                bucket: Murmur3.bucket(
                    Array(Principal.anonymous.name.utf8) + [0] + Array(order.key.utf8)),
                entropy: house.entropy.next()))
        let place = PlaceOrder(
            order: id, lines: order.lines, warehouse: .main,
            recipient: Recipient(
                sealed: Sealed(person: PersonID(sealed.person), box: sealed.box),
                country: country),
            paymentToken: order.token)
        let reply = await orders.submit(
            .place(place), by: .anonymous,
            request: request(order.key, about: personal.bytes), trace: nil)
        return Placement(id: id, reply: reply)
    }

    /// Asks again for as long as nobody knows whether there is stock.
    func placeUntilDecided(_ order: PlannedOrder) async throws -> Placement {
        let first = try await place(order)
        var reply = first.reply
        while reply.status == 202 { reply = try await place(order).reply }
        return Placement(id: first.id, reply: reply)
    }

    func cancel(_ id: OrderID, key: String) async -> Reply {
        await orders.submit(
            .cancel(id, .customerAsked), by: .anonymous,
            request: request("cancel-\(key)", about: []), trace: nil)
    }

    private func request(_ key: String, about body: [UInt8]) -> NodeEngine.Request {
        NodeEngine.Request(principal: .anonymous, key: key, about: body)
    }

    struct Refused: Error, CustomStringConvertible {
        let description: String

        init(_ reply: Reply) {
            description = "\(reply.status): \(String(decoding: reply.body, as: UTF8.self))"
        }
    }
}
