// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// Why an order needs a person.

public enum ExceptionReason: String, Sendable, CaseIterable {
    /// The parcel left, and the provider does not hand out the money for it.
    case captureFailed = "capture-failed"
}
