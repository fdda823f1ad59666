// SPDX-License-Identifier: Apache-2.0
/// What makes a batch of mails durable with one flush: a write-ahead log of their texts, which goes
/// once the file system is known to hold the mails themselves.

import Foundation
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Batches are appended to segments, the files of `spool`. A checkpoint ends the segment that is
/// being written, syncs the file system and removes the ended ones. It runs every few seconds on a
/// thread of its own, so that a slow disk delays it and not a batch; only when the segments have
/// grown past their bound does a batch wait for one.
///
/// Segments of an earlier life are left by a crash. Before they go, their mails are looked for: one
/// that is in neither `new` nor `cur`, or not whole, is delivered again. A mail that its reader had
/// removed (not moved to `cur`) between the last checkpoint and the crash comes twice.
final class MailSpool: Sendable {
    private let spool: Int32
    private let folder: MailFolder
    private let disk: any MailDisk
    private let limits: MailSpoolLimits
    private let state: Mutex<State>
    /// Held during a checkpoint: the segments whose mails are in doubt.
    private let doubts: Mutex<[UInt64: Doubt]>

    private struct State {
        var growing: Segment?
        /// Oldest first, and what they hold; none of their batches is under way.
        var ended: [(number: UInt64, bytes: Int)] = []
        var next: UInt64

        var bytes: Int { ended.reduce(growing?.size ?? 0) { $0 + $1.bytes } }
    }

    private struct Segment {
        let number: UInt64
        let file: Int32
        var size = 0
        var reserved = 0
    }

    /// No segment of ours is as long.
    private static let readBytesMax = 256 << 20

    private enum Doubt {
        /// A crash came between: mails may be missing, empty or cut off.
        case crash
        /// A sync failed, and the kernel takes for written what may not be: write it again.
        case failedSync
    }

    init(
        root: String, folder: MailFolder, disk: any MailDisk, limits: MailSpoolLimits
    ) throws(MaildirFailure) {
        spool = try MailFolder.make("\(root)/spool")
        self.folder = folder
        self.disk = disk
        self.limits = limits
        let left = FolderEntries.names(in: spool)
            .compactMap { name in UInt64(name).flatMap { "\($0)" == name ? $0 : nil } }.sorted()
        state = Mutex(
            State(ended: left.map { ($0, 0) }, next: (left.last ?? 0) &+ 1))
        doubts = Mutex(Dictionary(uniqueKeysWithValues: left.map { ($0, .crash) }))
    }

    deinit {
        if let growing = state.withLock({ $0.growing }) { close(growing.file) }
        close(spool)
    }

    // MARK: Appending

    /// Makes `batch` durable, then calls `deliver`, which puts its mails in place. False: it is not
    /// durable, and nothing was delivered.
    ///
    /// One batch at a time, from its first byte to its last mail: a segment that has ended has all
    /// its mails in place. Several would only wait for the folder's lock in the kernel.
    func keep(_ batch: MailBatch, deliver: () -> Void) -> Bool {
        if state.withLock({ $0.bytes }) >= limits.bytesMax {
            // A segment that has to be kept does not stand in the way while there is room.
            _ = checkpoint()
            guard state.withLock({ $0.bytes }) < limits.bytesMax else { return false }
        }
        return state.withLock { state in
            guard append(batch, &state) else { return false }
            deliver()
            return true
        }
    }

    private func append(_ batch: MailBatch, _ state: inout State) -> Bool {
        guard var segment = state.growing ?? begin(&state.next) else { return false }
        state.growing = nil
        defer { if state.growing == nil { end(segment, &state) } }
        let frame = batch.frame(in: segment.number)
        reserve(frame.count, in: &segment)
        let isWritten = frame.withUnsafeBytes {
            disk.writeAll($0, to: segment.file, at: segment.size)
        }
        guard isWritten else {
            // Nothing half-written stays; where it can't be cut off, nothing follows it.
            if ftruncate(segment.file, off_t(segment.size)) == 0 {
                segment.reserved = segment.size
                if segment.size > 0 { state.growing = segment }
            }
            return false
        }
        // After a failed flush nobody knows what the medium holds: nothing more goes there.
        guard disk.flush(segment.file) else {
            ftruncate(segment.file, off_t(segment.size))
            return false
        }
        segment.size += frame.count
        if segment.size < limits.segmentBytesMax { state.growing = segment }
        return true
    }

