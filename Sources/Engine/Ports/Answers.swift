// SPDX-License-Identifier: Apache-2.0
/// How the services outside answer. Each takes calls in batches and answers each call by its index,
/// in any order and in groups as they come; a call that it never answers counts as unknown when its
/// time is up.

/// Receives the answers to some of the calls of one batch: index in the batch, answer.
public typealias Answers<Answer> = @Sendable ([(Int, Answer)]) -> Void
