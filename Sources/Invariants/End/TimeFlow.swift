// SPDX-License-Identifier: Apache-2.0
/// What a process takes for the time, against the truth, for whoever knows the truth.

package import Kernel

/// How the time of one process went on from one look at it to the next.
package struct TimeFlow: Sendable {
    private let passed: Span
    private let told: Span
    private let standing: Span?

    /// `told` is how far the process's time went while in truth `passed` went by. `standing` is how
    /// long the wall clock had shown what the process has just begun to believe; nil when it goes
    /// by what it believed before.
    package init(passed: Span, told: Span, standing: Span? = nil) {
        self.passed = passed
        self.told = told
        self.standing = standing
    }

    /// Time may run a quarter faster or slower, and a clock drift by a hundredth; what is believed
    /// must have stood for five minutes.
    package func check(_ findings: inout Findings) {
        if let standing {
            return findings.demand(
                standing >= .seconds(290), .l7, "a clock is believed that was just set")
        }
        let (passed, told) = (passed.milliseconds, told.milliseconds)
        findings.demand(
            told >= passed * 74 / 100 - 20 && told <= passed * 127 / 100 + 20, .l7,
            "\(told) ms are told in \(passed)")
    }
}

/// A new id beside the greatest one of an order that was committed before it was made.
package struct IDOrder: Sendable {
    private let made: Int64
    private let committed: Int64

    package init(made: Int64, committed: Int64) {
        self.made = made
        self.committed = committed
    }

    package func check(_ findings: inout Findings) {
        findings.demand(made >= committed, .o11, "an id of \(made) after one of \(committed)")
    }
}