    private func begin(_ next: inout UInt64) -> Segment? {
        let number = next
        next &+= 1
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let file = openat(spool, "\(number)", flags, 0o600)
        guard file >= 0 else { return nil }
        guard disk.flush(folder: spool) else {
            close(file)
            unlinkat(spool, "\(number)", 0)
            return nil
        }
        return Segment(number: number, file: file)
    }

    private func end(_ segment: Segment, _ state: inout State) {
        close(segment.file)
        if segment.size > 0 {
            state.ended.append((segment.number, segment.size))
        } else {
            unlinkat(spool, "\(segment.number)", 0)
        }
    }

    /// Takes room for some batches ahead: a flush that need not commit the file system's journal
    /// takes half as long. Where there is none, the write says so.
    private func reserve(_ count: Int, in segment: inout Segment) {
        #if !canImport(Darwin)
            let step = 256 << 10
            guard segment.size + count > segment.reserved else { return }
            let needed = (segment.size + count + step - 1) / step * step
            let more = off_t(needed - segment.reserved)
            if posix_fallocate(segment.file, off_t(segment.reserved), more) == 0 {
                segment.reserved = needed
            }
        #endif
    }

    // MARK: Checkpoints

    /// Checkpoints at once, after each `pause`, and once more when that throws: a clean stop leaves
    /// no segments. The last one takes as long as the file system takes for a sync.
    func run(pause: () async throws -> Void) async {
        var isRunning = true
        while isRunning {
            await checkpointOnThread()
            isRunning = (try? await pause()) != nil && !Task.isCancelled
        }
        await checkpointOnThread()
    }

    private func checkpointOnThread() async {
        let isEmpty = state.withLock { $0.growing == nil && $0.ended.isEmpty }
        guard !isEmpty else { return }
        await withCheckedContinuation { continuation in
            let thread = Thread { [self] in
                _ = checkpoint()
                continuation.resume()
            }
            thread.name = "mail spool"
            thread.start()
        }
    }

    /// False when segments had to be kept.
    func checkpoint() -> Bool {
        doubts.withLock { doubts in
            let ended = state.withLock { state in
                if let segment = state.growing { end(segment, &state) }
                state.growing = nil
                return state.ended.map(\.number)
            }
            let settled = ended.filter { number in
                doubts[number].map { settle(number, $0) } ?? true
            }
            guard !settled.isEmpty else { return ended.isEmpty }
            guard folder.sync() else {
                for number in settled where doubts[number] == nil { doubts[number] = .failedSync }
                return false
            }
            for number in settled {
                unlinkat(spool, "\(number)", 0)
                doubts[number] = nil
            }
            state.withLock { state in
                let gone = Set(settled)
                state.ended.removeAll { gone.contains($0.number) }
            }
            return settled.count == ended.count
        }
    }

    /// Delivers again what a segment holds and the maildir may not. False when it could not.
    private func settle(_ number: UInt64, _ doubt: Doubt) -> Bool {
        guard
            let bytes = FolderEntries.contents(
                of: "\(number)", in: spool, bytesMax: Self.readBytesMax)
        else { return false }
        var mails: [String: ArraySlice<UInt8>] = [:]
        for batch in MailBatch.all(in: number, bytes) {
            for entry in batch.entries where Maildir.isValid(id: entry.id) {
                mails[entry.id] = batch.text(of: entry)
            }
        }
        let doubtful: [String: ArraySlice<UInt8>]
        switch doubt {
        case .crash:
            doubtful = mails.filter { !folder.hasUnread($0.value, of: $0.key) }
        case .failedSync:
            doubtful = mails.filter { folder.hasUnread($0.key) }
        }
        guard !doubtful.isEmpty else { return true }
        // Read after `new`: a mail that is moved meanwhile is seen in one of them.
        let read = doubt == .crash ? folder.read() : [:]
        return doubtful.allSatisfy { id, text in
            read[id] == text.count || folder.deliver(text, as: id)
        }
    }
}

/// How far a spool may grow.
package struct MailSpoolLimits: Sendable {
    /// A segment that holds as much is ended.
    package var segmentBytesMax = 4 << 20
    /// When all segments hold as much, a batch waits for a checkpoint.
    package var bytesMax = 64 << 20

    package init() {}
}
