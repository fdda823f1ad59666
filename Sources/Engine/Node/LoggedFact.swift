// SPDX-License-Identifier: Apache-2.0
/// A fact on its way to the other services of the node.

public import Kernel

@usableFromInline package struct LoggedFact {
    @usableFromInline package let position: Int64
    @usableFromInline package let fact: any Fact
    @usableFromInline let trace: String?

    @inlinable init(position: Int64, fact: any Fact, trace: String?) {
        self.position = position
        self.fact = fact
        self.trace = trace
    }
}
