// SPDX-License-Identifier: Apache-2.0
// Written by `make contracts` from Sources/Domain/Declarations: change it there.
/// What an order costs beside its articles.

public enum AdjustmentKind: String, Sendable, CaseIterable {
    case tax
    /// Taken off the total.
    case discount
    case shipping
}
