// SPDX-License-Identifier: Apache-2.0
/// A service of the read side as the rest of the house sees it: it owns no log and takes no
/// commands; it answers questions from projections of what others announce.

package import Ports
package import Projections

/// What such a service declares of itself.
package struct ReadModule: Sendable {
    /// Its read models.
    package let projections: [any Projection]
    /// What clients can be told about its questions, beside what holds for every request.
    package let problems: [Problem]
    /// Its part of the API; its routes ask `Doors.views`.
    package let routes: @Sendable (any Doors) -> [Route]

    package init(
        projections: [any Projection], problems: [Problem] = [],
        routes: @escaping @Sendable (any Doors) -> [Route] = { _ in [] }
    ) {
        self.projections = projections
        self.problems = problems
        self.routes = routes
    }
}
