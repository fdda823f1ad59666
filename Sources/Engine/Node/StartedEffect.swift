// SPDX-License-Identifier: Apache-2.0
/// A call to the outside whose attempt is durable now.

public struct StartedEffect: Sendable {
    public let runner: Int
    /// Its place among the service's operations.
    public let operation: Int
    /// True when the outside failed at the same call before.
    public let isRetry: Bool
    /// The service's `Effect`.
    public let effect: any Sendable

    public init(runner: Int, operation: Int, isRetry: Bool, effect: any Sendable) {
        self.runner = runner
        self.operation = operation
        self.isRetry = isRetry
        self.effect = effect
    }
}
