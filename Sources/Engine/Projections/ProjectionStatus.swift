// SPDX-License-Identifier: Apache-2.0
/// How a projection stands, for operators and for readers that wait for a position.

package import Kernel
package import Ports

package struct ProjectionStatus: Sendable, Equatable {
    package enum State: String, Sendable {
        /// Its rows are filled for the first time, or in a new form: nobody can read them yet.
        case building
        case following
        /// A new generation is filled; readers see the old rows, which may be followed meanwhile.
        case rebuilding
        /// Some log can't be read where what readers see ends; other logs are followed on.
        case unreadable
        /// It stopped at a fact that it can't take.
        case failed
    }

    package let name: String
    package let version: Int
    package let state: State
    /// How far the rows that readers see have followed each log.
    package let positions: [LogName: Int64]
    /// False when readers see rows that nothing is added to: those of an older version, or of
    /// another history of a log. They stand for no position of today's.
    package let isFollowed: Bool
    /// How far a new generation has come; nil when there is none.
    package let building: [LogName: Int64]?
    /// When the first fact was recorded that readers do not see; nil when they see all.
    package let behindSince: Timestamp?
    /// At what the rows that readers see stopped; or the first generation, when they see none.
    package let failure: ProjectionFailure?
    /// At what a new generation stopped.
    package let buildingFailure: ProjectionFailure?
    /// Which logs can't be read at the moment, and why: a log with a position missing is corrupt.
    package let unreadable: [LogName: StoreFailure]
    /// Facts that were projected since the process began.
    package let factCount: Int64

    /// How long what readers see has been behind, at `now`.
    package func lag(at now: Timestamp) -> Span {
        behindSince.map { Span(milliseconds: max(0, now.since($0).milliseconds)) }
            ?? .milliseconds(0)
    }

    /// Positions of the logs that readers do not see.
    package func positionsBehind(_ heads: [LogName: Int64]) -> Int64 {
        positions.reduce(0) { sum, cursor in sum + max(0, (heads[cursor.key] ?? 0) - cursor.value) }
    }

    /// True when its rows have followed each of `positions` whose log it follows.
    package func hasReached(_ positions: [LogName: Int64]) -> Bool {
        isFollowed
            && positions.allSatisfy { log, position in
                self.positions[log].map { $0 >= position } ?? true
            }
    }
}
