// SPDX-License-Identifier: Apache-2.0
/// Situations that a good run should meet: recognized from facts, calls and answers as they go by,
/// so that no decider carries a mark.

import Invariants
import Kernel
import Ports

/// How often each situation was met.
package struct Marks: Sendable {
    /// Situations with a name of their own.
    package enum Special: Int, CaseIterable, Sendable {
        case clickedTwice, toldAgain, toldToComeBack, toldUndecided, lostPatience
        case canceled, canceledTooLate, soldOut, refusedAtOnce, keyReused, countRefused
        case called, asked, breakerOpened, breakerClosed, turnedAway, noticeFoundNobody
        case gapFilled, fenced
        case parkedReleased, deathsForgotten, toldParked
        case clockBelieved
        case productDescribedAnew, productWithdrawn, productCameBack, productUnknown
        case articleTaken, articleGivenUp
        case authorizationFoundDone, authorizationFoundMissing, captureFoundDone
        case captureFoundMissing, voidFoundDone, voidFoundMissing
        case viewsRebuilt, viewsSetAside, viewsLostCommits, viewsStartedAgain, pageAskedAgain
    }

    /// By service, in the order of `ServiceChecks`, then by event and fault trace: steps of orders
    /// that a fault had met before.
    private var steps: [[Int]]
    private var specials: ContiguousArray<Int>
    private var operations: ContiguousArray<Int>

    /// Events that can't come to pass here, with the reason.
    package static let unreachable = [
        "stock.counted": "A count belongs to no order, so nothing can have met its order before.",
        "stock.changed": "Availability belongs to articles, not to an order.",
        "stock.listed": "Articles of products belong to no order.",
        "product.created": "Products belong to no order.",
        "product.updated": "Products belong to no order.",
        "product.withdrawn": "Products belong to no order.",
        "product.stocked": "Availability belongs to articles, not to an order.",
    ]

    package init() {
        steps = ServiceChecks.all.map { checker in
            let codes = Int(checker.events.map(\.code).max() ?? 0) + 1
            return Array(repeating: 0, count: codes * FaultTrace.allCases.count)
        }
        specials = ContiguousArray(repeating: 0, count: Special.allCases.count)
        operations = ContiguousArray(
            repeating: 0, count: PlannedOperation.Kind.allCases.count)
    }

    mutating func hit(service: Int, code: UInt8, faultTraces: UInt8) {
        let base = Int(code) * FaultTrace.allCases.count
        for faultTrace in FaultTrace.allCases where faultTraces & faultTrace.bit != 0 {
            steps[service][base + faultTrace.rawValue] += 1
        }
    }

    mutating func hit(_ special: Special) { specials[special.rawValue] += 1 }

    mutating func hit(_ kind: PlannedOperation.Kind) {
        operations[PlannedOperation.Kind.allCases.firstIndex(of: kind) ?? 0] += 1
    }

    /// A question about an unknown outcome was answered.
    mutating func settled(_ operation: ProviderCall.Operation, isFound: Bool) {
        switch operation {
        case .authorize: hit(isFound ? .authorizationFoundDone : .authorizationFoundMissing)
        case .capture: hit(isFound ? .captureFoundDone : .captureFoundMissing)
        case .voidAuthorization: hit(isFound ? .voidFoundDone : .voidFoundMissing)
        }
    }

    package mutating func add(_ other: Marks) {
        for service in steps.indices {
            for index in steps[service].indices {
                steps[service][index] += other.steps[service][index]
            }
        }
        for index in specials.indices { specials[index] += other.specials[index] }
        for index in operations.indices { operations[index] += other.operations[index] }
    }

    /// Every situation by name, with how often it was met.
    package var all: [(name: String, count: Int)] {
        var all: [(name: String, count: Int)] = []
        for (service, checker) in ServiceChecks.all.enumerated() {
            for name in checker.events {
                let event = name.text.split(separator: ".").dropLast().joined(separator: ".")
                guard Self.unreachable[event] == nil else { continue }
                let base = Int(name.code) * FaultTrace.allCases.count
                for faultTrace in FaultTrace.allCases {
                    let count = steps[service][base + faultTrace.rawValue]
                    all.append(("\(event) after \(faultTrace)", count))
                }
            }
        }
        all += Special.allCases.map { ("\($0)", specials[$0.rawValue]) }
        all += zip(PlannedOperation.Kind.allCases, operations).map { ("operator \($0.0)", $0.1) }
        return all
    }

    package var met: Int { all.count { $0.count > 0 } }
}
