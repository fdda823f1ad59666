// SPDX-License-Identifier: Apache-2.0
/// The connections of one event loop, and the requests that wait for one of them.

import NIOCore
import NIOPosix

package struct LoadSettings: Sendable {
    /// Over all event loops together.
    package var connections: Int
    /// Event loops; each has a thread. One is enough for some fifty thousand requests a second.
    package var threads: Int
    package var connectTimeout = Duration.seconds(10)
    package var responseTimeout = Duration.seconds(30)

    package init(connections: Int, threads: Int = 1) {
        self.connections = max(1, connections)
        self.threads = max(1, min(threads, self.connections))
    }
}

final class LoadLane {
    let loop: any EventLoop
    let settings: LoadSettings
    let address: SocketAddress
    let authority: String

    /// Connection attempts under way at a time: a server's backlog is not endless.
    private static let connectsMax = 128
    private static let waitingMax = 1_000_000

    private var connections: [LoadConnection] = []
    /// The one that was used last is used next.
    private var idle: [LoadConnection] = []
    private var waiting = CircularBuffer<(LoadRequest, LoadEnd)>()
    private var sweeper: RepeatedTask?
    private var isClosed = false

    /// `connections` of those in `settings` are this lane's.
    init(
        loop: any EventLoop, settings: LoadSettings, connections count: Int,
        target: LoadTarget, address: SocketAddress
    ) {
        self.loop = loop
        self.settings = settings
        self.address = address
        authority = target.authority
        connections = (0..<count).map { _ in LoadConnection(lane: self) }
        idle = connections
    }

    /// Starts looking for overdue answers. To be called on the loop, before anything is sent.
    func open() {
        let pause = TimeAmount.nanoseconds(
            max(1_000_000, min(TimeAmount(settings.responseTimeout).nanoseconds / 8, 250_000_000)))
        let bound = NIOLoopBound(self, eventLoop: loop)
        sweeper = loop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
            let now = NIODeadline.now()
            for connection in bound.value.connections { connection.sweep(now) }
        }
    }

    /// Opens every connection; fails if one of them can't be opened.
    func connectAll() -> EventLoopFuture<Void> {
        let promise = loop.makePromise(of: Void.self)
        let round = ConnectRound(left: connections, promise: promise)
        for _ in 0..<Self.connectsMax { round.connectNext() }
        return promise.futureResult
    }

    /// Sends over a free connection, or as soon as there is one.
    func submit(_ request: LoadRequest, end: @escaping LoadEnd) {
        guard !isClosed, waiting.count < Self.waitingMax else {
            return end(.failure(.notSent), .now())
        }
        guard let connection = idle.popLast() else { return waiting.append((request, end)) }
        send(request, over: connection, end: end)
    }

    private func send(
        _ request: LoadRequest, over connection: LoadConnection, end: @escaping LoadEnd
    ) {
        connection.send(request, keepsBody: true) { result, startedAt in
            end(result, startedAt)
            if let (next, nextEnd) = self.waiting.popFirst() {
                self.send(next, over: connection, end: nextEnd)
            } else {
                self.putBack(connection)
            }
        }
    }

    /// Takes a free connection out, for one who sends over it directly.
    func takeConnection() -> LoadConnection? { idle.popLast() }

    /// Gives it back.
    func putBack(_ connection: LoadConnection) {
        if !isClosed { idle.append(connection) }
    }

    /// Closes everything: what waits for an answer is lost, what waits for a connection not sent.
    func close() {
        isClosed = true
        sweeper?.cancel()
        let unsent = waiting
        waiting.removeAll()
        for (_, end) in unsent { end(.failure(.notSent), .now()) }
        for connection in connections { connection.close() }
        connections = []
        idle = []
    }
}

/// Opens connections, a bounded number at a time.
private final class ConnectRound {
    private var left: [LoadConnection]
    private var underWay = 0
    private let promise: EventLoopPromise<Void>
    private var isOver = false

    init(left: [LoadConnection], promise: EventLoopPromise<Void>) {
        self.left = left.reversed()
        self.promise = promise
    }

    func connectNext() {
        guard !isOver else { return }
        guard let connection = left.popLast() else {
            if underWay == 0 { end(.success(())) }
            return
        }
        underWay += 1
        connection.connect().whenComplete { result in
            self.underWay -= 1
            switch result {
            case .success: self.connectNext()
            case .failure(let error): self.end(.failure(error))
            }
        }
    }

    private func end(_ result: Result<Void, any Error>) {
        guard !isOver else { return }
        isOver = true
        promise.completeWith(result)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
