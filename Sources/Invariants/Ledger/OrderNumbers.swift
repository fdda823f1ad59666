// SPDX-License-Identifier: Apache-2.0
/// The orders that facts of any service tell of, as small numbers, and those that moved since they
/// were last judged.

import Contracts
import Kernel

package struct OrderNumbers: Sendable {
    private var numbers: EntropyTable
    /// By number.
    private(set) var ids: [OrderID] = []
    private var isTouched: [Bool] = []
    private(set) var touched: [Int32] = []

    init(capacity: Int) {
        numbers = EntropyTable(capacity: capacity)
        ids.reserveCapacity(capacity)
    }

    /// The number of an order; nil when no fact told of it.
    func known(_ order: OrderID) -> Int? { numbers.known(order.raw.low) }

    /// A fact of the order was noted. Returns its number.
    @inline(__always)
    mutating func touch(_ order: OrderID) -> Int {
        let (number, isNew) = numbers.number(of: order.raw.low)
        if isNew {
            ids.append(order)
            isTouched.append(false)
        }
        if !isTouched[number] {
            isTouched[number] = true
            touched.append(Int32(truncatingIfNeeded: number))
        }
        return number
    }

    /// Hands every order that moved to `body`, and begins anew.
    mutating func settle(_ body: (Int, OrderID) -> Void) {
        for number in touched {
            isTouched[Int(number)] = false
            body(Int(number), ids[Int(number)])
        }
        touched.removeAll(keepingCapacity: true)
    }
}
