// SPDX-License-Identifier: Apache-2.0
/// What tells two runs apart: a rolling hash over everything that happened and came out.

/// 64 bits over all that was noted, in its order; told again every 2^16 notes, so that the first
/// difference between two runs can be found by halving.
package struct Digest: Sendable, Equatable {
    package private(set) var value: UInt64 = 0x6f72_6465_7268_6f75
    private var notes: UInt64 = 0
    package private(set) var milestones: [UInt64] = []

    mutating func note(_ word: UInt64) {
        value = (value ^ word) &* 0x9fb2_1c65_1e98_df25
        value ^= value >> 32
        notes &+= 1
        if notes & 0xffff == 0 { milestones.append(value) }
    }

    mutating func note(_ happening: Happening) {
        note(
            happening.at ^ UInt64(happening.kind.rawValue) << 56
                ^ UInt64(UInt32(bitPattern: happening.subject)) << 24)
    }

    /// Notes up to the first 32 bytes and the length.
    mutating func note(_ bytes: [UInt8]) {
        var word = UInt64(bytes.count)
        for byte in bytes.prefix(32) { word = (word << 8 | word >> 56) ^ UInt64(byte) }
        note(word)
    }
}

/// The latest lines of what happened.
struct TraceRing {
    private var lines: [String] = []
    private var next = 0
    private let capacity: Int
    /// True when lines are kept at all.
    let isOn: Bool
    private(set) var printed: (@Sendable (String) -> Void)?

    init(capacity: Int, isOn: Bool, printed: (@Sendable (String) -> Void)? = nil) {
        self.capacity = capacity
        self.isOn = isOn
        self.printed = printed
    }

    mutating func note(_ line: String) {
        printed?(line)
        if lines.count < capacity {
            lines.append(line)
        } else {
            lines[next] = line
            next = (next + 1) % capacity
        }
    }

    var latest: [String] { Array(lines[next...] + lines[..<next]) }
}
