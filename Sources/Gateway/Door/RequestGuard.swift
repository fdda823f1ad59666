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

    /// Why a connection ends.
    private struct Fault {
        let problem: Problem
        var detail = ""
        let end: DoorFigures.End

        static let tooManyConnections = Fault(
            problem: GatewayProblem.tooManyConnections, end: .tooManyConnections)
        static let tooManyHeldBytes = Fault(
            problem: GatewayProblem.tooManyHeldBytes, end: .tooManyHeldBytes)
        static let tooLarge = Fault(problem: GatewayProblem.tooLarge, end: .tooLarge)
        static let headTooLarge = Fault(problem: GatewayProblem.headTooLarge, end: .tooLarge)
        static let headTimeout = Fault(problem: GatewayProblem.requestTimeout, end: .headTimeout)
        static let bodyTimeout = Fault(problem: GatewayProblem.requestTimeout, end: .bodyTimeout)
        static let answerTimeout = Fault(
            problem: GatewayProblem.answerTimeout, end: .answerTimeout)

        static func malformed(_ detail: String) -> Fault {
            Fault(problem: GatewayProblem.malformed, detail: detail, end: .malformed)
        }
    }

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

    let door: Door
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
    private var heldBytes = 0
    /// Nothing follows on this connection.
    private var isLast = false
    private var hasAnswerBegun = false

    /// What was sent ahead: parts of later requests, then perhaps what ended them.
    private var ahead = CircularBuffer<HTTPServerRequestPart>()
    private var aheadBytes = 0
    private var aheadFault: Fault?
    private var isInputEnded = false
    private var isReadWanted = false
    private var isCounted = false

    init(_ door: Door, _ ids: RequestIDs) {
        self.door = door
        self.ids = ids
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
        guard door.figures.open() <= door.limits.connectionsMax else {
            return refuse(.tooManyConnections)
        }
        watch(context, until: deadline)
    }

    private func end() {
        phase = .closing
        release()
        releaseAhead()
        ahead.removeAll()
        if isCounted { door.figures.close() }
        isCounted = false
    }

    private func enter(_ next: Phase) {
        phase = next
        phaseStart = context?.eventLoop.now ?? .distantPast
    }

    // MARK: Requests

    /// Notes that bytes have come; false when nobody will read them.
    func takes(_ bytes: Int) -> Bool {
        if phase == .idle { begin(.head) }
        if phase == .head { hold(bytes) }
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
            if ahead.isEmpty, aheadFault == nil { take(part, context) } else { keep(part) }
        case .answering, .draining: keep(part)
        }
    }

    /// For later. Nothing is kept behind a fault.
    private func keep(_ part: HTTPServerRequestPart) {
        guard aheadFault == nil else { return }
        if case .body(let bytes) = part {
            let max = door.limits.heldBytesMax(with: aheadBytes + bytes.readableBytes)
            guard door.figures.hold(bytes.readableBytes, max: max) else {
                aheadFault = .tooManyHeldBytes
                return
            }
            aheadBytes += bytes.readableBytes
        }
        ahead.append(part)
    }

    private func releaseAhead() {
        door.figures.release(aheadBytes)
        aheadBytes = 0
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if phase == .body, isBodyShared, let shared = body { own(shared, context) }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        if ahead.isEmpty { context.read() } else { isReadWanted = true }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): take(head, context)
        case .body(let bytes): take(bytes, context)
        case .end: pass(context)
        }
    }

    private func take(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        release()
        if phase == .idle { begin(.body) } else { enter(.body) }
        self.head = head
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
            return hold(bytes.readableBytes)
        }
        if isBodyShared { own(body, context) }
        self.body?.writeBuffer(&bytes)
        hold((self.body?.capacity ?? 0) - heldBytes)
    }

    /// Copies the body, so that the rest of the socket's buffer can go.
    private func own(_ shared: ByteBuffer, _ context: ChannelHandlerContext) {
        var copy = context.channel.allocator.buffer(capacity: shared.readableBytes)
        copy.writeImmutableBuffer(shared)
        body = copy
        isBodyShared = false
        hold(copy.capacity - heldBytes)
    }

    private func hold(_ bytes: Int) {
        guard bytes > 0, phase != .closing else { return }
        let max = door.limits.heldBytesMax(with: heldBytes + bytes)
        if door.figures.hold(bytes, max: max) {
            heldBytes += bytes
        } else {
            refuse(.tooManyHeldBytes)
        }
    }

    private func release() {
        door.figures.release(heldBytes)
        heldBytes = 0
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
        case .head, .body: context.write(data, promise: promise)
        case .end: writeEnd(context, data, promise)
        }
    }

    private func writeEnd(
        _ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?
    ) {
        release()
        head = nil
        hasAnswerBegun = false
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
        enter(.idle)
        guard !ahead.isEmpty || aheadFault != nil || isInputEnded else { return }
        context.eventLoop.assumeIsolated().execute { [weak self] in self?.takeAhead() }
    }

    private func takeAhead() {
        guard let context else { return }
        releaseAhead()
        while let part = ahead.first, phase == .idle || phase == .body {
            ahead.removeFirst()
            take(part, context)
        }
        context.fireChannelReadComplete()
        guard ahead.isEmpty, phase == .idle || phase == .head || phase == .body else { return }
        if let aheadFault { return refuse(aheadFault) }
        if isInputEnded { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
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
        let fault = isOverflow ? Fault.headTooLarge : .malformed("This is not HTTP/1.1.")
        if phase == .answering || phase == .draining || !ahead.isEmpty {
            aheadFault = aheadFault ?? fault
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
            isInputEnded = true
        }
    }

    private func refuse(_ fault: Fault) {
        guard let context, phase != .closing else { return }
        door.figures.count(fault.end)
        enter(.closing)
        release()
        releaseAhead()
        body = nil
        ahead.removeAll()
        guard !hasAnswerBegun else { return context.close(promise: nil) }
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
