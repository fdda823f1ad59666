// SPDX-License-Identifier: Apache-2.0
/// What a command names is a list of keys, however it is kept.

import Kernel
import Testing

@Suite struct `The keys of a command` {
    @Test func `are the same with one key, however it is kept`() {
        let one: Keys<Int> = .one(7)
        #expect(one == [7])
        #expect(one == .many([7]))
        #expect(one != [8])
        #expect(Array(one) == [7])
        #expect(one.count == 1 && one.first == 7 && one[0] == 7)
    }

    @Test(arguments: [0, 2, 5])
    func `stand in their order when they are many`(_ count: Int) {
        let keys = Keys.many(Array(0..<count))
        #expect(keys.count == count)
        #expect(keys.map { $0 } == Array(0..<count))
        #expect(keys.isEmpty == (count == 0))
        #expect(keys != .one(count))
    }

    @Test func `a state is found at the place of its key`() {
        let ids = (1...3).map { ID<Anything>(UUIDv7(high: 7, low: UInt64($0))) }
        let one = States(keys: [ids[0]], values: [Counter(units: 5)])
        #expect(one.first.units == 5 && one.at(0).units == 5 && one.values.count == 1)
        let all = States(keys: .many(ids)) { Counter(units: Int64($0) * 10) }
        #expect((0..<3).map { all.at($0).units } == [0, 10, 20])
        #expect(all.values == [0, 10, 20].map { Counter(units: $0) })
    }

    @Test func `ids that differ in nothing but their time are told apart`() {
        let early = UUIDv7(milliseconds: 1, bucket: 3, entropy: 99)
        let late = UUIDv7(milliseconds: 2, bucket: 3, entropy: 99)
        let other = UUIDv7(milliseconds: 1, bucket: 3, entropy: 100)
        #expect(Set([early, late, other, early]).count == 3)
        #expect(early.hashValue == UUIDv7(high: early.high, low: early.low).hashValue)
        #expect(ID<Anything>(early).hashValue == ID<Anything>(early).hashValue)
    }

    @Test func `a value is taken for what it is and for nothing else`() {
        #expect(same(7, as: Int.self) == 7)
        #expect(same(7, as: Int64.self) == nil)
        #expect(same("text", as: String.self) == "text")
        let any: any Sendable = [1, 2, 3]
        #expect(same(any, as: [Int].self) == [1, 2, 3])
        #expect(same(any, as: [Int64].self) == nil)
        let optional: Int? = 7
        #expect(same(optional, as: Int.self) == nil)
    }

    private enum Anything: Identified { static let prefix = "any" }

    private struct Counter: EntityState {
        let units: Int64
        var due: Timestamp? { nil }
        var isAtRest: Bool { false }
        init(units: Int64) { self.units = units }
        init(from reader: inout WireReader) throws(WireError) { units = try reader.int("units") }
        func write(to writer: inout WireWriter) { writer.field("units", units) }
    }
}
