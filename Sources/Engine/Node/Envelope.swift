// SPDX-License-Identifier: Apache-2.0
/// A fact of another service as a reaction may look at it: with all that is known of it.

public import Kernel
public import Ports

@usableFromInline package struct Envelope: Sendable {
    @usableFromInline package let fact: any Fact
    /// Where it stands.
    @usableFromInline package let log: LogName
    @usableFromInline package let position: Int64
    /// When it was recorded, what brought it about, and the trace that it belongs to.
    @usableFromInline package let provenance: Provenance

    package var at: Timestamp { provenance.at }
    package var cause: Cause { provenance.cause }
    package var trace: String? { provenance.trace }
    /// The id of the order or whatever else the fact is about.
    package var correlation: String? { fact.correlation }

    @inlinable
    init(_ logged: LoggedFact, of log: LogName) {
        fact = logged.fact
        self.log = log
        position = logged.position
        provenance = logged.provenance
    }

    /// `fact` as it was read from `record`.
    package init(_ fact: any Fact, in record: Record) {
        self.fact = fact
        log = record.log
        position = record.position
        provenance = record.provenance
    }
}
