// SPDX-License-Identifier: Apache-2.0
/// What a node must know of a log that it follows over a bus.

package import Ports

/// A log that is written in another node.
package struct RemoteLog: Sendable {
    package let name: LogName
    let codec: LogCodec
    /// The partitions that concern this node; nil for all.
    package let partitions: Set<UInt16>?
    let partitioning: Partitioning

    package init(
        name: LogName, codec: LogCodec, partitions: Set<UInt16>? = nil,
        of partitioning: Partitioning = .standard
    ) {
        self.name = name
        self.codec = codec
        self.partitions = partitions
        self.partitioning = partitioning
    }
}
