// SPDX-License-Identifier: Apache-2.0
/// Plans as text: a line for everything that somebody does or that goes wrong. What is as usual is
/// left out, so that a reader sees only what matters.

import Ports
import ServiceModel
import ServiceModules

/// Why a text is no plan.
package struct PlanFailure: Error, CustomStringConvertible {
    package let line: Int
    package let what: String

    package var description: String { "line \(line): \(what)" }
}

extension Plan {
    package var text: String {
        var lines = ["orderhouse plan 1", "seed \(seed)"]
        if let noise { lines.append("noise \(noise)") }
        let usual = Setting()
        for (name, path) in Setting.fields where setting[keyPath: path] != usual[keyPath: path] {
            lines.append("set \(name) \(setting[keyPath: path])")
        }
        let places = zip(ServiceShard.all(shards: setting.shards), setting.layout)
        lines.append("layout " + places.map { "\($0.log)=\($1)" }.joined(separator: " "))
        lines += counts.map(\.text) + requests.map(\.text) + orders.map(\.text)
        lines += operations.map(\.text)
        lines += (faults ?? []).map(\.text)
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what `text` wrote. Lines that are empty or begin with `#` say nothing.
    package init(text: String) throws {
        self.init(seed: 0)
        faults = []
        var layout = Members()
        var isPlan = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            guard let first = line.first, first != "#" else { continue }
            do {
                if isPlan {
                    try take(line, &layout)
                } else if line == "orderhouse plan 1" {
                    isPlan = true
                } else {
                    throw WordFailure(what: "a plan begins with `orderhouse plan 1`")
                }
            } catch let failure as WordFailure {
                throw PlanFailure(line: index + 1, what: failure.what)
            }
        }
        do {
            setting.layout = try Self.nodes(layout, shards: setting.shards)
        } catch let failure as WordFailure {
            throw PlanFailure(line: 0, what: failure.what)
        }
        guard isPlan, setting.layout.allSatisfy({ $0 >= 0 }) else {
            throw PlanFailure(line: 0, what: "a plan says on which nodes its logs are")
        }
        try check()
    }

    /// By role: its node. A log that is not named is on the first one.
    private static func nodes(_ layout: Members, shards: Int) throws -> [Int] {
        let names = ServiceShard.all(shards: shards).map(\.log.description)
        if let stranger = layout.values.keys.first(where: { !names.contains($0) }) {
            throw WordFailure(what: "no log is called \(stranger)")
        }
        return try names.map { try layout.int($0) }
    }

    /// What no world could be made of.
    private func check() throws {
        guard let partitioning = Partitioning(count: setting.partitions),
            partitioning.count >= setting.shards
        else {
            throw PlanFailure(
                line: 0, what: "partitions are a power of two, and no fewer than shards")
        }
        let articles = 0..<setting.articles
        let warehouses = 0..<setting.warehouses
        let areOrdersSound = orders.allSatisfy { order in
            warehouses.contains(order.warehouse) && order.number >= 0
                && order.lines.allSatisfy { articles.contains($0.article) }
        }
        let areCountsSound = counts.allSatisfy {
            articles.contains($0.article) && warehouses.contains($0.warehouse)
        }
        guard areOrdersSound, areCountsSound else {
            throw PlanFailure(line: 0, what: "an article or a warehouse does not exist")
        }
    }

    private mutating func take(_ line: Substring, _ layout: inout Members) throws {
        var words = Words(line)
        switch try words.next() {
        case "seed": seed = try words.number()
        case "noise": noise = try words.number()
        case "set":
            let name = try words.next()
            guard let field = Setting.fields.first(where: { $0.name == name }) else {
                throw WordFailure(what: "no setting is called \(name)")
            }
            setting[keyPath: field.path] = try words.number()
        case "layout": layout = try words.members()
        case "count": counts.append(try PlannedCount(&words))
        case "request": requests.append(try PlannedRequest(&words))
        case "order": orders.append(try PlannedOrder(&words))
        case "operation": operations.append(try PlannedOperation(&words))
        case "fault": faults?.append(try Fault(&words))
        case let other: throw WordFailure(what: "`\(other)` says nothing")
        }
    }
}

/// What is wrong in a line.
struct WordFailure: Error {
    let what: String
}

/// The words of one line.
struct Words {
    private var words: [Substring]
    private var index = 0

    init(_ line: Substring) { words = line.split(separator: " ") }

    var isAtEnd: Bool { index == words.count }

    mutating func next() throws -> String {
        guard index < words.count else { throw WordFailure(what: "the line ends early") }
        index += 1
        return String(words[index - 1])
    }

    /// The words that are left, as one text.
    mutating func rest() -> String {
        defer { index = words.count }
        return words[index...].joined(separator: " ")
    }

    mutating func number<Number: FixedWidthInteger>() throws -> Number {
        let word = try next()
        guard let number = Number(word) else { throw WordFailure(what: "`\(word)` is no number") }
        return number
    }

    /// The rest of the line as `name=value` words.
    mutating func members() throws -> Members {
        var members = Members()
        while !isAtEnd {
            let word = try next()
            guard let sign = word.firstIndex(of: "=") else {
                throw WordFailure(what: "`\(word)` has no value")
            }
            members.values[String(word[..<sign])] = String(word[word.index(after: sign)...])
        }
        return members
    }
}

/// Named values of one line.
struct Members {
    var values: [String: String] = [:]

    func int(_ name: String, or usual: Int = 0) throws -> Int {
        guard let text = values[name] else { return usual }
        guard let number = Int(text) else { throw WordFailure(what: "`\(text)` is no number") }
        return number
    }

    func instant(_ name: String) throws -> Instant? {
        guard let text = values[name] else { return nil }
        guard let instant = Instant(spanText: text) else {
            throw WordFailure(what: "`\(text)` is no time")
        }
        return instant
    }
}

extension Instant {
    private static let units: [(name: String, length: Instant)] = [
        ("h", .hour), ("min", .minute), ("s", .second), ("ms", .millisecond),
        ("us", .microsecond), ("ns", 1),
    ]

    /// The whole number of the largest unit that fits: `1500ms`.
    var spanText: String {
        for unit in Self.units where self % unit.length == 0 {
            return "\(self / unit.length)\(unit.name)"
        }
        return "\(self)ns"
    }

    init?(spanText: String) {
        let digits = spanText.prefix { $0.isNumber }
        guard let number = Instant(digits),
            let unit = Self.units.first(where: { $0.name == spanText.dropFirst(digits.count) })
        else { return nil }
        let (length, overflows) = number.multipliedReportingOverflow(by: unit.length)
        guard !overflows else { return nil }
        self = length
    }
}
