// SPDX-License-Identifier: Apache-2.0
/// Problems that the engine itself answers with.

public import Ports

@usableFromInline package enum EngineProblem {
    @usableFromInline static let parked = Problem(
        500, "parked",
        "This request repeatedly ended the process and was parked for an operator.")
    @usableFromInline static let keyReused = Problem(
        422, "idempotency-key-reused", "This idempotency key was used for another request.")
    @usableFromInline static let preconditionFailed = Problem(
        412, "precondition-failed", "The current version is none of those that If-Match names.")
    package static let overloaded = Problem(
        503, "overloaded", "Too many requests are waiting; try again shortly.")
    package static let storageFull = Problem(
        503, "storage-full", "The disk is full: writes are refused, reads are answered.")
    @usableFromInline static let storageUnavailable = Problem(
        503, "storage-unavailable", "The store did not take the change; nothing was done.")
    @usableFromInline package static let outcomeUnknown = Problem(
        503, "outcome-unknown",
        "The store did not say whether it took the change; repeat the request with its key.")
    package static let stopping = Problem(
        503, "stopping", "The house is stopping; try again shortly.")

    package static let all = [
        parked, keyReused, preconditionFailed, overloaded, storageFull, storageUnavailable,
        outcomeUnknown, stopping,
    ]
}
