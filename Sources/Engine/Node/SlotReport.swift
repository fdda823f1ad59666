// SPDX-License-Identifier: Apache-2.0
/// What a worker tells a node of the slots for one operation.

public struct SlotReport: Sendable, Equatable {
    /// Which of the node's runners it is about.
    public let runner: Int
    public let operation: Int
    /// Calls that have ended since the last report.
    public let ended: Int
    /// Those of them that were retries.
    public let endedRetries: Int
    /// How many calls the node may have under way from now on.
    public let limit: Int
    /// How many of them may be retries: at most half, or one.
    public let retryLimit: Int

    public init(
        runner: Int, operation: Int, ended: Int, endedRetries: Int, limit: Int, retryLimit: Int
    ) {
        self.runner = runner
        self.operation = operation
        self.ended = ended
        self.endedRetries = endedRetries
        self.limit = limit
        self.retryLimit = retryLimit
    }
}
