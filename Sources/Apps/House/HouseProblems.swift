// SPDX-License-Identifier: Apache-2.0
/// What a house can refuse, for the pages that tell of it.

import Gateway
import NodeEngine
package import Ports
import ServiceModel
import ServiceModules

package enum HouseProblems {
    /// Every problem that a client of the house can meet.
    package static let all: [Problem] = unique(
        GatewayProblem.all + RequestProblem.all + EngineProblem.all
            + ServiceModule.all.flatMap(\.problems) + ReadModels.modules.flatMap(\.problems))

    /// The table of problems, as `docs/reference/problems.md` has it.
    package static var table: String {
        var text = "| status | code | meaning |\n|---|---|---|\n"
        for problem in all {
            text += "| \(problem.status) | `\(problem.code)` | \(problem.title) |\n"
        }
        return text
    }

    private static func unique(_ problems: [Problem]) -> [Problem] {
        var seen: Set<String> = []
        return problems.filter { seen.insert($0.code).inserted }
            .sorted { ($0.status, $0.code) < ($1.status, $1.code) }
    }
}
