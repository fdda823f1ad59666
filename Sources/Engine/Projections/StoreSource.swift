// SPDX-License-Identifier: Apache-2.0
/// Logs as they lie in the stores of the nodes of one house.

package import Ports

/// The stores of the nodes that wrote the logs.
package struct StoreSource: ProjectionSource {
    private let readers: [LogName: any Reader]

    /// By log: a reader of the store that holds it.
    package init(_ readers: [LogName: any Reader]) { self.readers = readers }

    package func frames(
        of log: LogName, after position: Int64, limit: Int
    ) throws(StoreFailure) -> [Frame] {
        guard let reader = readers[log] else { return [] }
        return try reader.frames(of: log, after: position, limit: limit)
    }

    package func heads() throws(StoreFailure) -> [LogName: Int64] {
        var heads: [LogName: Int64] = [:]
        for (log, reader) in readers where heads[log] == nil {
            for (log, head) in try reader.contents().heads where readers[log] != nil {
                heads[log] = head.position
            }
            heads[log] = heads[log] ?? 0
        }
        return heads
    }
}
