// SPDX-License-Identifier: Apache-2.0
/// An HTTP server in this process that answers as a test tells it to, also wrongly.

package import LoadGenerator
import NIOCore
package import NIOHTTP1
import NIOPosix
import Synchronization

package struct Asked: Sendable {
    package let method: String
    package let path: String
    package let headers: HTTPHeaders
    package let body: [UInt8]
}

package enum Answer: Sendable {
    case reply(Int, headers: [(String, String)] = [], body: [UInt8] = [])
    /// Bytes as they are, after which the connection stays open.
    case raw(String)
    /// Bytes, after which the connection is closed.
    case lastWords(String)
    case silence
}

/// Listens on a free port of the loopback for as long as `with` runs.
package final class ScriptedServer: Sendable {
    package typealias Script = @Sendable (Asked) -> Answer

    package let target: LoadTarget
    private let listener: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let open = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let accepted = Atomic<Int>(0)

    package static func with<Result>(
        _ script: @escaping Script, _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try await ScriptedServer(script)
        do {
            let result = try await body(server)
            try await server.stop()
            return result
        } catch {
            try? await server.stop()
            throw error
        }
    }

    package init(_ script: @escaping Script) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let doors = Mutex<(@Sendable (any Channel) -> Void)?>(nil)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4_096)
            .childChannelInitializer { channel in
                doors.withLock { $0 }?(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ScriptHandler(script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.group = group
        self.listener = listener
        target = LoadTarget(host: "127.0.0.1", port: listener.localAddress?.port ?? 0)
        doors.withLock { $0 = { [weak self] in self?.note($0) } }
    }

    /// How many connections were made so far.
    package var connections: Int { accepted.load(ordering: .relaxed) }

    /// Cuts every connection, as a killed process would.
    package func cutConnections() async throws {
        let channels = open.withLock { channels in
            defer { channels.removeAll() }
            return Array(channels.values)
        }
        for channel in channels { try? await channel.close().get() }
    }

    package func stop() async throws {
        try await listener.close()
        try await group.shutdownGracefully()
    }

    private func note(_ channel: any Channel) {
        accepted.wrappingAdd(1, ordering: .relaxed)
        open.withLock { $0[ObjectIdentifier(channel)] = channel }
    }
}

/// Gathers a request, then does what the script says.
private final class ScriptHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let script: ScriptedServer.Script
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ script: @escaping ScriptedServer.Script) { self.script = script }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let read):
            head = read
            body = []
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            let asked = Asked(
                method: head.method.rawValue, path: head.uri, headers: head.headers, body: body)
            answer(script(asked), head, context)
        }
    }

    private func answer(
        _ answer: Answer, _ asked: HTTPRequestHead, _ context: ChannelHandlerContext
    ) {
        switch answer {
        case .reply(let status, let headers, let body):
            var fields = HTTPHeaders(headers)
            fields.add(name: "Content-Length", value: String(body.count))
            let head = HTTPResponseHead(
                version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: fields)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .raw(let text): raw(text, context)
        case .lastWords(let text):
            raw(text, context)
            context.close(promise: nil)
        case .silence: break
        }
    }

    /// Past the encoder, which would not write nonsense.
    private func raw(_ text: String, _ context: ChannelHandlerContext) {
        let head = context.pipeline.syncOperations
        guard let encoder = try? head.context(handlerType: HTTPResponseEncoder.self) else {
            return
        }
        encoder.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
    }
}
