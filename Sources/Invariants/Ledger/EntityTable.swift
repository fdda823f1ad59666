// SPDX-License-Identifier: Apache-2.0
/// The entities of one service as its logs tell them, by the orders that they belong to and by
/// their own ids: an order may have any number of them.

import Contracts
import Kernel

/// What a service's own rules need to know of one of its entities.
protocol CheckedEntity: Sendable {
    associatedtype Kind: Identified

    var base: EntityBase { get set }
    init(_ base: EntityBase)

    /// The id that follows from the order for its `ordinal`-th entity; nil when ordinals say
    /// nothing of ids here.
    static func id(of order: OrderID, _ ordinal: UInt32) -> ID<Kind>?
}

/// What the ledger keeps of every entity, whatever it is.
struct EntityBase: Sendable {
    /// The entropy of its id.
    fileprivate let id: UInt64
    private let order: Int32
    /// The log that its stream stands in.
    let home: LogNumber
    /// The order's next entity in the table.
    fileprivate var next: Int32 = -1
    fileprivate(set) var stream = StreamNumbers()

    fileprivate init(id: UInt64, order: Int, home: LogNumber) {
        self.id = id
        self.order = Int32(truncatingIfNeeded: order)
        self.home = home
    }

    /// No log has told of it.
    static let unknown = EntityBase(id: 0, order: -1, home: .none)

    /// The number of its order.
    var orderNumber: Int { Int(order) }
}

final class EntityTable<Entry: CheckedEntity> {
    let service: ServiceNumber
    private let settings: CheckerSettings
    private var entries: [Entry] = []
    /// By number of the order: its first entity; -1 when it has none.
    private var firsts: [Int32] = []
    /// By entity and subscription: the facts of the first log of that service that it answered.
    private var answered: [AnsweredFacts] = []
    /// The same of further logs.
    private var answeredElsewhere: [Elsewhere: AnsweredFacts] = [:]

    private struct Elsewhere: Hashable, Sendable {
        let slot: Int
        let log: LogNumber
    }

    init(_ settings: CheckerSettings) {
        self.settings = settings
        service = settings.service
        entries.reserveCapacity(settings.capacity)
        firsts.reserveCapacity(settings.capacity)
        answered.reserveCapacity(settings.capacity * settings.subscribesTo.count)
    }

    subscript(_ index: Int) -> Entry {
        @inline(__always) get { entries[index] }
        @inline(__always) _modify { yield &entries[index] }
    }

    /// Checks what every event keeps: the numbers of its stream, one log for one entity, the facts
    /// that it answers. Returns the index of the entity that it is about.
    @inline(__always)
    func note(
        _ id: ID<Entry.Kind>, of order: OrderID, at place: Place, answering heard: Heard,
        _ context: inout CheckContext
    ) -> Int {
        let number = context.orders.touch(order)
        let index = index(of: id, number) ?? insert(id, of: order, number, place.log, &context)
        entries[index].base.stream.note(place, &context.findings, id.text)
        let isHome = entries[index].base.home == place.log
        context.findings.demand(isHome, .q5, "\(id.text): in two logs")
        if heard.isFact { answer(heard, index, id, place.position, &context.findings) }
        return index
    }

    @inline(__always)
    private func index(of id: ID<Entry.Kind>, _ order: Int) -> Int? {
        var index = first(of: order)
        while index >= 0 && entries[index].base.id != id.raw.low {
            index = Int(entries[index].base.next)
        }
        return index < 0 ? nil : index
    }

    @inline(__always)
    private func first(of order: Int) -> Int { order < firsts.count ? Int(firsts[order]) : -1 }

    @inline(never)
    private func insert(
        _ id: ID<Entry.Kind>, of order: OrderID, _ number: Int, _ home: LogNumber,
        _ context: inout CheckContext
    ) -> Int {
        var (last, others) = (-1, UInt32(0))
        var sibling = first(of: number)
        while sibling >= 0 {
            (last, others) = (sibling, others + 1)
            sibling = Int(entries[sibling].base.next)
        }
        let isDerived = (0...others).contains { ordinal in
            Entry.id(of: order, ordinal).map { $0 == id } ?? true
        }
        context.findings.demand(isDerived, .g3, "\(id.text) is none of \(order.text)")
        let index = entries.count
        while firsts.count <= number { firsts.append(-1) }
        if last < 0 {
            firsts[number] = Int32(truncatingIfNeeded: index)
        } else {
            entries[last].base.next = Int32(truncatingIfNeeded: index)
        }
        entries.append(Entry(EntityBase(id: id.raw.low, order: number, home: home)))
        for _ in settings.subscribesTo { answered.append(AnsweredFacts()) }
        return index
    }

    @inline(__always)
    private func answer(
        _ heard: Heard, _ index: Int, _ id: ID<Entry.Kind>, _ position: Int64,
        _ findings: inout Findings
    ) {
        guard let subscription = settings.subscription(to: heard.service) else {
            return findings.note(.e5) { "\(id.text): answers what \(settings.name) does not hear" }
        }
        let slot = index * settings.subscribesTo.count + subscription
        if answered[slot].areOf(heard.log) {
            answered[slot].note(heard.position, at: position, &findings, id.text)
        } else {
            answeredElsewhere[Elsewhere(slot: slot, log: heard.log), default: AnsweredFacts()]
                .note(heard.position, at: position, &findings, id.text)
        }
    }

    // MARK: - By order

    /// Hands the entities of an order to `body`, in the order in which logs first told of them.
    @inline(__always)
    func forEach(of order: Int, _ body: (Entry) -> Void) {
        var index = first(of: order)
        while index >= 0 {
            body(entries[index])
            index = Int(entries[index].base.next)
        }
    }

    /// True when an entity of the order is as `isMet` asks.
    @inline(__always)
    func contains(of order: Int, where isMet: (Entry) -> Bool) -> Bool {
        var isFound = false
        forEach(of: order) { if isMet($0) { isFound = true } }
        return isFound
    }

    /// True when the order has entities and all are as `isMet` asks.
    @inline(__always)
    func areAll(of order: Int, where isMet: (Entry) -> Bool) -> Bool {
        contains(of: order) { _ in true } && !contains(of: order) { !isMet($0) }
    }

    /// True unless `heard` is a fact of this service that is noted, and no entity of the order in
    /// its log has reached `milestone` at or before it. The fact may be the last one of several
    /// entities: with `byAll` each must have reached it.
    @inline(__always)
    func keeps(
        _ heard: Heard, of order: Int, _ logs: Logs, byAll: Bool = false,
        _ milestone: (Entry) -> Int64
    ) -> Bool {
        guard heard.service == service else { return true }
        var (kept, open) = (0, 0)
        forEach(of: order) { entry in
            guard entry.base.home == heard.log else { return }
            let position = milestone(entry)
            if position != 0 && position <= heard.position { kept += 1 } else { open += 1 }
        }
        if kept > 0 && (!byAll || open == 0) { return true }
        return heard.position > logs.head(heard.log)
    }

    /// Hands every entity to `body`, with the number of its order.
    func forEach(_ body: (Entry) -> Void) { entries.forEach(body) }
}
