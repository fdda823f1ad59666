// SPDX-License-Identifier: Apache-2.0
/// The load client against a server that answers well, badly, late or not at all.

import LoadGenerator
import NIOCore
import NIOHTTP1
import ScriptedHTTP
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(2))) struct `Sending requests` {
    @Test func `an answer comes back whole`() async throws {
        let body = Array("{\"id\":\"ord_1\"}".utf8)
        let script: ScriptedServer.Script = { asked in
            .reply(
                201, headers: [("location", "/v1/orders/ord_1"), ("X-Echo", asked.method)],
                body: asked.body + body)
        }
        let response = try await once(
            script,
            LoadRequest("POST", "/v1/orders", headers: [("X-A", "1")], body: Array("a".utf8)))
        #expect(response.status == 201)
        #expect(response.headers["Location"] == "/v1/orders/ord_1")
        #expect(response.headers["x-echo"] == "POST")
        #expect(response.headers["x-ech"] == nil)
        #expect(response.body == Array("a".utf8) + body)
    }

    @Test func `a request arrives as it was made`() async throws {
        let seen = Mutex<Asked?>(nil)
        let script: ScriptedServer.Script = { asked in
            seen.withLock { $0 = asked }
            return .reply(200)
        }
        let body = [UInt8](repeating: 7, count: 100_000)
        let request = LoadRequest("PUT", "/v1/stock/main/A", headers: [("Key", "k 1")], body: body)
        _ = try await once(script, request)
        let asked = try #require(seen.withLock { $0 })
        #expect(asked.method == "PUT" && asked.path == "/v1/stock/main/A" && asked.body == body)
        #expect(asked.headers["key"] == ["k 1"])
        #expect(asked.headers["host"].first?.hasPrefix("127.0.0.1:") == true)
        #expect(asked.headers["content-length"] == ["100000"])
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nCONTENT-LENGTH:\t 3 \r\n\r\nabc",
        "HTTP/1.1 200\r\nContent-Length: 3\r\nContent-Length: 3\r\nX: y\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\nLate: 1\r\n\r\n",
    ])
    func `every way to say how long an answer is`(_ text: String) async throws {
        let response = try await once({ _ in .raw(text) }, LoadRequest("GET", "/"))
        #expect(response.status == 200)
        #expect(response.body == Array("abc".utf8))
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
        "nonsense\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nuntil the end", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nab",
    ])
    func `what is no answer is malformed`(_ text: String) async throws {
        await #expect(throws: LoadFailure.malformed) {
            try await once({ _ in .raw(text) }, LoadRequest("GET", "/"))
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"])
    func `a connection that breaks leaves the outcome unknown`(_ text: String) async throws {
        let failure = try await #require(throws: LoadFailure.self) {
            try await once({ _ in .lastWords(text) }, LoadRequest("GET", "/"))
        }
        #expect(failure == .lost && failure.isOutcomeUnknown)
    }

    @Test func `silence ends with a timeout`() async throws {
        var settings = LoadSettings(connections: 1)
        settings.responseTimeout = .milliseconds(80)
        let failure = try await #require(throws: LoadFailure.self) {
            try await once({ _ in .silence }, LoadRequest("GET", "/"), settings)
        }
        #expect(failure == .timedOut && failure.isOutcomeUnknown)
    }

    @Test func `nothing is sent where nobody listens`() async throws {
        let server = try await ScriptedServer { _ in .reply(200) }
        try await server.stop()
        try await LoadClient.with(server.target, LoadSettings(connections: 2)) { client in
            let failure = await #expect(throws: LoadFailure.self) {
                try await client.send(LoadRequest("GET", "/"))
            }
            #expect(failure == .notSent && failure?.isOutcomeUnknown == false)
            await #expect(throws: (any Error).self) { try await client.connectAll() }
        }
    }

    @Test func `a broken connection is made anew`() async throws {
        try await ScriptedServer.with({ _ in .reply(200) }) { server in
            try await LoadClient.with(server.target, LoadSettings(connections: 1)) { client in
                for round in 1...3 {
                    for _ in 0..<5 {
                        #expect(try await client.send(LoadRequest("GET", "/")).status == 200)
                    }
                    #expect(server.connections == round)
                    try await server.cutConnections()
                    try await Task.sleep(for: .milliseconds(20))
                }
            }
        }
    }

    @Test func `a server that says so gets a new connection`() async throws {
        let close = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        try await ScriptedServer.with({ _ in .raw(close) }) { server in
            try await LoadClient.with(server.target, LoadSettings(connections: 1)) { client in
                for _ in 0..<3 { _ = try await client.send(LoadRequest("GET", "/")) }
            }
            #expect(server.connections == 3)
        }
    }

    @Test func `more requests than connections wait their turn`() async throws {
        let settings = LoadSettings(connections: 4, threads: 2)
        let script: ScriptedServer.Script = { .reply(200, body: Array($0.path.utf8)) }
        try await ScriptedServer.with(script) { server in
            try await LoadClient.with(server.target, settings) { client in
                try await withThrowingTaskGroup(of: Void.self) { tasks in
                    for number in 0..<200 {
                        tasks.addTask {
                            let response = try await client.send(LoadRequest("GET", "/\(number)"))
                            #expect(response.body == Array("/\(number)".utf8))
                        }
                    }
                    try await tasks.waitForAll()
                }
            }
            #expect(server.connections <= 4)
        }
    }

    @Test func `what is under way when the client stops is lost`() async throws {
        try await ScriptedServer.with({ _ in .silence }) { server in
            let clients = AsyncStream.makeStream(of: LoadClient.self)
            async let failures = Self.failures(of: 2, sentBy: clients.stream)
            try await LoadClient.with(server.target, LoadSettings(connections: 1)) { client in
                try await client.connectAll()
                clients.continuation.yield(client)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(await failures == [.lost, .notSent])
        }
    }

    /// What became of `count` requests that were sent at once.
    private static func failures(
        of count: Int, sentBy clients: AsyncStream<LoadClient>
    ) async -> Set<LoadFailure> {
        guard let client = await clients.first(where: { _ in true }) else { return [] }
        return await withTaskGroup(of: LoadFailure?.self) { tasks in
            for _ in 0..<count {
                tasks.addTask {
                    do throws(LoadFailure) {
                        _ = try await client.send(LoadRequest("GET", "/"))
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            return await tasks.reduce(into: []) { if let failure = $1 { $0.insert(failure) } }
        }
    }

    private func once(
        _ script: @escaping ScriptedServer.Script, _ request: LoadRequest,
        _ settings: LoadSettings = LoadSettings(connections: 1)
    ) async throws -> LoadResponse {
        try await ScriptedServer.with(script) { server in
            try await LoadClient.with(server.target, settings) { client in
                try await client.send(request)
            }
        }
    }
}

@Suite struct `Naming a target` {
    @Test(arguments: [
        ("http://127.0.0.1:8080", "127.0.0.1", 8_080), ("http://127.0.0.1:1/", "127.0.0.1", 1),
        ("http://[::1]:65535", "::1", 65_535),
    ])
    func `reads an address and a port`(_ url: String, _ host: String, _ port: Int) throws {
        let target = try #require(LoadTarget(url: url))
        #expect(target.host == host && target.port == port)
        #expect(LoadTarget(url: target.url) == target)
    }

    @Test(arguments: [
        "", "127.0.0.1:80", "https://127.0.0.1:80", "http://127.0.0.1", "http://127.0.0.1:0",
        "http://127.0.0.1:65536", "http://127.0.0.1:x", "http://:80", "http://shop.example:80",
        "http://127.0.0.1:80/v1",
    ])
    func `refuses everything else`(_ url: String) {
        #expect(LoadTarget(url: url) == nil)
    }
}
