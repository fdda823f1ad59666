// SPDX-License-Identifier: Apache-2.0
/// What is not a request by RFC 9112 is answered 400, once, and the connection closed: no handler
/// sees it, and no operator is woken for it.

import Testing

@testable import Gateway

@Suite struct `Keeping to HTTP` {
    private static let host = "Host: shop\r\n"

    private static func post(_ headers: String, _ body: String) -> String {
        "POST /v1/orders HTTP/1.1\r\n\(host)Idempotency-Key: k\r\n\(headers)\r\n\(body)"
    }

    private static func chunked(_ body: String) -> String {
        post("Transfer-Encoding: chunked\r\n", body)
    }

    static let broken: [(String, String)] = [
        ("a size that is no number", chunked("zz\r\n{}\r\n0\r\n\r\n")),
        ("a negative size", chunked("-2\r\n{}\r\n0\r\n\r\n")),
        ("a size beyond 64 bits", chunked("fffffffffffffffff\r\n{}\r\n0\r\n\r\n")),
        ("a chunk that is longer than its size", chunked("1\r\n{}\r\n0\r\n\r\n")),
        ("a chunk without its line end", chunked("2\r\n{}0\r\n\r\n")),
        ("bare line feeds", chunked("2\n{}\n0\n\n")),
        ("a trailer without a colon", chunked("2\r\n{}\r\n0\r\nbad trailer\r\n\r\n")),
        ("a trailer with a NUL", chunked("2\r\n{}\r\n0\r\nX: \u{0}\r\n\r\n")),
        ("an unknown transfer coding", post("Transfer-Encoding: gzip\r\n", "2\r\n{}\r\n0\r\n\r\n")),
        (
            "a coding below the chunks",
            post("Transfer-Encoding: gzip, chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")
        ),
        (
            "chunks twice",
            post(
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
                "2\r\n{}\r\n0\r\n\r\n")
        ),
        (
            "a length and chunks",
            post(
                "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n")
        ),
        (
            "chunks and a length",
            post(
                "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "2\r\n{}\r\n0\r\n\r\n")
        ),
        ("two lengths", post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}")),
        ("a list of lengths", post("Content-Length: 2, 2\r\n", "{}")),
        ("a signed length", post("Content-Length: +2\r\n", "{}")),
        ("a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n", "{}")),
        (
            "chunks in HTTP/1.0",
            "POST /v1/orders HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        ("no host", "GET /v1/orders HTTP/1.1\r\n\r\n"),
        ("two hosts", "GET /v1/orders HTTP/1.1\r\n\(host)\(host)\r\n"),
        ("two hosts that differ", "GET /v1/orders HTTP/1.1\r\n\(host)Host: other\r\n\r\n"),
        ("two hosts in HTTP/1.0", "GET /v1/orders HTTP/1.0\r\n\(host)\(host)\r\n"),
        ("a host that is a list", "GET /v1/orders HTTP/1.1\r\nHost: a, b\r\n\r\n"),
        ("a host with a path", "GET /v1/orders HTTP/1.1\r\nHost: a/b\r\n\r\n"),
        ("a folded header", "GET /v1/orders HTTP/1.1\r\n\(host)X: a\r\n b\r\n\r\n"),
        ("a blank before the colon", "GET /v1/orders HTTP/1.1\r\n\(host)X : a\r\n\r\n"),
        ("a control character in a header", "GET / HTTP/1.1\r\n\(host)X: a\u{1}\r\n\r\n"),
        ("no HTTP at all", "hello\r\n\r\n"),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ]

    @Test(arguments: 0..<broken.count)
    func `answers 400 and closes`(_ number: Int) async throws {
        let (name, text) = Self.broken[number]
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            try await caller.send(text)
            try await eventually("the door closes after \(name)") { caller.isClosed }
            #expect(caller.statuses == [400], "\(name)")
            #expect(caller.heard.contains(#""code":"malformed-request""#))
            #expect(caller.heard.contains("Content-Type: application/problem+json\r\n"))
            #expect(caller.heard.contains("Connection: close\r\n"))
            #expect(caller.heard.contains("X-Request-Id: req_"))
            #expect(door.log.complaints == [], "\(name)")
            #expect(door.figures.now[.malformed] == 1)
            #expect(door.figures.now.requests == 0)
        }
    }

