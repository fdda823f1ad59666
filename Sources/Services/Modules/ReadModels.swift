// SPDX-License-Identifier: Apache-2.0
/// The services of the read side and what they keep: whatever runs, rebuilds, describes or serves
/// read models reads this list.

import OrderQueriesService
package import Projections
import ReportingService
package import ServiceModel

package enum ReadModels {
    package static let modules = [OrderQueries.module, Reporting.module]

    /// Their projections.
    package static let all: [any Projection] = modules.flatMap(\.projections)
}
