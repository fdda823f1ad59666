// SPDX-License-Identifier: Apache-2.0
/// The read models that a house keeps: whatever runs, rebuilds or describes them reads this list.

import OrderQueriesService
package import Projections
import ReportingService

package enum ReadModels {
    package static let all: [any Projection] = [Timeline(), Sales()]
}
