// SPDX-License-Identifier: Apache-2.0
/// What a store of read models knows of a projection: its name, its version and its tables; and
/// how far its rows have followed which logs.

public struct ViewSchema: Sendable, Hashable {
    /// Words of lower-case letters and digits, with one `-` in between: requests for it are files
    /// of this name.
    public let name: String
    /// Grows with every change of what is projected.
    public let version: Int
    public let tables: [ViewTable]

    public init(name: String, version: Int, tables: [ViewTable]) {
        precondition(ViewTable.isName(name, between: "-"), "\(name): a projection's name")
        self.name = name
        self.version = version
        self.tables = tables
    }

    /// Rows may be read by whoever knows tables of the same shape.
    public var shape: String { tables.map(\.shape).joined(separator: "; ") }
}

/// How far the rows of a projection have followed one log: to the end of a frame.
public struct ViewCursor: Sendable, Hashable {
    public let log: LogName
    public let position: Int64
    /// The epoch and the chain's value of the frame that ends at `position`: another history of the
    /// same log has others.
    public let epoch: Int64
    public let chain: [UInt8]

    public init(log: LogName, position: Int64, epoch: Int64, chain: [UInt8]) {
        self.log = log
        self.position = position
        self.epoch = epoch
        self.chain = chain
    }
}

/// The tables of a projection, filled once: a rebuild makes the next generation beside them.
public struct ViewGeneration: Sendable, Hashable, CustomStringConvertible {
    public let projection: String
    /// From 1.
    public let number: Int

    public init(_ projection: String, _ number: Int) {
        self.projection = projection
        self.number = number
    }

    public var description: String { "\(projection)#\(number)" }
}
