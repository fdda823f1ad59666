// SPDX-License-Identifier: Apache-2.0
/// How much a runner may keep in memory, and how long rows may lag behind their log.

public import Kernel

@usableFromInline package struct ServiceRunnerLimits: Sendable, Equatable {
    /// Entities in memory, beyond those that changed and are not stored yet.
    @usableFromInline package var cachedEntities = 200_000
    /// Events after the oldest one that some row does not reflect: what a restart must replay.
    @usableFromInline package var lagEvents: Int64 = 100_000
    /// Entities at rest that wait for their row, before they are written together.
    @usableFromInline package var restingRows = 2_048
    /// Answers that are collected before their index rows are written, in key order and over many
    /// commits, while as many are collected anew.
    @usableFromInline package var replyIndex = 65_536
    /// How long an answer is kept for a repeated request at least; at the most it is twice that.
    @usableFromInline package var replyGeneration = Span.days(7)
    /// How long a caller waits for others to decide; then it is told where to look.
    @usableFromInline package var verdictPatience = Span.seconds(1)
    /// Records of a frame: what a reader of one event must read.
    @usableFromInline package var frameRecords = 256
    /// Bytes of a frame of more than one record. As many as fill a page of 16 KiB of SQLite and
    /// what it keeps beside the key: a longer frame would leave the rest of a further page empty,
    /// which made a fourteenth of the file. Answers are framed alike.
    @usableFromInline package var frameBytes = 18_200
    /// Attempts at an input that ends the process, before it is parked.
    @usableFromInline var poisonAttempts = 3
    /// Calls that each operation may have under way before a worker has reported its slots: none
    /// where there is a worker, any number where nobody limits them.
    @usableFromInline package var callsMax = Int.max

    @inlinable package init() {}

    /// Every changed row is written in the commit of its events.
    package static var writeThrough: ServiceRunnerLimits {
        var limits = ServiceRunnerLimits()
        limits.lagEvents = 0
        limits.restingRows = 0
        limits.replyIndex = 0
        return limits
    }
}
