// SPDX-License-Identifier: Apache-2.0
/// A fact on its way to the other services of the node.

public import Kernel
public import Ports

@usableFromInline package final class LoggedFact: Sendable {
    @usableFromInline package let position: Int64
    @usableFromInline package let fact: any Fact
    @usableFromInline package let provenance: Provenance

    @inlinable
    package init(position: Int64, fact: any Fact, provenance: Provenance) {
        self.position = position
        self.fact = fact
        self.provenance = provenance
    }
}
