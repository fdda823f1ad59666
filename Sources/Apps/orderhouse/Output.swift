// SPDX-License-Identifier: Apache-2.0
/// What the program prints. Foundation's `FileHandle.write` ends the process by a trap when the
/// disk that it writes to is full, without a message and with the exit code of a crash.

import ArgumentParser
import Foundation

enum Output {
    /// All of `bytes`; false when some of them could not be written.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var rest = UnsafeRawBufferPointer(rebasing: buffer[...])
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                } else if count == 0 || errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    /// A line for people and supervisors; if it can't be written, the program goes on.
    static func say(_ line: String) { write(Array("\(line)\n".utf8), to: STDOUT_FILENO) }

    /// Why the program ends, in a sentence.
    static func complain(_ failure: any Error) {
        write(Array("orderhouse: \(failure)\n".utf8), to: STDERR_FILENO)
    }
}

/// Writes bytes and a line end to standard output; a failed write ends the program, since half of
/// an answer would mislead.
func put(_ bytes: [UInt8]) {
    guard !Output.write(bytes + [UInt8(ascii: "\n")], to: STDOUT_FILENO) else { return }
    Output.write(Array("orderhouse: The output can't be written.\n".utf8), to: STDERR_FILENO)
    exit(ExitCode.failed.rawValue)
}
