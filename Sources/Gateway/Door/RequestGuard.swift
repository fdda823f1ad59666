// SPDX-License-Identifier: Apache-2.0
/// Stands between the parser and the handlers, one for each connection. A handler only ever sees
/// whole requests: what is malformed, too large or too slow is answered here, and closed. One
/// request at a time is let through; those that are sent ahead wait, unread as far as possible.

import NIOCore
import NIOHTTP1
import Ports

final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        /// Between requests.
        case idle
        /// A request has begun; its header, or its body, is not complete.
        case head, body
        /// A handler has the request; its answer is made, or is not taken by the caller yet.
        case answering, draining
        /// The last word is said.
        case closing
    }

    let door: Listener
    let ids: RequestIDs
    private(set) var phase = Phase.idle
    /// When the phase began, and when the request did.
    private var phaseStart = NIODeadline.distantPast
    private var requestStart = NIODeadline.distantPast
    private(set) var context: ChannelHandlerContext?

    private(set) var head: HTTPRequestHead?
    private var body: ByteBuffer?
    /// The body's bytes stand in the buffer into which the socket was read, which is larger.
    private var isBodyShared = false
    /// The request, until its answer has ended.
    private var held: HeldBytes
    /// The bytes of the answer so far, and those of them that the caller does not take.
    private var answerBytes = 0
    private var heldAnswer: HeldBytes
    /// Nothing follows on this connection.
    private var isLast = false
    private var hasAnswerBegun = false

    private var ahead: SentAhead
    private var isCounted = false
    private var isTurnedAway = false

    init(_ door: Listener, _ ids: RequestIDs) {
        self.door = door
        self.ids = ids
        held = HeldBytes(door)
        heldAnswer = HeldBytes(door)
        ahead = SentAhead(door)
    }

    // MARK: The life of a connection

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        begin()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func begin() {
        guard !isCounted, let context else { return }
        isCounted = true
        enter(.idle)
        if door.figures.open(max: door.limits.connectionsMax) {
            watch(context, until: deadline)
        } else {
            turnAway(context)
        }
    }

    private func end() {
        phase = .closing
        release()
        if isCounted { door.figures.close(isTurnedAway: isTurnedAway) }
        isCounted = false
    }

    /// There are too many: it is told so, unless too many are being told so already.
    private func turnAway(_ context: ChannelHandlerContext) {
        isTurnedAway = true
        if door.figures.turnAway(max: DoorLimits.turnedAwayMax) {
            refuse(.tooManyConnections)
        } else {
            door.figures.count(.tooManyConnections)
            enter(.closing)
            context.close(promise: nil)
        }
    }

    /// Nothing is held any more.
    private func release() {
        body = nil
        held.release()
        heldAnswer.release()
        ahead.removeAll()
    }

    private func enter(_ next: Phase) {
        phase = next
        phaseStart = context?.eventLoop.now ?? .distantPast
    }

    // MARK: Requests

    /// Notes that bytes have come; false when nobody will read them.
    func takes(_ bytes: Int) -> Bool {
        if phase == .idle, ahead.isEmpty { begin(.head) }
        if phase == .head { hold(held.count + bytes) }
        return phase != .closing
    }

    private func begin(_ next: Phase) {
        enter(next)
        requestStart = phaseStart
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch phase {
        case .closing: break
        case .idle, .head, .body:
            if ahead.isEmpty, ahead.fault == nil { take(part, context) } else { ahead.keep(part) }
        case .answering, .draining: ahead.keep(part)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .body, isBodyShared, let shared = body { own(shared, context) }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if ahead.isEmpty { context.read() } else { ahead.isReadHeld = true }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): take(head, context)
        case .body(let bytes): take(bytes, context)
        case .end: pass(context)
        }
    }

    private func take(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if phase == .idle { begin(.body) } else { enter(.body) }
        self.head = head
        hold(head.heldBytes)
        guard phase == .body else { return }
        isLast = RequestFraming.isLast(head)
        if let detail = RequestFraming.fault(in: head) { return refuse(.malformed(detail)) }
        if RequestFraming.isTooLarge(head) { return refuse(.tooLarge) }
        if RequestFraming.awaitsContinue(head) {
            let word = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(word)), promise: nil)
        }
    }

    private func take(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard phase == .body else { return }
        var bytes = bytes
        let length = (body?.readableBytes ?? 0) + bytes.readableBytes
        guard length <= Edge.bodyMax else { return refuse(.tooLarge) }
        guard let body else {
            self.body = bytes
            isBodyShared = true
            return holdRequest()
        }
        if isBodyShared { own(body, context) }
        self.body?.writeBuffer(&bytes)
        holdRequest()
    }

    /// Copies the body, so that the rest of the socket's buffer can go.
    private func own(_ shared: ByteBuffer, _ context: ChannelHandlerContext) {
        var copy = context.channel.allocator.buffer(capacity: shared.readableBytes)
        copy.writeImmutableBuffer(shared)
        body = copy
        isBodyShared = false
        holdRequest()
    }

    private func holdRequest() {
        let bodyBytes = (isBodyShared ? body?.readableBytes : body?.capacity) ?? 0
        hold((head?.heldBytes ?? 0) + bodyBytes)
    }

    private func hold(_ bytes: Int) {
        if phase != .closing, !held.set(bytes) { refuse(.tooManyHeldBytes) }
    }

    /// The request is complete: the handlers may have it.
    private func pass(_ context: ChannelHandlerContext) {
        guard phase == .body, let head else { return }
        door.figures.ask()
        enter(.answering)
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if let body { context.fireChannelRead(wrapInboundOut(.body(body))) }
        body = nil
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    // MARK: Answers

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        guard phase != .closing else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            hasAnswerBegun = true
            if isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .head: context.write(data, promise: promise)
        case .body(let bytes):
            answerBytes += bytes.readableBytes
            context.write(data, promise: promise)
            if !context.channel.isWritable, !heldAnswer.set(answerBytes) {
                refuse(.tooManyHeldBytes)
            }
        case .end: writeEnd(context, data, promise)
        }
    }

    private func writeEnd(
        _ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
    ) {
        held.release()
        head = nil
        hasAnswerBegun = false
        answerBytes = 0
        guard isLast else {
            context.write(data, promise: promise)
            if context.channel.isWritable { goOn(context) } else { enter(.draining) }
            return
        }
        enter(.draining)
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in
            self?.context?.close(promise: nil)
        }
        context.write(data, promise: written)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if phase == .draining, !isLast, context.channel.isWritable { goOn(context) }
        context.fireChannelWritabilityChanged()
    }

    /// The next request may begin.
    private func goOn(_ context: ChannelHandlerContext) {
        heldAnswer.release()
        enter(.idle)
        guard ahead.isWaiting else { return }
        context.eventLoop.assumeIsolated().execute { [weak self] in self?.takeAhead() }
    }

    private func takeAhead() {
        guard let context else { return }
        while phase == .idle || phase == .head || phase == .body, let part = ahead.next() {
            take(part, context)
        }
        channelReadComplete(context: context)
        guard ahead.isEmpty, phase != .closing else { return }
        if ahead.isReadHeld {
            ahead.isReadHeld = false
            context.read()
        }
        guard phase == .idle || phase == .head || phase == .body else { return }
        if let fault = ahead.fault { return refuse(fault) }
        if ahead.isInputEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
    }

    // MARK: Refusals

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else {
            // What comes after a parser's error is not of interest.
            if phase != .closing { context.fireErrorCaught(error) }
            return
        }
        let isOverflow =
            if case .some(.headerOverflow) = error as? HTTPParserError { true } else { false }
        let fault = isOverflow ? RequestFault.headTooLarge : .malformed("This is not HTTP/1.1.")
        if phase == .answering || phase == .draining || !ahead.isEmpty {
            ahead.end(with: fault)
        } else {
            refuse(fault)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case .some(.inputClosed) = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        if phase == .closing {
            context.close(promise: nil)
        } else if ahead.isEmpty {
            context.fireUserInboundEventTriggered(event)
        } else {
            ahead.isInputEnded = true
        }
    }

    private func refuse(_ fault: RequestFault) {
        guard let context, phase != .closing else { return }
        door.figures.count(fault.end)
        // A second answer to one request would be taken for the answer to the next one.
        let isAnswered = hasAnswerBegun || phase == .draining
        enter(.closing)
        release()
        guard !isAnswered else { return context.close(promise: nil) }
        let reply = fault.problem.reply(detail: fault.detail)
        let asked = head?.headers.first(name: "X-Request-Id")
        var headers = HTTPHeaders([
            ("Content-Type", Edge.problem), ("Content-Length", "\(reply.body.count)"),
            ("Connection", "close"), ("X-Request-Id", ids.id(asked: asked)),
        ])
        if reply.status == 503 { headers.add(name: "Retry-After", value: "1") }
        let answer = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.write(
            wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: reply.body)))), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.linger() }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
        // A caller that does not read its answer gets no more time than one that does.
        after(DoorLimits.lingerTime)
    }

    /// To close at once would throw away the answer of who is still sending.
    private func linger() { context?.close(mode: .output, promise: nil) }

    private func after(_ time: Duration) {
        context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            self?.context?.close(promise: nil)
        }
    }

    // MARK: Time

    private var deadline: NIODeadline {
        let limits = door.limits
        let whole = requestStart + TimeAmount(limits.requestTime)
        switch phase {
        case .idle: return phaseStart + TimeAmount(limits.idleTime)
        case .head: return min(whole, phaseStart + TimeAmount(limits.headTime))
        case .body: return min(whole, phaseStart + TimeAmount(limits.bodyTime))
        case .answering, .draining: return whole
        case .closing: return .distantFuture
        }
    }

    /// One task at a time looks at the clock: no later phase can end before it does, since it looks
    /// again after the shortest limit. A connection that has ended leaves it nothing to hold.
    private func watch(_ context: ChannelHandlerContext, until deadline: NIODeadline) {
        let loop = context.eventLoop
        let next = min(deadline, loop.now + TimeAmount(door.limits.shortest))
        loop.assumeIsolated().scheduleTask(deadline: next) { [weak self] in self?.look() }
    }

    private func look() {
        guard let context, phase != .closing else { return }
        let deadline = deadline
        guard context.eventLoop.now >= deadline else { return watch(context, until: deadline) }
        switch phase {
        case .idle:
            door.figures.count(.idle)
            context.close(promise: nil)
        case .head: refuse(.headTimeout)
        case .body: refuse(.bodyTimeout)
        case .answering, .draining: refuse(.answerTimeout)
        case .closing: break
        }
    }
}
