// SPDX-License-Identifier: Apache-2.0
/// Reports, as the list of read models has them.

package import ServiceModel

package enum Reporting {
    package static var module: ReadModule {
        ReadModule(
            projections: [Sales()], problems: ReportProblem.all,
            routes: { ReportRoutes(views: $0.views, zones: $0.timeZones).routes })
    }
}
