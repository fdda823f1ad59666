// SPDX-License-Identifier: Apache-2.0
/// The read side of orders, as the list of read models has it.

package import ServiceModel

package enum OrderQueries {
    package static var module: ReadModule {
        ReadModule(
            projections: [Timeline()], problems: FeedProblem.all,
            routes: { FeedRoutes($0.facts).routes })
    }
}
