// SPDX-License-Identifier: Apache-2.0
/// What checks found: how often each rule was broken, and the first places.

package struct Findings: Sendable {
    /// The breaches of one rule.
    package struct Entry: Sendable {
        package let rule: Rule
        package internal(set) var breaches = 0
        /// The first few, each a short phrase that names its place.
        package internal(set) var examples: [String] = []
    }

    /// Of each rule that is kept in memory.
    package static let examplesMax = 5

    /// In the order in which the rules were first broken.
    package private(set) var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// The rules that were broken, in the order in which they first were.
    package var rules: [Rule] { entries.map(\.rule) }

    package subscript(_ rule: Rule) -> Entry? { entries.first { $0.rule == rule } }

    /// Notes a breach of `rule` unless `condition` holds.
    @inline(__always)
    package mutating func demand(
        _ condition: Bool, _ rule: @autoclosure () -> Rule,
        _ example: @autoclosure () -> String
    ) {
        if condition { return }
        note(rule(), example)
    }

    /// Notes a breach of `rule`.
    @inline(never)
    package mutating func note(_ rule: Rule, _ example: () -> String) {
        let index: Int
        if let known = entries.firstIndex(where: { $0.rule == rule }) {
            index = known
        } else {
            index = entries.count
            entries.append(Entry(rule: rule))
        }
        entries[index].breaches += 1
        guard entries[index].examples.count < Self.examplesMax else { return }
        entries[index].examples.append(example())
    }

    /// Adds what another check found.
    package mutating func absorb(_ other: Findings) {
        for entry in other.entries {
            for example in entry.examples { note(entry.rule) { example } }
            let rest = entry.breaches - entry.examples.count
            for index in entries.indices where entries[index].rule == entry.rule {
                entries[index].breaches += rest
            }
        }
    }
}
