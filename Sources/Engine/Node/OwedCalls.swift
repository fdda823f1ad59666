// SPDX-License-Identifier: Apache-2.0
/// What the entities of one service owe by one operation.

public import Kernel

@usableFromInline package struct OwedCalls: Sendable, Equatable {
    package let operation: String
    /// Calls that are under way, due, or waiting for their next attempt after a failure.
    package var count = 0
    /// Since when the oldest of them is owed.
    package var oldest: Timestamp?

    @usableFromInline package init(operation: String) { self.operation = operation }

    @usableFromInline package mutating func add(since: Timestamp) {
        count += 1
        oldest = min(oldest ?? since, since)
    }
}
