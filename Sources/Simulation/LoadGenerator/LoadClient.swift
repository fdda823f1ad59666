// SPDX-License-Identifier: Apache-2.0
/// A small HTTP/1.1 client that holds ten thousand connections and tells a request that was not
/// sent from one whose outcome nobody knows.

import NIOCore
import NIOPosix
import Synchronization

/// Sends requests over a fixed number of keep-alive connections. Nothing is ever sent twice: to
/// repeat or not is the caller's decision.
package final class LoadClient: Sendable {
    let lanes: [NIOLoopBoundBox<LoadLane>]
    private let group: MultiThreadedEventLoopGroup
    private let turn = Atomic<Int>(0)

    /// Runs `body` with a client, and closes its connections afterwards.
    package static func with<Answer>(
        _ target: LoadTarget, _ settings: LoadSettings,
        _ body: (LoadClient) async throws -> Answer
    ) async throws -> Answer {
        let client = try LoadClient(target, settings)
        do {
            let answer = try await body(client)
            try await client.shutDown()
            return answer
        } catch {
            try? await client.shutDown()
            throw error
        }
    }

    private init(_ target: LoadTarget, _ settings: LoadSettings) throws {
        OpenFiles.raiseLimit()
        let address = try SocketAddress(ipAddress: target.host, port: target.port)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: settings.threads)
        self.group = group
        var lanes: [NIOLoopBoundBox<LoadLane>] = []
        for (index, loop) in group.makeIterator().enumerated() {
            let share =
                settings.connections / settings.threads
                + (index < settings.connections % settings.threads ? 1 : 0)
            let lane = LoadLane(
                loop: loop, settings: settings, connections: share, target: target,
                address: address)
            let box = NIOLoopBoundBox.makeBoxSendingValue(lane, eventLoop: loop)
            loop.execute { box.value.open() }
            lanes.append(box)
        }
        self.lanes = lanes
    }

    /// Opens every connection now; otherwise each opens when it is first needed.
    package func connectAll() async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for lane in lanes {
                tasks.addTask {
                    try await lane.eventLoop.flatSubmit { lane.value.connectAll() }.get()
                }
            }
            try await tasks.waitForAll()
        }
    }

    /// Sends `request` once a connection is free. Ends with the answer or a failure, at the latest
    /// after both timeouts; a canceled task still waits for that, since its request is under way.
    package func send(_ request: LoadRequest) async throws(LoadFailure) -> LoadResponse {
        let index = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        let lane = lanes[Int(UInt(bitPattern: index) % UInt(lanes.count))]
        let result = await withCheckedContinuation { continuation in
            lane.eventLoop.execute {
                lane.value.submit(request) { result, _ in continuation.resume(returning: result) }
            }
        }
        return try result.get()
    }

    private func shutDown() async throws {
        for lane in lanes {
            try await lane.eventLoop.submit { lane.value.close() }.get()
        }
        try await group.shutdownGracefully()
    }
}
