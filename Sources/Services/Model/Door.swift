// SPDX-License-Identifier: Apache-2.0
/// How the outside reaches services: commands go in, questions are answered. HTTP and whatever else
/// may come are adapters of the same doors.

package import Kernel
package import NodeEngine
package import Ports

/// The door of one service.
package protocol Door<S>: Sendable {
    associatedtype S: Service

    /// Answers after the commit of what followed from `command`.
    func submit(
        _ command: S.Rules.Command, by principal: Principal, request: Request?, trace: String?
    ) async -> Reply

    // Questions see every acknowledged commit.

    /// Nil when there is no such entity.
    func entity(_ key: S.Rules.Key) throws -> Entity<S.Rules.State>?
    /// The entity's own events as a JSON array, oldest first; nil when there is no such entity.
    func events(of key: S.Rules.Key) throws -> [UInt8]?
    /// At most `limit` entities of the first table of `S.Rules.Key`, in key order. Fewer are the
    /// last.
    func page(after key: S.Rules.Key?, limit: Int) throws -> [Listed<S>]
}

extension Door {
    /// Submits the command that `request` turned out to be.
    package func submit(_ command: S.Rules.Command, for request: RouteRequest) async -> Reply {
        await submit(
            command, by: request.principal, request: request.identity, trace: request.trace)
    }
}

/// An entity of a page. One that can't be read keeps its place: it is not silently missing, and the
/// others are served.
package struct Listed<S: Service>: Sendable {
    package let key: S.Rules.Key
    /// Nil when its stored state can't be read.
    package let entity: Entity<S.Rules.State>?

    package init(key: S.Rules.Key, entity: Entity<S.Rules.State>?) {
        self.key = key
        self.entity = entity
    }
}

/// All doors of a house, and what routes need besides.
package protocol Doors: Sendable {
    func door<S: Service & SendableMetatype>(to service: S.Type) -> any Door<S>
    /// What articles cost, for who names no price.
    var prices: any Prices { get }
    /// What is read but for single entities.
    var views: any ViewDoor { get }
    /// What happened, as the logs tell it.
    var facts: any FactDoor { get }
    /// What clocks show where.
    var timeZones: any TimeZones { get }
    /// Seals personal data before it becomes part of a command.
    var vault: any Vault { get }
    /// A new number for an order in `bucket`, greater than all before it.
    func makeID(bucket: UInt16) async throws -> UUIDv7
}
