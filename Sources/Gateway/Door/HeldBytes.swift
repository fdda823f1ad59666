// SPDX-License-Identifier: Apache-2.0
/// What one connection holds of the bytes that the whole process may hold.

import NIOCore
import NIOHTTP1

/// A share of the bytes held, counted in the door's figures.
struct HeldBytes {
    let door: Listener
    private(set) var count = 0

    init(_ door: Listener) { self.door = door }

    /// Holds `count` bytes from now on; false, and nothing has changed, when the door holds too
    /// many then.
    mutating func set(_ count: Int) -> Bool {
        let more = count - self.count
        if more > 0 {
            let max = door.limits.heldBytesMax(with: count)
            guard door.figures.hold(more, max: max) else { return false }
        } else {
            door.figures.release(-more)
        }
        self.count = count
        return true
    }

    mutating func add(_ bytes: Int) -> Bool { set(count + bytes) }

    mutating func release() { _ = set(0) }
}

extension HTTPRequestHead {
    /// About as many bytes as it takes in memory.
    var heldBytes: Int {
        headers.reduce(256 + uri.utf8.count) { $0 + 48 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

extension HTTPServerRequestPart {
    var heldBytes: Int {
        switch self {
        case .head(let head): head.heldBytes
        case .body(let bytes): 64 + bytes.readableBytes
        case .end: 64
        }
    }
}
