// SPDX-License-Identifier: Apache-2.0
/// A door that listens on a free port for the length of a test, and callers that send it whatever
/// bytes they like.

import Gateway
import Hummingbird
import LoadGenerator
import Logging
import NIOCore
import NIOPosix
import Ports
import ServiceLifecycle
import Synchronization

struct OpenDoor: Sendable {
    let target: LoadTarget
    let figures: DoorFigures
    let log: LogLines

    /// Opens a door to `api`, and closes it after `body`.
    static func with<Answer: Sendable>(
        _ api: API, limits: DoorLimits = DoorLimits(),
        _ body: (OpenDoor) async throws -> Answer
    ) async throws -> Answer {
        let figures = DoorFigures()
        let log = LogLines()
        let logger = Logger(label: "door") { _ in log }
        let port = Mutex(0)
        let application = HTTPDoor.application(
            api.responder(logger: logger),
            at: DoorAddress(host: "127.0.0.1", port: 0),
            door: Listener(limits: limits, figures: figures), entropy: Counter(), logger: logger
        ) { bound in port.withLock { $0 = bound } }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: application)], gracefulShutdownSignals: [],
                logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await eventually("the door is open") { port.withLock { $0 } != 0 }
            let door = OpenDoor(
                target: LoadTarget(host: "127.0.0.1", port: port.withLock { $0 }),
                figures: figures, log: log)
            let result: Result<Answer, any Error>
            do { result = .success(try await body(door)) } catch { result = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    /// A deaf caller reads nothing.
    func call(isDeaf: Bool = false) async throws -> RawCaller {
        try await RawCaller(to: target.port, isDeaf: isDeaf)
    }

    /// Sends `text` on a connection of its own; gives what came back when the door closes it.
    func last(_ text: String) async throws -> String {
        let caller = try await call()
        try await caller.send(text)
        try await eventually("the door closes") { caller.isClosed }
        return caller.heard
    }
}

/// What was waited for in vain.
struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Waits until `condition` holds, half a minute at most, counted in looks and not by a clock.
func eventually(
    _ what: @autoclosure () -> String, _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<6_000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    throw NeverHappened(description: "never: \(what())")
}

/// A connection on which any bytes can be sent.
final class RawCaller: Sendable {
    private let channel: any Channel
    private let ear = Ear()

    init(to port: Int, isDeaf: Bool) async throws {
        let ear = ear
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: !isDeaf)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Listener(ear))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws {
        try await channel.writeAndFlush(ByteBuffer(string: text))
    }

    /// Says that nothing more will be sent.
    func finish() async throws { try await channel.close(mode: .output) }

    func hangUp() async throws { try await channel.close() }

    var heard: String { ear.heard.withLock { String(decoding: $0, as: UTF8.self) } }
    var isClosed: Bool { ear.isClosed.load(ordering: .acquiring) }

    /// Answers that have come, without those that only ask to go on.
    var statuses: [Int] {
        heard.ranges(of: "HTTP/1.1 ").compactMap { Int(heard[$0.upperBound...].prefix(3)) }
    }

    private final class Ear: Sendable {
        let heard = Mutex<[UInt8]>([])
        let isClosed = Atomic(false)
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let ear: Ear

        init(_ ear: Ear) { self.ear = ear }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let bytes = Array(buffer: unwrapInboundIn(data))
            ear.heard.withLock { $0 += bytes }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .some(.inputClosed) = event as? ChannelEvent {
                ear.isClosed.store(true, ordering: .releasing)
            }
            context.fireUserInboundEventTriggered(event)
        }

        func channelInactive(context: ChannelHandlerContext) {
            ear.isClosed.store(true, ordering: .releasing)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

/// Keeps what is logged.
final class LogLines: LogHandler, Sendable {
    struct Line: Sendable {
        let level: Logger.Level
        let text: String
    }

    private let lines = Mutex<[Line]>([])

    func log(event: LogEvent) {
        let text = "\(event.message) \(event.metadata ?? [:])"
        lines.withLock { $0.append(Line(level: event.level, text: text)) }
    }

    /// What someone should look at.
    var complaints: [String] {
        lines.withLock { $0.filter { $0.level >= .warning }.map(\.text) }
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }

    var logLevel: Logger.Level {
        get { .debug }
        set {}
    }
}