    @Test func `takes chunks that are right, with extensions and trailers`() async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            let path = "PUT /v1/stock/main/CUP HTTP/1.1\r\n\(Self.host)Idempotency-Key: k\r\n"
            try await caller.send("\(path)Transfer-Encoding: Chunked\r\n\r\n")
            for part in ["8;a=b\r\n{\"onHand", "\r\n", "4\r\n\":5}\r\n0\r\nX: y\r\n\r\n"] {
                try await caller.send(part)
            }
            try await eventually("an answer") { caller.statuses == [200] }
            #expect(caller.heard.contains(#""onHand":5"#) && !caller.isClosed)
        }
    }

    @Test func `answers what came before the fault, in order`() async throws {
        let get = "GET /v1/stock/main/CUP HTTP/1.1\r\n\(Self.host)\r\n"
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            try await caller.send(get + get + "garbage\r\n\r\n" + get)
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses == [404, 404, 400])
            #expect(door.log.complaints == [])
        }
    }

    @Test func `answers requests that are sent ahead, also after the caller's last word`()
        async throws
    {
        let get = "GET /health/live HTTP/1.1\r\n\(Self.host)\r\n"
        let put = """
            PUT /v1/stock/main/CUP HTTP/1.1\r\n\(Self.host)Idempotency-Key: k\r\n\
            Content-Length: 12\r\n\r\n{"onHand":5}
            """
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            try await caller.send(get + put + get + put + get)
            try await caller.finish()
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses == [200, 200, 200, 200, 200])
            #expect(door.figures.now.requests == 5)
        }
    }

    /// The socket is read on after them.
    @Test(arguments: 1...4)
    func `answers what follows on requests that were sent ahead`(_ count: Int) async throws {
        let get = "GET /health/live HTTP/1.1\r\n\(Self.host)\r\n"
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            for round in 1...3 {
                try await caller.send(String(repeating: get, count: count))
                try await eventually("answers") { caller.statuses.count == round * count }
            }
            #expect(caller.statuses.allSatisfy { $0 == 200 } && !caller.isClosed)
            try await caller.hangUp()
        }
    }

    @Test(arguments: [
        "GET /health/live HTTP/1.0\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\(host)Connection: Close\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\(host)Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    ])
    func `closes after the answer when nothing can follow`(_ text: String) async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let heard = try await door.last(text)
            #expect(heard.hasPrefix("HTTP/1.1 200 OK"))
            #expect(heard.contains("Connection: close\r\n"))
        }
    }

    @Test func `asks a caller that waits for it to go on`() async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            try await caller.send(
                "PUT /v1/stock/main/CUP HTTP/1.1\r\n\(Self.host)Idempotency-Key: k\r\n"
                    + "Expect: 100-continue\r\nContent-Length: 12\r\n\r\n")
            try await eventually("a word") { caller.statuses == [100] }
            try await caller.send(#"{"onHand":5}"#)
            try await eventually("an answer") { caller.statuses == [100, 200] }
        }
    }

    @Test(arguments: [
        post("Content-Length: 262145\r\n", ""),
        chunked("40001\r\n" + String(repeating: " ", count: 262_145)),
    ])
    func `a body that is too long is not read to its end`(_ text: String) async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let heard = try await door.last(text)
            #expect(heard.hasPrefix("HTTP/1.1 413") && heard.contains("body-too-large"))
            #expect(door.figures.now[.tooLarge] == 1 && door.figures.now.heldBytes == 0)
        }
    }

    @Test(arguments: [
        "X: " + String(repeating: "a", count: 9_000) + "\r\n",
        (0..<200).map { "X\($0): a\r\n" }.joined(),
        (0..<90).map { "X\($0): \(String(repeating: "a", count: 250))\r\n" }.joined(),
    ])
    func `headers that are too large are refused`(_ headers: String) async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let heard = try await door.last("GET / HTTP/1.1\r\n\(Self.host)\(headers)\r\n")
            #expect(heard.hasPrefix("HTTP/1.1 431") && heard.contains("headers-too-large"))
        }
    }

    @Test(arguments: ["GET /v1/or", post("Content-Length: 20\r\n", "{}")])
    func `a request that ends early is no request`(_ text: String) async throws {
        try await OpenDoor.with(try Shop().api) { door in
            let caller = try await door.call()
            try await caller.send(text)
            try await caller.finish()
            try await eventually("the door closes") { caller.isClosed }
            #expect(caller.statuses == [400])
            #expect(door.figures.now.requests == 0 && door.log.complaints == [])
        }
    }
}
