// SPDX-License-Identifier: Apache-2.0
/// Reads logs for projections: each frame is fetched and decoded once for all that follow it at the
/// same pace.

import Kernel
import NodeEngine
import Ports

/// A frame with those of its facts that somebody follows.
final class FactFrame {
    let frame: Frame
    let facts: [FrameFact]

    init(_ frame: Frame, _ facts: [FrameFact]) {
        self.frame = frame
        self.facts = facts
    }

    var cursor: ViewCursor {
        ViewCursor(
            log: frame.log, position: frame.last, epoch: frame.epoch, chain: frame.chain)
    }
}

/// A fact, or why it can't be read.
struct FrameFact {
    let code: UInt8
    let position: Int64
    let content: Result<Envelope, WireError>
}

/// The parts of some logs that are in memory. Belongs to the projector's thread.
final class LogWindows {
    private let source: any ProjectionSource
    private let codecs: [LogName: LogCodec]
    /// By log and code: true for what is decoded.
    private let isFollowed: [LogName: [Bool]]
    private let fetchMax: Int
    private var windows: [LogName: Window] = [:]
    /// The last positions of the logs, as they were before this round reads them.
    private var heads: [LogName: Int64] = [:]

    private struct Window {
        var frames: [FactFrame] = []
        /// By the position before it.
        var places: [Int64: Int] = [:]
        /// No more was found after this position in this round.
        var end: Int64?
        /// Why not, when the log has more.
        var failure: StoreFailure?
    }

    init(
        _ projections: [any Projection], source: any ProjectionSource,
        codecs: [LogName: LogCodec], fetchMax: Int
    ) {
        self.source = source
        self.codecs = codecs
        self.fetchMax = fetchMax
        var isFollowed: [LogName: [Bool]] = [:]
        for (log, codec) in codecs {
            let followed = projections.compactMap { $0.facts(of: log) }
            isFollowed[log] = (0..<256).map { code in
                !codec.knows(code: UInt8(code)) || followed.contains { $0.isFollowed[code] }
            }
        }
        self.isFollowed = isFollowed
    }

    /// What was the end of a log may not be it any more; the frames before it are done with.
    /// `heads`: what was last known of the ends of the logs.
    func beginRound(_ heads: [LogName: Int64]) {
        windows = windows.filter { $0.value.end == nil }
        self.heads = heads
    }

    /// What was read of `log` is of another history.
    func forget(_ log: LogName) { windows[log] = nil }

    /// The frame that holds the position after `position`; nil at the end of the log as this round
    /// sees it. Fails when the log has more, but not the next position, or can't be read there.
    func next(of log: LogName, after position: Int64) throws(StoreFailure) -> FactFrame? {
        if let frame = known(log, position) { return frame }
        if let window = windows[log], window.end == position {
            if let failure = window.failure { throw failure }
            return nil
        }
        do throws(StoreFailure) {
            let frames = try source.frames(of: log, after: position, limit: fetchMax)
            if let first = frames.first, first.first <= position + 1 {
                return try take(frames, of: log, after: position)
            }
            // A position that is missing is waited for: what comes after it is not taken first.
            guard frames.isEmpty, try isEnd(position, of: log) else { throw .corrupt }
            end(log, at: position, because: nil)
            return nil
        } catch {
            end(log, at: position, because: error)
            throw error
        }
    }

    private func end(_ log: LogName, at position: Int64, because failure: StoreFailure?) {
        windows[log, default: Window()].end = position
        windows[log]?.failure = failure
    }

    /// Heads that were read before may be of a log that was cut off since.
    private func isEnd(_ position: Int64, of log: LogName) throws(StoreFailure) -> Bool {
        if heads[log] ?? 0 > position { heads = try source.heads() }
        return heads[log] ?? 0 <= position
    }

    /// Decodes `frames`, as far as that can be done.
    private func take(
        _ frames: [Frame], of log: LogName, after position: Int64
    ) throws(StoreFailure) -> FactFrame? {
        var window = Window()
        for frame in frames {
            let decoded: FactFrame
            do throws(StoreFailure) {
                decoded = try decode(frame)
            } catch {
                // The next read begins with it.
                if window.frames.isEmpty { throw error }
                break
            }
            window.places[window.frames.isEmpty ? position : frame.first - 1] = window.frames.count
            window.frames.append(decoded)
        }
        windows[log] = window
        return window.frames.first
    }

    private func known(_ log: LogName, _ position: Int64) -> FactFrame? {
        guard let index = windows[log], let place = index.places[position] else { return nil }
        return index.frames[place]
    }

    private func decode(_ frame: Frame) throws(StoreFailure) -> FactFrame {
        guard let codec = codecs[frame.log], let isFollowed = isFollowed[frame.log] else {
            return FactFrame(frame, [])
        }
        let records: [Record]
        do throws(WireError) {
            records = try frame.records(of: { isFollowed[Int($0)] }, in: { _ in true })
        } catch {
            throw .corrupt
        }
        var facts: [FrameFact] = []
        facts.reserveCapacity(records.count)
        for record in records {
            let content: Result<Envelope, WireError>
            do throws(WireError) {
                content = .success(Envelope(try codec.fact(of: record), in: record))
            } catch {
                content = .failure(error)
            }
            facts.append(FrameFact(code: record.code, position: record.position, content: content))
        }
        return FactFrame(frame, facts)
    }

    /// True when the log still holds, at its place, the frame that ends at the cursor.
    func holds(_ cursor: ViewCursor) throws(StoreFailure) -> Bool {
        guard cursor.position > 0 else { return true }
        let frames = try source.frames(of: cursor.log, after: cursor.position - 1, limit: 1)
        guard let frame = frames.first else { return false }
        return frame.last == cursor.position && frame.epoch == cursor.epoch
            && frame.chain == cursor.chain
    }
}
