// SPDX-License-Identifier: Apache-2.0
/// What a runner is made of, besides its service: which shard it is, and within which limits.

@usableFromInline package struct RunnerPlace {
    @usableFromInline let shard: Int
    @usableFromInline let limits: ServiceRunnerLimits
    /// Reads the service's log.
    @usableFromInline let codec: LogCodec
    /// The buckets whose facts the runner acts on.
    @usableFromInline let ownsBucket: @Sendable (UInt16) -> Bool

    package init(
        shard: Int, limits: ServiceRunnerLimits, codec: LogCodec,
        ownsBucket: @escaping @Sendable (UInt16) -> Bool
    ) {
        self.shard = shard
        self.limits = limits
        self.codec = codec
        self.ownsBucket = ownsBucket
    }
}
