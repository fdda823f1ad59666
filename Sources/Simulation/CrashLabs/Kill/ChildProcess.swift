// SPDX-License-Identifier: Apache-2.0
/// A program started by a test or the lab. Its output goes to files: no pipe fills up, and what a
/// killed process said last is still there.

import Foundation
import Synchronization
package import TemporaryFolders

/// How a process ended.
package enum ProcessEnd: Sendable, Equatable {
    case exited(Int32)
    case signaled(Int32)

    /// What `waitpid` tells.
    fileprivate init(status: Int32) {
        let signal = status & 0x7f
        self = signal == 0 ? .exited(status >> 8 & 0xff) : .signaled(signal)
    }
}

package enum ProcessFailure: Error, Sendable, Equatable {
    /// The error number of `posix_spawn`.
    case notStarted(Int32)
    /// It was still running after the time it had, and was killed.
    case overdue(tail: String)
    /// It ended instead of doing what was waited for.
    case ended(ProcessEnd, tail: String)
}

/// Killed and reaped when nobody holds it any more.
package final class ChildProcess: Sendable {
    package let pid: Int32
    package let outputPath: String
    package let errorPath: String
    private let pidPath: String
    /// Nil while it runs. Signals are sent under this lock: never to a number that is free again.
    private let end = Mutex<ProcessEnd?>(nil)

    package init(_ program: String, _ arguments: [String], in folder: TestFolder) throws {
        let number = folder.nextNumber()
        outputPath = folder.path("\(number).out")
        errorPath = folder.path("\(number).err")
        pidPath = folder.path("\(number).pid")
        pid = try Self.spawn(program, arguments, output: outputPath, error: errorPath)
        try folder.write("\(pid)\n", to: "\(number).pid")
    }

    deinit {
        end.withLock { end in
            guard end == nil else { return }
            kill(pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
        unlink(pidPath)
    }

    package var output: String { read(outputPath, last: .max) }

    /// The last few lines of what it said on standard error.
    package var errorTail: String { read(errorPath, last: 8_192) }

    /// Nil while it runs.
    package func poll() -> ProcessEnd? {
        let (ended, isNews) = end.withLock { end in
            if let end { return (ProcessEnd?.some(end), false) }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return (nil, false) }
            end = ProcessEnd(status: status)
            return (end, true)
        }
        if isNews { unlink(pidPath) }
        return ended
    }

    /// Does nothing once it has ended.
    package func signal(_ signal: Int32) {
        end.withLock { end in
            if end == nil { kill(pid, signal) }
        }
    }

    /// Waits for the end. A process that takes longer than `patience` is killed.
    package func wait(_ patience: Duration) async throws -> ProcessEnd {
        let clock = ContinuousClock()
        let deadline = clock.now + patience
        while true {
            if let end = poll() { return end }
            guard clock.now < deadline else { break }
            try await Task.sleep(for: .milliseconds(2))
        }
        signal(SIGKILL)
        while poll() == nil { try await Task.sleep(for: .milliseconds(1)) }
        throw ProcessFailure.overdue(tail: errorTail)
    }

    private func read(_ path: String, last: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > last ? size - last : 0)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }

    private static func spawn(
        _ program: String, _ arguments: [String], output: String, error: String
    ) throws -> Int32 {
        var actions = SpawnActions.make()
        defer { posix_spawn_file_actions_destroy(&actions) }
        let write = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, write, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, error, write, 0o600)
        var attributes = SpawnActions.defaultSignals()
        defer { posix_spawnattr_destroy(&attributes) }
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, program, &actions, &attributes, &words, environ)
        guard failure == 0 else { throw ProcessFailure.notStarted(failure) }
        return pid
    }
}
