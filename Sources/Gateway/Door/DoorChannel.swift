// SPDX-License-Identifier: Apache-2.0
/// A connection of the door: Hummingbird's, with a guard between it and the parser.

import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// What all connections of one door share.
package struct Listener: Sendable {
    package let limits: DoorLimits
    package let figures: DoorFigures

    package init(limits: DoorLimits = DoorLimits(), figures: DoorFigures = DoorFigures()) {
        self.limits = limits
        self.figures = figures
    }
}

struct DoorChannel: ServerChildChannel {
    let base: HTTP1Channel
    let door: Listener
    let ids: RequestIDs

    init(_ door: Listener, _ ids: RequestIDs, responder: @escaping HTTP1Channel.Responder) {
        self.door = door
        self.ids = ids
        var configuration = HTTP1Channel.Configuration()
        configuration.httpDecoder = .init(
            maxHeaderFieldSize: DoorLimits.headFieldBytesMax,
            maxHeaderListSize: DoorLimits.headBytesMax,
            maxHeaderFieldCount: DoorLimits.headFieldsMax)
        base = HTTP1Channel(responder: responder, configuration: configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { [door, ids] value in
            // What a caller does not take is held, beyond so little, and counted (RequestGuard).
            let marks = ChannelOptions.Types.WriteBufferWaterMark(
                low: DoorLimits.unreadBytesMax / 4, high: DoorLimits.unreadBytesMax)
            try channel.syncOptions?.setOption(.writeBufferWaterMark, value: marks)
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let guarding = RequestGuard(door, ids)
            try pipeline.addHandler(guarding, position: .after(decoder))
            try pipeline.addHandler(ByteWatch(guarding), position: .first)
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await base.handle(value: value, logger: logger)
    }
}

/// Sees the bytes before the parser does: a header that is never finished shows nowhere else.
final class ByteWatch: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let guarding: RequestGuard

    init(_ guarding: RequestGuard) { self.guarding = guarding }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if guarding.takes(unwrapInboundIn(data).readableBytes) { context.fireChannelRead(data) }
    }
}
