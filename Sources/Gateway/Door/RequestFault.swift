// SPDX-License-Identifier: Apache-2.0
/// Why the door ends a connection: what the caller is told, and as what it is counted.

import Ports
import ServiceModel

struct RequestFault {
    let problem: Problem
    var detail = ""
    let end: DoorFigures.End

    static let tooManyConnections = RequestFault(
        problem: GatewayProblem.tooManyConnections, end: .tooManyConnections)
    static let tooManyHeldBytes = RequestFault(
        problem: GatewayProblem.tooManyHeldBytes, end: .tooManyHeldBytes)
    static let tooLarge = RequestFault(problem: GatewayProblem.tooLarge, end: .tooLarge)
    static let headTooLarge = RequestFault(problem: GatewayProblem.headTooLarge, end: .tooLarge)
    static let headTimeout = RequestFault(
        problem: GatewayProblem.requestTimeout, end: .headTimeout)
    static let bodyTimeout = RequestFault(
        problem: GatewayProblem.requestTimeout, end: .bodyTimeout)
    static let answerTimeout = RequestFault(
        problem: GatewayProblem.answerTimeout, end: .answerTimeout)

    static func malformed(_ detail: String) -> RequestFault {
        RequestFault(problem: RequestProblem.malformed, detail: detail, end: .malformed)
    }
}
