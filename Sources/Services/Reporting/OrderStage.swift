// SPDX-License-Identifier: Apache-2.0
/// How far an order got: the steps of the funnel, in the order in which most orders take them.

/// Raw values are stored.
package enum OrderStage: Int, CaseIterable, Sendable {
    case placed, reserved, confirmed, shipped, paid, delivered, completed, rejected, canceled
    case exception

    package var name: String { "\(self)" }

    /// A sentence for the reference page.
    var about: String {
        switch self {
        case .placed: "Orders that were placed."
        case .reserved: "Of these, those whose stock was held."
        case .confirmed: "Those whose payment was authorized."
        case .shipped: "Those that the carrier took."
        case .paid: "Those whose money was captured, which happens once they have left."
        case .delivered: "Those that arrived."
        case .completed: "Those that arrived and are paid."
        case .rejected: "Those refused since stock was short."
        case .canceled: "Those canceled since, whenever that was."
        case .exception: "Those that need a person: the provider refused to hand out the money."
        }
    }

    /// Stages of one order.
    struct Group: Equatable {
        private(set) var bits: Int64

        init(bits: Int64 = 0) { self.bits = bits }

        func contains(_ stage: OrderStage) -> Bool { bits & 1 << Int64(stage.rawValue) != 0 }
        mutating func insert(_ stage: OrderStage) { bits |= 1 << Int64(stage.rawValue) }
    }
}
