// SPDX-License-Identifier: Apache-2.0
/// How long callers may take, and how much of the process they may hold. What is beyond a limit is
/// answered, if it can be, closed and counted.

package struct DoorLimits: Sendable, Equatable {
    /// Open connections; the next one is answered 503 and closed.
    package var connectionsMax = 16_384
    /// From a request's first byte to the end of its header.
    package var headTime = Duration.seconds(10)
    /// From there to the end of its body.
    package var bodyTime = Duration.seconds(20)
    /// From its first byte until its answer is on its way, slow readers included.
    package var requestTime = Duration.seconds(60)
    /// Between requests, and before the first one.
    package var idleTime = Duration.seconds(60)
    /// Bytes of unfinished and unanswered requests, over all connections. The last quarter is kept
    /// for small requests, so that a few large ones that never end do not shut everyone out.
    package var heldBytesMax = 64 << 20

    package init() {}

    static let smallRequestBytesMax = 16 * 1024

    /// What a request that holds `bytes` may bring the bytes held to.
    func heldBytesMax(with bytes: Int) -> Int {
        bytes <= Self.smallRequestBytesMax ? heldBytesMax : heldBytesMax - heldBytesMax / 4
    }

    /// Fixed: what one request may have.
    static let headFieldBytesMax = 8 * 1024
    static let headBytesMax = 16 * 1024
    static let headFieldsMax = 100
    /// Answers up to this may wait for their caller uncounted.
    static let unreadBytesMax = 16 * 1024
    /// Beyond the connections that are open, so many more at a time are told so before they are
    /// closed; the others are closed at once.
    static let turnedAwayMax = 128
    /// After a refusal the connection is read on for so long: who is still sending would otherwise
    /// lose the answer.
    static let lingerTime = Duration.seconds(1)

    /// No limit is shorter than this.
    var shortest: Duration { min(headTime, bodyTime, requestTime, idleTime) }
}
