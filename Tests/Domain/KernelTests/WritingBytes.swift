// SPDX-License-Identifier: Apache-2.0
/// The writer of bytes writes what an array would hold, whatever comes and however it grows.

import Kernel
import Testing

@Suite struct `Bytes being written` {
    @Test(arguments: [
        0, 1, -1, 63, 64, -64, -65, 8_191, 8_192, 1 << 34, .max, .max - 1, .min, .min + 1,
    ] as [Int64])
    func `hold numbers as an array does`(_ value: Int64) {
        var bytes = WireBytes(capacity: 0)
        var array: [UInt8] = []
        bytes.appendVarint(value)
        array.appendVarint(value)
        bytes.appendVarint(unsigned: UInt64(bitPattern: value))
        array.appendVarint(unsigned: UInt64(bitPattern: value))
        #expect(bytes.array == array)
        #expect(bytes.count == array.count)
    }

    @Test(arguments: ["", "a", "fifteen letters", "sixteen letters.", "Grüße, 東京 🫖"])
    func `hold text with its length`(_ text: String) {
        var bytes = WireBytes(capacity: 0)
        var array: [UInt8] = []
        bytes.appendCounted(text)
        array.appendCounted(text)
        #expect(bytes.array == array)
    }

    @Test func `hold an id most significant byte first`() {
        let id = UUIDv7(high: 0x0102_0304_0506_0708, low: 0x090a_0b0c_0d0e_0f10)
        var bytes = WireBytes(capacity: 0)
        bytes.append(7)
        bytes.append(id)
        #expect(bytes.array == [7] + id.bytes)
    }

    @Test func `keep what they hold while they grow`() {
        var chance = Chance(seed: 11)
        var bytes = WireBytes(capacity: 1)
        var array: [UInt8] = []
        for _ in 0..<2_000 {
            let piece = (0..<chance.below(40)).map { _ in UInt8(chance.below(256)) }
            bytes.append(contentsOf: piece)
            array += piece
            let one = UInt8(chance.below(256))
            bytes.append(one)
            array.append(one)
        }
        #expect(bytes.array == array)
    }

    @Test func `give parts of themselves to others, and begin anew`() {
        var first = WireBytes(capacity: 4)
        first.append(contentsOf: [1, 2, 3, 4, 5])
        var second = WireBytes(capacity: 4)
        second.append(1..<4, of: first)
        second.append(5..<5, of: first)
        #expect(second.array == [2, 3, 4])
        first.removeAll()
        first.append(9)
        #expect(first.array == [9])
        #expect(second.array == [2, 3, 4])
    }

    private struct Chance {
        var state: UInt64
        init(seed: UInt64) { state = seed }
        mutating func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }
}
