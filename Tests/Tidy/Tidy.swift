// SPDX-License-Identifier: Apache-2.0
/// The house style as tests: what a machine can see, a reviewer need not look for.

import Foundation
import Testing

enum Tidy {
    /// Files that break a rule for now, and why. This list may only shrink.
    static let exceptions: [Exception] = [
        Exception(
            file: "Sources/Apps/House/HouseSettings.swift", rule: .misplacedType,
            because: "the composition is being rewritten"),
        Exception(
            file: "Sources/Apps/House/RunningNode.swift", rule: .misplacedType,
            because: "the composition is being rewritten"),
    ]

    /// The folder that holds Package.swift.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file of the checkout, read once.
    static let tree = Tree(root: root)

    /// Reports each breach of `rules` in the tree that no exception allows.
    static func demand(
        _ rules: Rule..., at location: SourceLocation = #_sourceLocation
    ) {
        let found = rules.flatMap { $0.breaches(in: tree) }
        for breach in found where !exceptions.contains(where: { $0.allows(breach) }) {
            Issue.record("\(breach)", sourceLocation: location)
        }
    }
}

/// One file that may break one rule, until it is mended.
struct Exception: CustomStringConvertible {
    let file: String
    let rule: Rule
    let because: String

    var description: String { "\(file) (\(rule.rawValue)): \(because)" }

    func allows(_ breach: Breach) -> Bool {
        breach.file == file && breach.rule == rule
    }

    /// Those of `exceptions` that allow nothing any more.
    static func stale(_ exceptions: [Exception], among breaches: [Breach]) -> [Exception] {
        exceptions.filter { exception in !breaches.contains(where: exception.allows) }
    }
}

/// One place where a file breaks a rule.
struct Breach: Equatable, CustomStringConvertible {
    let rule: Rule
    let file: String
    let line: Int
    let what: String

    var description: String { "\(file):\(line): \(what) [\(rule.rawValue)]" }
}
