// SPDX-License-Identifier: Apache-2.0
/// A line orders at least one and at most a million.

import Kernel
import Testing

@Suite struct `Counting units` {
    @Test(arguments: [1, 2, 999_999, 1_000_000])
    func `takes one to a million`(_ units: Int) {
        #expect(Quantity(units)?.units == Int32(units))
    }

    @Test(arguments: [Int.min, Int(Int32.min) - 1, -1, 0, 1_000_001, 1 << 32 + 1, Int.max])
    func `refuses nothing, less and more`(_ units: Int) {
        #expect(Quantity(units) == nil)
    }

    @Test func `takes any integer`() {
        #expect(Quantity(UInt8(7)) == Quantity(Int64(7)))
        #expect(Quantity(UInt64.max) == nil)
        #expect(Quantity(Int128.max) == nil)
    }

    @Test func `compares by number`() throws {
        let one = try #require(Quantity(1))
        #expect(one < .max)
        #expect(Quantity.max.units == 1_000_000)
        #expect("\(Quantity.max)" == "1000000")
    }
}
