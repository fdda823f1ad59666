// SPDX-License-Identifier: Apache-2.0
/// A history as a list of facts that a test may bend before it is told to a ledger.

import Contracts
import Invariants
import Kernel
import Ports

/// One fact and what brought it about.
struct Line: Sendable {
    enum Because: Sendable {
        /// A command; with a number, of that request.
        case command(UInt64 = 0)
        case time
        /// The last fact of that log before this line.
        case last(String)
        case fact(String, Int64)
    }

    var fact: any Fact
    var because: Because
    /// Seconds after the beginning.
    var at: Int64 = 0
    /// Bends the place where the fact stands.
    var bend: @Sendable (inout Place) -> Void = { _ in }

    /// The service that logs it.
    var service: String {
        guard let checker = ServiceChecks.all.first(where: { $0.logs(fact) }) else {
            preconditionFailure("no service has such a fact")
        }
        return checker.name
    }
}

/// The services by name.
extension String {
    static let orders = "orders"
    static let inventory = "inventory"
    static let payments = "payments"
    static let shipping = "shipping"
    static let notifications = "notifications"
    static let catalog = "catalog"
}

struct Script: Sendable {
    var lines: [Line]

    init(_ lines: [Line]) { self.lines = lines }

    /// The place of the first line with the fact `name`.
    private func index(_ name: String) -> Int {
        guard let index = lines.firstIndex(where: { $0.fact.wireName.text == name }) else {
            preconditionFailure("the history has no \(name)")
        }
        return index
    }

    func without(_ names: String...) -> Script {
        Script(lines.filter { !names.contains($0.fact.wireName.text) })
    }

    func until(_ name: String) -> Script { Script(Array(lines[...index(name)])) }

    func adding(_ fact: any Fact, _ because: Line.Because = .command(), at: Int64 = 0) -> Script {
        Script(lines + [Line(fact: fact, because: because, at: at)])
    }

    func inserting(
        _ fact: any Fact, _ because: Line.Because = .command(), before name: String
    ) -> Script {
        var copy = self
        copy.lines.insert(Line(fact: fact, because: because), at: index(name))
        return copy
    }

    func replacing(_ name: String, with fact: any Fact) -> Script {
        changing(name) { $0.fact = fact }
    }

    /// The carrier said nothing new instead of what the event called `name` tells.
    func putOff(_ name: String) -> Script {
        replacing(
            name,
            with: ShipmentEvent.deferred(
                Sample.order.shipment(), order: Sample.order, isFailure: true,
                retryAt: Sample.moment(1)))
    }

    func changing(_ name: String, _ change: (inout Line) -> Void) -> Script {
        var copy = self
        change(&copy.lines[index(name)])
        return copy
    }

    func bending(_ name: String, _ bend: @escaping @Sendable (inout Place) -> Void) -> Script {
        changing(name) { $0.bend = bend }
    }

    /// Tells every line to a new ledger, one commit after another.
    func told() -> Ledger {
        var telling = Telling()
        for line in lines { telling.tell(line) }
        telling.ledger.checkCauses()
        return telling.ledger
    }

    /// The rules that the history breaks, as the ledger finds them.
    var broken: Set<Rule> { Set(told().findings.rules) }
}

/// Gives each fact its place.
struct Telling {
    let ledger = Ledger()
    private(set) var heads: [String: Int64] = [:]
    private var streams: [String: (version: Int64, last: Int64)] = [:]

    mutating func tell(_ line: Line) {
        var place = place(of: line)
        line.bend(&place)
        ledger.note(line.fact, at: place)
        ledger.settle()
    }

    mutating func place(of line: Line) -> Place {
        let position = (heads[line.service] ?? 0) + 1
        heads[line.service] = position
        let name = Self.stream(of: line.fact)
        let stream = streams[name] ?? (0, 0)
        streams[name] = (stream.version + 1, position)
        return Place(
            log: number(line.service), position: position, version: stream.version + 1,
            previous: stream.last, origin: origin(line.because),
            at: Timestamp(milliseconds: line.at * 1_000))
    }

    func number(_ service: String) -> LogNumber {
        guard let number = ledger.number(of: LogName(service)) else {
            preconditionFailure("a ledger knows all logs")
        }
        return number
    }

    private func origin(_ because: Line.Because) -> Origin {
        switch because {
        case .command(let request): .command(InputID(high: 0, low: request))
        case .time: .time
        case .last(let service): .fact(number(service), heads[service] ?? 0)
        case .fact(let service, let position): .fact(number(service), position)
        }
    }

    /// The stream where the fact is kept.
    static func stream(of fact: any Fact) -> String {
        for checker in ServiceChecks.all {
            if let key = Self.key(of: fact, checker) { return key }
        }
        preconditionFailure("no service has such a fact")
    }

    private static func key<Checker: ServiceChecker>(
        of fact: any Fact, _ checker: Checker.Type
    ) -> String? {
        fact.of(Checker.Checked.Rules.Event.self).map {
            "\(checker.name) \(Checker.Checked.Rules.changes($0)[0].bytes)"
        }
    }
}
