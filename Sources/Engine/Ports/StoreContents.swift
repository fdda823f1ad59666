// SPDX-License-Identifier: Apache-2.0
/// What a store holds when it is opened.

public struct StoreContents: Sendable, Equatable {
    public let epoch: Int64
    public let heads: [LogName: Head]

    public init(epoch: Int64, heads: [LogName: Head]) {
        self.epoch = epoch
        self.heads = heads
    }

    /// The end of a log.
    public struct Head: Sendable, Equatable {
        /// The last position that is taken; 0 for an empty log.
        public let position: Int64
        /// The hash chain's value after that position; empty for an empty log.
        public let chain: [UInt8]

        public init(position: Int64, chain: [UInt8]) {
            self.position = position
            self.chain = chain
        }
    }
}
