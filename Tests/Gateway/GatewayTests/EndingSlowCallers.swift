// SPDX-License-Identifier: Apache-2.0
/// Whoever takes too long, or holds too much, is told so where it can be, closed and counted; the
/// others are served.

import JSONCodec
import Testing

@testable import Gateway

@Suite struct `Ending slow callers` {
    private static let get = "GET /health/live HTTP/1.1\r\nHost: shop\r\n\r\n"
    private static let head =
        "PUT /v1/stock/main/CUP HTTP/1.1\r\nHost: shop\r\nIdempotency-Key: k\r\n"

    private func limits(_ change: (inout DoorLimits) -> Void) -> DoorLimits {
        var limits = DoorLimits()
        change(&limits)
        return limits
    }

    @Test(arguments: ["", "G", "GET /health/live HTTP/1.1\r\nHost: shop\r\n"])
    func `a header that does not end`(_ text: String) async throws {
        let limits = limits {
            $0.headTime = .milliseconds(200)
            $0.idleTime = .milliseconds(400)
        }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            let heard = try await door.last(text)
            #expect(heard.hasPrefix(text.isEmpty ? "" : "HTTP/1.1 408"))
            #expect(text.isEmpty == heard.isEmpty)
            #expect(text.isEmpty || heard.contains("request-timeout"))
            let now = door.figures.now
            #expect(now[.idle] == (text.isEmpty ? 1 : 0))
            #expect(now[.headTimeout] == (text.isEmpty ? 0 : 1))
            #expect(now.heldBytes == 0 && door.log.complaints == [])
        }
    }

    /// Byte after byte is no excuse: the time is for the whole of it.
    @Test func `a header that comes in drops`() async throws {
        let limits = limits { $0.headTime = .milliseconds(300) }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            let caller = try await door.call()
            try await caller.send("GET /health/live HTTP/1.1\r\nHost: shop\r\nX: ")
            try await eventually("the door closes") {
                try? await caller.send("a")
                return caller.isClosed
            }
            #expect(caller.statuses == [408])
        }
    }

    @Test func `a body that does not end`() async throws {
        let limits = limits { $0.bodyTime = .milliseconds(200) }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            let heard = try await door.last("\(Self.head)Content-Length: 12\r\n\r\n{\"on")
            #expect(heard.hasPrefix("HTTP/1.1 408") && heard.contains("request-timeout"))
            #expect(door.figures.now[.bodyTimeout] == 1 && door.figures.now.heldBytes == 0)
            #expect(door.figures.now.requests == 0)
        }
    }

    @Test func `a connection that is idle between requests`() async throws {
        let limits = limits { $0.idleTime = .milliseconds(200) }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            let caller = try await door.call()
            for count in 1...3 {
                try await caller.send(Self.get)
                try await eventually("an answer") { caller.statuses.count == count }
            }
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses == [200, 200, 200])
            #expect(door.figures.now[.idle] == 1)
            try await eventually("nothing is open") { door.figures.now.open == 0 }
        }
    }

    @Test func `a busy connection stays beyond every limit`() async throws {
        let limits = limits {
            $0.headTime = .milliseconds(300)
            $0.bodyTime = .milliseconds(300)
            $0.idleTime = .milliseconds(300)
            $0.requestTime = .milliseconds(300)
        }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            let caller = try await door.call()
            for count in 1...20 {
                try await caller.send(Self.get)
                try await eventually("an answer") { caller.statuses.count == count }
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(caller.statuses.allSatisfy { $0 == 200 } && !caller.isClosed)
            try await caller.hangUp()
        }
    }

    @Test func `an answer that takes too long`() async throws {
        let limits = limits { $0.requestTime = .milliseconds(200) }
        try await OpenDoor.with(try Shop().sluggish, limits: limits) { door in
            let heard = try await door.last("\(Self.head)Content-Length: 12\r\n\r\n{\"onHand\":5}")
            #expect(heard.hasPrefix("HTTP/1.1 503") && heard.contains("answer-timeout"))
            #expect(heard.contains("Retry-After: 1\r\n"))
            #expect(door.figures.now[.answerTimeout] == 1)
        }
    }

    @Test func `one connection too many`() async throws {
        let limits = limits { $0.connectionsMax = 3 }
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            var callers: [RawCaller] = []
            for _ in 0..<3 {
                callers.append(try await door.call())
                try await callers[callers.count - 1].send(Self.get)
            }
            try await eventually("answers") { callers.allSatisfy { $0.statuses == [200] } }
            let late = try await door.last("")
            #expect(late.hasPrefix("HTTP/1.1 503") && late.contains("too-many-connections"))
            #expect(door.figures.now[.tooManyConnections] == 1)
            try await callers[0].hangUp()
            try await eventually("there is room") { door.figures.now.open == 2 }
            let next = try await door.call()
            try await next.send(Self.get)
            try await eventually("an answer") { next.statuses == [200] }
            for caller in callers.dropFirst() + [next] { try await caller.hangUp() }
        }
    }

    @Test func `half bodies that hold too much, while small requests go on`() async throws {
        let limits = limits { $0.heldBytesMax = 1 << 20 }
        let large = "\(Self.head)Content-Length: 200000\r\n\r\n"
            + String(repeating: " ", count: 150_000)
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            var callers: [RawCaller] = []
            for _ in 0..<10 {
                let caller = try await door.call()
                try await caller.send(large)
                callers.append(caller)
            }
            try await eventually("some are refused") {
                callers.count { $0.isClosed } >= 4 && door.figures.now[.tooManyHeldBytes] >= 4
            }
            let refused = callers.filter(\.isClosed)
            #expect(refused.allSatisfy { $0.statuses == [503] })
            #expect(refused.allSatisfy { $0.heard.contains("too-many-open-requests") })
            #expect(door.figures.now.heldBytes <= 1 << 20)
            let small = try await door.call()
            try await small.send("\(Self.head)Content-Length: 12\r\n\r\n{\"onHand\":5}")
            try await eventually("an answer") { small.statuses == [200] }
            for caller in callers + [small] where !caller.isClosed { try await caller.hangUp() }
            try await eventually("nothing is held") { door.figures.now.heldBytes == 0 }
            #expect(door.figures.now.heldBytesPeak <= 1 << 20)
        }
    }

    /// Sent ahead of an answer, they wait unread or are counted: nothing escapes the bound.
    @Test func `bodies that are sent ahead of an answer`() async throws {
        let limits = limits {
            $0.heldBytesMax = 64 << 10
            $0.requestTime = .seconds(5)
        }
        let small = "\(Self.head)Content-Length: 12\r\n\r\n{\"onHand\":5}"
        let large = "\(Self.head)Content-Length: 200000\r\n\r\n"
            + String(repeating: " ", count: 199_988) + #"{"onHand":5}"#
        try await OpenDoor.with(try Shop().sluggish, limits: limits) { door in
            let caller = try await door.call()
            try await caller.send(small + large)
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses == [200, 503])
            #expect(caller.heard.contains("too-many-open-requests"))
            #expect(door.figures.now.heldBytes == 0)
            #expect(door.figures.now.heldBytesPeak <= 64 << 10)
        }
    }

    /// Each of them waits for the rest of its body: the header is all that it holds.
    @Test func `headers of bodies that do not come`() async throws {
        let limits = limits { $0.heldBytesMax = 64 << 10 }
        let head = "\(Self.head)X: \(String(repeating: "x", count: 8_000))\r\n"
            + "Content-Length: 200000\r\n\r\n"
        try await OpenDoor.with(try Shop().api, limits: limits) { door in
            var callers: [RawCaller] = []
            for _ in 0..<12 {
                let caller = try await door.call()
                try await caller.send(head)
                callers.append(caller)
            }
            try await eventually("some are refused") { callers.count { $0.isClosed } >= 4 }
            #expect(callers.filter(\.isClosed).allSatisfy { $0.statuses == [503] })
            #expect(door.figures.now.heldBytes >= 40_000)
            for caller in callers where !caller.isClosed { try await caller.hangUp() }
            try await eventually("nothing is held") { door.figures.now.heldBytes == 0 }
            #expect(door.figures.now.heldBytesPeak <= 64 << 10)
        }
    }

    /// What follows the caller's last word is read without being asked for.
    @Test func `requests without bodies that are sent ahead of an answer`() async throws {
        let limits = limits { $0.heldBytesMax = 64 << 10 }
        let small = "\(Self.head)Content-Length: 12\r\n\r\n{\"onHand\":5}"
        try await OpenDoor.with(try Shop().sluggish, limits: limits) { door in
            let caller = try await door.call()
            try await caller.send(small + String(repeating: Self.get, count: 3_000))
            try await caller.finish()
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses.first == 200 && caller.statuses.last == 503)
            #expect(caller.statuses.count < 400, "the rest was not kept")
            #expect(door.figures.now[.tooManyHeldBytes] == 1)
            #expect(door.figures.now.heldBytes == 0)
            #expect(door.figures.now.heldBytesPeak <= 64 << 10)
        }
    }

    @Test func `many answers that nobody reads`() async throws {
        let limits = limits { $0.heldBytesMax = Shop.verboseBytes * 4 }
        try await OpenDoor.with(try Shop().verbose, limits: limits) { door in
            var callers: [RawCaller] = []
            for _ in 0..<6 {
                let caller = try await door.call(isDeaf: true)
                try await caller.send("GET /health/ready HTTP/1.1\r\nHost: shop\r\n\r\n")
                callers.append(caller)
            }
            try await eventually("some are ended") { door.figures.now[.tooManyHeldBytes] >= 3 }
            try await eventually("they are closed") { door.figures.now.open <= 3 }
            #expect(door.figures.now.heldBytes >= Shop.verboseBytes)
            #expect(door.figures.now.heldBytesPeak <= Shop.verboseBytes * 4)
            for caller in callers { try? await caller.hangUp() }
            try await eventually("nothing is held") { door.figures.now.heldBytes == 0 }
        }
    }

    @Test func `an answer that nobody reads`() async throws {
        let limits = limits { $0.requestTime = .milliseconds(500) }
        try await OpenDoor.with(try Shop().verbose, limits: limits) { door in
            let caller = try await door.call(isDeaf: true)
            try await caller.send("GET /health/ready HTTP/1.1\r\nHost: shop\r\n\r\n")
            try await eventually("it is ended") { door.figures.now[.answerTimeout] == 1 }
            try await eventually("nothing is open") { door.figures.now.open == 0 }
            let reader = try await door.call()
            for count in 1...2 {
                try await reader.send("GET /health/ready HTTP/1.1\r\nHost: shop\r\n\r\n")
                try await eventually("the whole answer") {
                    reader.heard.utf8.count > count * Shop.verboseBytes
                }
            }
            #expect(reader.statuses == [200, 200] && !reader.isClosed)
            try await reader.hangUp()
        }
    }

    @Test func `the figures say all of it`() throws {
        let figures = DoorFigures()
        #expect(figures.open(max: 1) && !figures.open(max: 1))
        #expect(figures.turnAway(max: 1) && !figures.turnAway(max: 1))
        #expect(figures.hold(10, max: 10) && !figures.hold(1, max: 10))
        figures.release(4)
        figures.count(.headTimeout)
        var json = JSONWriter()
        figures.write(to: &json)
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == """
                {"connections":1,"opened":2,"requests":0,"heldBytes":6,"heldBytesPeak":10,\
                "ended":{"tooManyConnections":0,"tooManyHeldBytes":0,"idle":0,"headTimeout":1,\
                "bodyTimeout":0,"answerTimeout":0,"malformed":0,"tooLarge":0}}
                """)
    }
}
