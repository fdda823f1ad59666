// SPDX-License-Identifier: Apache-2.0
/// What a caller sent ahead of an answer: parts of later requests, then perhaps what ended them.

import NIOCore
import NIOHTTP1

struct SentAhead {
    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var held: HeldBytes
    /// What ends the connection behind these parts; nothing is kept behind it.
    private(set) var fault: RequestFault?
    /// The caller's last word was heard behind them.
    var isInputEnded = false
    /// More was wanted from the socket, and is not read while parts are left.
    var isReadHeld = false

    init(_ door: Listener) { held = HeldBytes(door) }

    var isEmpty: Bool { parts.isEmpty }

    /// True when there is something to do once an answer has ended.
    var isWaiting: Bool { !parts.isEmpty || fault != nil || isInputEnded || isReadHeld }

    mutating func keep(_ part: HTTPServerRequestPart) {
        guard fault == nil else { return }
        if held.add(part.heldBytes) {
            parts.append(part)
        } else {
            fault = .tooManyHeldBytes
        }
    }

    mutating func end(with fault: RequestFault) { self.fault = self.fault ?? fault }

    mutating func next() -> HTTPServerRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        _ = held.set(held.count - part.heldBytes)
        return part
    }

    mutating func removeAll() {
        parts.removeAll()
        held.release()
    }
}
