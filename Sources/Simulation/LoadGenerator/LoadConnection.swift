// SPDX-License-Identifier: Apache-2.0
/// One keep-alive connection: one request at a time, made anew when it broke. Belongs to one event
/// loop and is touched nowhere else.

import NIOCore
import NIOPosix

/// What a request ended in, and when it was sent.
typealias LoadEnd = (Result<LoadResponse, LoadFailure>, NIODeadline) -> Void

final class LoadConnection {
    private struct Pending {
        let end: LoadEnd
        let startedAt: NIODeadline
        let deadline: NIODeadline
        let keepsBody: Bool
    }

    private let lane: LoadLane
    private var handler: LoadHandler?
    private var reader = ResponseReader()
    private var pending: Pending?

    init(lane: LoadLane) { self.lane = lane }

    var isOpen: Bool { handler != nil }

    /// Sends `request`, over a new connection if there is none. `end` is called once, on the loop.
    func send(_ request: LoadRequest, keepsBody: Bool, end: @escaping LoadEnd) {
        precondition(pending == nil, "a connection carries one request at a time")
        guard handler != nil else { return connectAndSend(request, keepsBody, end) }
        write(request, keepsBody, end)
    }

    private func connectAndSend(
        _ request: LoadRequest, _ keepsBody: Bool, _ end: @escaping LoadEnd
    ) {
        connect().whenComplete { result in
            guard case .success = result, self.handler != nil else {
                return end(.failure(.notSent), .now())
            }
            self.write(request, keepsBody, end)
        }
    }

    private func write(_ request: LoadRequest, _ keepsBody: Bool, _ end: @escaping LoadEnd) {
        guard let handler else { return end(.failure(.notSent), .now()) }
        let now = NIODeadline.now()
        pending = Pending(
            end: end, startedAt: now, deadline: now + TimeAmount(lane.settings.responseTimeout),
            keepsBody: keepsBody)
        handler.write(request, authority: lane.authority)
    }

    /// Opens the connection if it is not open.
    func connect() -> EventLoopFuture<Void>.Isolated {
        guard handler == nil else { return lane.loop.makeSucceededVoidFuture().assumeIsolated() }
        let bound = NIOLoopBound(self, eventLoop: lane.loop)
        return ClientBootstrap(group: lane.loop)
            .connectTimeout(TimeAmount(lane.settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            // An answer is one read; a second one would only learn that there is no more.
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = LoadHandler(connection: bound.value)
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(to: lane.address)
            .assumeIsolated()
            .flatMapThrowing { channel in
                self.handler = try channel.pipeline.syncOperations.handler(type: LoadHandler.self)
                self.reader = ResponseReader()
            }
    }

    func close() { handler?.close() }

    /// Gives up an answer that is overdue.
    func sweep(_ now: NIODeadline) {
        guard let deadline = pending?.deadline, deadline <= now else { return }
        fail(.timedOut)
    }

    // MARK: What the handler reports

    func received(_ bytes: ByteBuffer) {
        reader.append(bytes)
        guard let waiting = pending else { return fail(.malformed) }
        do throws(LoadFailure) {
            guard let parsed = try reader.next(keepsBody: waiting.keepsBody) else { return }
            guard !reader.hasLeftovers else { throw .malformed }
            pending = nil
            if !parsed.keepsAlive { abandon() }
            waiting.end(.success(parsed.response), waiting.startedAt)
        } catch {
            fail(error)
        }
    }

    func closed(_ handler: LoadHandler) {
        guard self.handler === handler else { return }
        fail(.lost)
    }

    private func fail(_ failure: LoadFailure) {
        abandon()
        guard let waiting = pending else { return }
        pending = nil
        waiting.end(.failure(failure), waiting.startedAt)
    }

    /// Closes the channel; what it still reports concerns nobody.
    private func abandon() {
        let old = handler
        handler = nil
        old?.close()
    }
}

/// The only handler of a channel: bytes in, bytes out.
final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: LoadConnection
    private var context: ChannelHandlerContext?

    init(connection: LoadConnection) { self.connection = connection }

    func write(_ request: LoadRequest, authority: String) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: request.body.count + 512)
        request.write(to: &buffer, authority: authority)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func close() { context?.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.received(unwrapInboundIn(data))
    }

    func channelInactive(context: ChannelHandlerContext) { connection.closed(self) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
