// SPDX-License-Identifier: Apache-2.0
/// The promises that can be checked by machine. There is one implementation of each: the audit, the
/// kill lab and the simulator run these very rules.

/// A promise, by its id in the list of invariants: S stock, M money, O orders, E events, G sagas
/// and their effects, I repeated requests, Q read models, L liveness. A service brings its own
/// rules from its own folder.
package struct Rule: Sendable {
    package let id: String
    /// What is promised, in a sentence.
    package let promise: String
    /// When it is checked.
    package let stages: Stages

    init(_ id: String, _ stages: Stages, _ promise: String) {
        self.id = id
        self.promise = promise
        self.stages = stages
    }
}

extension Rule: Hashable {
    package static func == (left: Rule, right: Rule) -> Bool { left.id == right.id }

    package func hash(into hasher: inout Hasher) { hasher.combine(id) }
}

/// When a rule is checked.
package struct Stages: OptionSet, Sendable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// After each commit, in simulation.
    package static let step = Stages(rawValue: 1)
    /// When faults have stopped and nothing moves any more.
    package static let end = Stages(rawValue: 2)
    /// After each restart, in simulation and in the labs.
    package static let restart = Stages(rawValue: 4)
    /// By `orderhouse audit`, beside a running house.
    package static let live = Stages(rawValue: 8)

    static let always: Stages = [.step, .end, .restart, .live]
    /// Whatever stored things can break.
    static let stored: Stages = [.end, .restart, .live]
    /// Whatever callers are told.
    static let told: Stages = [.end, .restart]

    /// The names, for people.
    package var names: [String] {
        [(Stages.step, "step"), (.end, "end"), (.restart, "restart"), (.live, "live")]
            .filter { contains($0.0) }.map(\.1)
    }
}
