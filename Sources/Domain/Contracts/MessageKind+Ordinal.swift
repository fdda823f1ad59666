// SPDX-License-Identifier: Apache-2.0
/// What a message's identity is derived from.

extension MessageKind {
    /// Part of the message's identity: never changed.
    var ordinal: UInt32 {
        switch self {
        case .orderConfirmed: 1
        case .orderCanceled: 2
        case .orderCancelFailed: 3
        }
    }
}
