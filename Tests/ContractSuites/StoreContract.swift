// SPDX-License-Identifier: Apache-2.0
/// What every `Store` promises, as named checks that each adapter takes in its own tests. Whoever
/// writes an adapter runs all of them; none of them knows what is underneath.

public import Ports
public import Testing

/// One promise of the port `Store`.
public struct StoreContract: Sendable, CustomTestStringConvertible {
    public let name: String
    private let body: @Sendable (StoreMedium) throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (StoreMedium) throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Checks the promise on a medium that nobody has used yet.
    public func check(_ medium: StoreMedium) throws { try body(medium) }

    public var testDescription: String { name }

    public static let all = logs + limits + rows + owners + readers + histories
}

/// What a store keeps its data on, and the ways to it.
public struct StoreMedium: Sendable {
    /// Another owner of the same medium, not yet open. To open it is to take possession.
    public let owner: @Sendable () -> any Store
    /// A reader beside whichever owner there is; nil when the adapter has none.
    public let reader: (@Sendable () -> any Reader)?

    public init(
        owner: @escaping @Sendable () -> any Store, reader: (@Sendable () -> any Reader)? = nil
    ) {
        self.owner = owner
        self.reader = reader
    }

    /// An owner that has taken possession, and what it found.
    func opened() throws -> Owner {
        let store = owner()
        return Owner(store: store, contents: try store.open())
    }
}

/// An open store, with the shorthand that checks are written in.
struct Owner {
    let store: any Store
    let contents: StoreContents

    var epoch: Int64 { contents.epoch }

    /// Commits `frames` and `rows`, and drops.
    func commit(
        _ frames: [Frame] = [], rows: [RowChange] = [], dropping: [LogName: Int64] = [:]
    ) -> CommitOutcome {
        var batch = Batch(epoch: epoch)
        batch.frames = frames
        batch.rows = rows
        batch.dropped = dropping
        return store.commit(batch)
    }

    func frame(
        _ log: LogName, _ first: Int64, count: Int = 1, bytes: [UInt8]? = nil
    ) -> Frame {
        Frame.sample(log, first, count: count, epoch: epoch, bytes: bytes)
    }

    /// Every frame of `log`.
    func frames(_ log: LogName) throws -> [Frame] {
        try store.frames(of: log, after: 0, limit: .max)
    }

    /// Every row of `table`.
    func rows(_ table: String) throws -> [Row] {
        try store.rows(in: table, after: nil, isDueOnly: false, limit: .max)
    }
}
