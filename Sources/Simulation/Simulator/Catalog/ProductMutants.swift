// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in the rules of products, and between catalog and stock.

import CatalogDomain
import CatalogService
import Contracts
import Invariants
import InventoryDomain
import InventoryService
import Kernel
import NodeEngine
import Ports
import ServiceModel

private typealias ProductStates = States<CatalogKey, CatalogState>

extension Mutant {
    static let products = [
        Mutant(
            "catalog-gives-an-article-to-two-products", trips: .c1,
            in: Catalog.self, Grabbing.self),
        Mutant(
            "catalog-keeps-articles-that-are-taken-off", trips: .c1,
            in: Catalog.self, Clinging.self),
        Mutant("catalog-updates-what-was-never-created", trips: .c2, in: Catalog.self, Unborn.self),
        Mutant("catalog-creates-what-there-is", trips: .c2, in: Catalog.self, Reborn.self),
        Mutant(
            "catalog-withdraws-again-when-asked-again", trips: .c2,
            in: Catalog.self, Insisting.self),
        // It needs no fault: partitions of a log are heard in any order.
        Mutant(
            "catalog-believes-older-announcements", trips: .c3, in: Catalog.self, Credulous.self),
        Mutant("catalog-misses-some-announcements", trips: .c4, Deaf.self),
        Mutant(
            "catalog-is-not-told-of-what-comes-back", trips: .c4,
            in: Inventory.self, Silent.self),
        Mutant("catalog-articles-are-not-listed", trips: .c5, Unlisting.self),
        Mutant("catalog-answers-with-what-others-did-later", trips: .o4) { overrides in
            overrides.replace(Catalog.name) { role, limits in BelatedRunner(role.runner(limits)) }
        },
    ]
}

private enum Grabbing: DecoratedRules {
    typealias Base = CatalogDecider

    static func decide(
        _ command: CatalogCommand, _ states: ProductStates, _ moment: Moment
    ) throws(CatalogRejection) -> [ProductEvent] {
        do throws(CatalogRejection) {
            return try CatalogDecider.decide(command, states, moment)
        } catch {
            guard case .skuTaken = error, case .put(let product) = command,
                states.first.product == nil
            else { throw error }
            return [.created(product)]
        }
    }
}

private enum Clinging: DecoratedRules {
    typealias Base = CatalogDecider

    static func bend(
        _ events: [ProductEvent], _ command: CatalogCommand, _ states: ProductStates,
        _ moment: Moment
    ) -> [ProductEvent] {
        guard case .updated(let product, _)? = events.first else { return events }
        return [.updated(product, removed: [])]
    }
}

private enum Unborn: DecoratedRules {
    typealias Base = CatalogDecider

    static func bend(
        _ events: [ProductEvent], _ command: CatalogCommand, _ states: ProductStates,
        _ moment: Moment
    ) -> [ProductEvent] {
        guard case .created(let product)? = events.first else { return events }
        return [.updated(product, removed: [])]
    }
}

private enum Reborn: DecoratedRules {
    typealias Base = CatalogDecider

    static func bend(
        _ events: [ProductEvent], _ command: CatalogCommand, _ states: ProductStates,
        _ moment: Moment
    ) -> [ProductEvent] {
        guard case .updated(let product, let removed)? = events.first, removed.isEmpty else {
            return events
        }
        return [.created(product)]
    }
}

private enum Insisting: DecoratedRules {
    typealias Base = CatalogDecider

    static func bend(
        _ events: [ProductEvent], _ command: CatalogCommand, _ states: ProductStates,
        _ moment: Moment
    ) -> [ProductEvent] {
        guard case .withdraw(let code) = command, events.isEmpty else { return events }
        return [.withdrawn(code, skus: [])]
    }
}

private enum Credulous: DecoratedRules {
    typealias Base = CatalogDecider

    static func bend(
        _ events: [ProductEvent], _ command: CatalogCommand, _ states: ProductStates,
        _ moment: Moment
    ) -> [ProductEvent] {
        guard case .noteAvailability(let levels) = command else { return events }
        return [.stocked(levels)]
    }
}

private enum Deaf: DecoratedService {
    typealias Base = Catalog
    typealias Rules = CatalogDecider

    static func command(for logged: LoggedFact, of log: LogName) -> CatalogCommand? {
        guard case .noteAvailability(let levels)? = Catalog.command(for: logged, of: log) else {
            return nil
        }
        let heard = levels.filter { !$0.announcement.isMultiple(of: 3) }
        return heard.isEmpty ? nil : .noteAvailability(heard)
    }
}

private enum Silent: DecoratedRules {
    typealias Base = StockDecider

    static func bend(
        _ events: [StockEvent], _ command: StockCommand,
        _ states: States<InventoryKey, InventoryState>, _ moment: Moment
    ) -> [StockEvent] {
        guard case .released? = events.first else { return events }
        return [events[0]]
    }
}

private enum Unlisting: DecoratedService {
    typealias Base = Inventory
    typealias Rules = StockDecider

    static func command(for logged: LoggedFact, of log: LogName) -> StockCommand? {
        let command = Inventory.command(for: logged, of: log)
        if case .list? = command { return nil }
        return command
    }
}

/// Shows each caller of a batch the product as the last of them left it.
private final class BelatedRunner: DecoratedRunner {
    let base: any AnyServiceRunner
    /// What is asked in this batch.
    private var asked: [Ticket: ProductCode] = [:]

    init(_ base: any AnyServiceRunner) { self.base = base }

    func take(_ submission: Submission) {
        if let ticket = submission.ticket {
            switch submission.command as? CatalogCommand {
            case .put(let product)?: asked[ticket] = product.code
            case .withdraw(let code)?: asked[ticket] = code
            case .noteAvailability?, .wake?, nil: break
            }
        }
        base.take(submission)
    }

    func settle(
        _ turn: inout Turn, runner: Int, recent: (any RecentRows)?, now: Timestamp
    ) {
        base.settle(&turn, runner: runner, recent: recent, now: now)
        var last: [ProductCode: Reply] = [:]
        for (ticket, reply) in turn.replies where reply.status < 300 && !reply.isReplayed {
            guard let product = asked[ticket] else { continue }
            if reply.version >= last[product]?.version ?? 0 { last[product] = reply }
        }
        for (index, (ticket, reply)) in turn.replies.enumerated() where reply.status < 300 {
            guard !reply.isReplayed, let product = asked[ticket], let later = last[product] else {
                continue
            }
            turn.replies[index].1 = later
        }
        asked.removeAll()
    }

    func forget(_ turn: inout Turn, problem: Problem, now: Timestamp) {
        asked.removeAll()
        base.forget(&turn, problem: problem, now: now)
    }
}
