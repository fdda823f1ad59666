// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Why a step has to be tried again.

public enum DeferralReason: String, Sendable, CaseIterable {
    /// It may have happened or not: ask before anything else.
    case unknown
    /// It certainly did not happen.
    case unavailable
    /// Nobody will answer any more, since the process ended or the lease is over: it may have
    /// happened or not. The provider has not failed.
    case interrupted
    /// The provider was asked and knows nothing of it: it is to be called, once there is credit; or
    /// asked once more, when it is too late for calls.
    case notFound = "not-found"
}
