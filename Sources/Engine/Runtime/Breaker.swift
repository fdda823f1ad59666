// SPDX-License-Identifier: Apache-2.0
/// Holds back calls to an outside service that is down. A value: the caller passes the current
/// time, so that the simulator uses the same one.

public import Kernel

/// A circuit breaker for one operation of one outside service. It judges the state of the outside
/// and not of single calls: it opens when nearly all calls of the latest seconds failed, over some
/// time, and probes whether the outside is back.
///
/// Some keys that fail beside others that succeed never open it: their own backoff slows them. When
/// nobody else calls they may; so even an open breaker lets one first attempt at a time through,
/// and a key that has not failed yet is never held up by those that have.
public struct Breaker: Sendable, Equatable {
    public struct Settings: Sendable, Equatable {
        /// The seconds that are looked at together.
        public var windowSeconds = 10
        /// The fewest calls that say anything.
        public var callsMin = 20
        /// Opens at this share of failures, in per cent,
        public var failuresPercent = 80
        /// but only when failures have come for so long without a success.
        public var patience = Span.seconds(2)
        public var pause = Span.seconds(2)
        public var probes = 5

        public init() {}
    }

    public enum Phase: Sendable, Equatable {
        case closed
        case open(until: Timestamp)
        /// Probes are out, or may go out.
        case halfOpen(failed: Int)

        public var name: String {
            switch self {
            case .closed: "closed"
            case .open: "open"
            case .halfOpen: "half-open"
            }
        }
    }

    public private(set) var phase = Phase.closed
    /// How often it opened: a call that began before the latest opening is no probe.
    public private(set) var openings = 0
    public let settings: Settings
    private var window: [Second] = []
    /// When the first failure came after the latest success.
    private var failingSince: Timestamp?

    private struct Second: Sendable, Equatable {
        let number: Int64
        var calls = 0
        var failures = 0
    }

    public init(_ settings: Settings = Settings()) { self.settings = settings }

    /// True when a pause was over: from now on it is half-open.
    public mutating func advance(to now: Timestamp) -> Bool {
        guard case .open(let until) = phase, now >= until else { return false }
        phase = .halfOpen(failed: 0)
        return true
    }

    /// How many calls that begin from now on may be under way of at most `slots`.
    public func limit(of slots: Int) -> Int {
        switch phase {
        case .closed: slots
        case .open: min(slots, 1)
        case .halfOpen(let failed): max(0, min(slots, settings.probes) - failed)
        }
    }

    /// False while only first attempts may be made.
    public var takesRetries: Bool {
        if case .open = phase { false } else { true }
    }

    /// Calls have ended. A success counts whenever its call began; the caller leaves out failures
    /// of calls that began before the latest opening.
    public mutating func note(succeeded: Int, failed: Int, at now: Timestamp) {
        if succeeded > 0 { failingSince = nil }
        switch phase {
        case .open:
            if succeeded > 0 { close() }
        case .halfOpen(let before):
            if succeeded > 0 {
                close()
            } else if before + failed >= settings.probes {
                open(now)
            } else {
                phase = .halfOpen(failed: before + failed)
            }
        case .closed:
            count(succeeded, failed, now)
            if failed > 0 && succeeded == 0 { failingSince = failingSince ?? now }
            if isFailing(now) { open(now) }
        }
    }

    private mutating func count(_ succeeded: Int, _ failed: Int, _ now: Timestamp) {
        let second = now.milliseconds / 1_000
        let first = second - Int64(settings.windowSeconds)
        window.removeAll { $0.number <= first || $0.number > second }
        if window.last?.number != second { window.append(Second(number: second)) }
        window[window.count - 1].calls += succeeded + failed
        window[window.count - 1].failures += failed
    }

    private func isFailing(_ now: Timestamp) -> Bool {
        guard let failingSince, now.since(failingSince) >= settings.patience else { return false }
        let calls = window.reduce(0) { $0 + $1.calls }
        let failures = window.reduce(0) { $0 + $1.failures }
        return calls >= settings.callsMin
            && failures * 100 >= calls * settings.failuresPercent
    }

    private mutating func open(_ now: Timestamp) {
        phase = .open(until: now.advanced(by: settings.pause))
        openings += 1
        window.removeAll()
        failingSince = nil
    }

    private mutating func close() {
        phase = .closed
        window.removeAll()
        failingSince = nil
    }
}
