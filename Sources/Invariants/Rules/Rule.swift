// SPDX-License-Identifier: Apache-2.0
/// The promises that can be checked by machine. There is one implementation of each: the audit, the
/// kill lab and the simulator run these very rules.

/// A promise, by its id in the list of invariants: S stock, M money, O orders, E events, G sagas
/// and their effects, I repeated requests, Q read models, L liveness.
package enum Rule: String, CaseIterable, Sendable {
    case s1 = "S1"
    case s2 = "S2"
    case s3 = "S3"
    case s4 = "S4"
    case s5 = "S5"
    case s6 = "S6"
    case s7 = "S7"
    case m2 = "M2"
    case m3 = "M3"
    case m4 = "M4"
    case m6 = "M6"
    case m7 = "M7"
    case m8 = "M8"
    case m9 = "M9"
    case m10 = "M10"
    case m11 = "M11"
    case o1 = "O1"
    case o2 = "O2"
    case o3 = "O3"
    case o4 = "O4"
    case o5 = "O5"
    case o6 = "O6"
    case o7 = "O7"
    case o8 = "O8"
    case o9 = "O9"
    case o10 = "O10"
    case o11 = "O11"
    case e1 = "E1"
    case e2 = "E2"
    case e3 = "E3"
    case e4 = "E4"
    case e5 = "E5"
    case e6 = "E6"
    case e7 = "E7"
    case e8 = "E8"
    case e9 = "E9"
    case e10 = "E10"
    case e11 = "E11"
    case g1 = "G1"
    case g2 = "G2"
    case g3 = "G3"
    case g4 = "G4"
    case g5 = "G5"
    case g7 = "G7"
    case i1 = "I1"
    case i2 = "I2"
    case i3 = "I3"
    case i4 = "I4"
    case i5 = "I5"
    case q1 = "Q1"
    case q2 = "Q2"
    case q5 = "Q5"
    case q7 = "Q7"
    case l1 = "L1"
    case l2 = "L2"
    case l4 = "L4"
    case l5 = "L5"
    case l7 = "L7"

    package var id: String { rawValue }

    /// What is promised, in a sentence.
    package var promise: String { text.promise }

    /// When it is checked.
    package var stages: Stages { text.stages }
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

    /// The names, for people.
    package var names: [String] {
        [(Stages.step, "step"), (.end, "end"), (.restart, "restart"), (.live, "live")]
            .filter { contains($0.0) }.map(\.1)
    }
}
