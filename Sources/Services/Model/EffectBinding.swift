// SPDX-License-Identifier: Apache-2.0
/// What binds the calls that a service owes to those who carry them out. No technology: the worker
/// that keeps slots, time limits and breakers is the engine's.

package import NodeEngine
package import Ports

/// Makes the calls of one service and turns answers into its commands.
package protocol EffectBinding: Sendable {
    associatedtype S: Service
    associatedtype Answer: Sendable & Equatable

    /// The answer to calls whose time was up: they may have been carried out.
    var lost: Answer { get }
    /// True where more batches at a time would only wait for each other.
    var takesOneBatchAtATime: Bool { get }

    /// True for answers that speak against the outside's health.
    func isFailure(_ answer: Answer) -> Bool
    /// Returns when every call was answered, or when the task is canceled.
    func perform(_ calls: [S.Effect], _ answers: @escaping Answers<Answer>) async
    /// What follows from `answer`.
    func command(for answer: Answer, to call: S.Effect) -> S.Rules.Command
    /// Hands `post` what follows from what the outside says unasked, from now on.
    func listen(_ post: @escaping @Sendable ([S.Rules.Command]) -> Void)
}

extension EffectBinding {
    package var takesOneBatchAtATime: Bool { false }
    package func listen(_ post: @escaping @Sendable ([S.Rules.Command]) -> Void) {}
}
