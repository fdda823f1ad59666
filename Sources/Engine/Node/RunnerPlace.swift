// SPDX-License-Identifier: Apache-2.0
/// Where a runner works: which shard of its service it is, and within which limits.

/// What a runner is made of, besides its service.
public struct RunnerPlace {
    public let shard: Int
    public let limits: ServiceRunnerLimits
    /// Reads the service's log.
    public let codec: LogCodec
    /// The buckets whose facts the runner acts on.
    public let ownsBucket: @Sendable (UInt16) -> Bool

    public init(
        shard: Int, limits: ServiceRunnerLimits, codec: LogCodec,
        ownsBucket: @escaping @Sendable (UInt16) -> Bool
    ) {
        self.shard = shard
        self.limits = limits
        self.codec = codec
        self.ownsBucket = ownsBucket
    }
}
