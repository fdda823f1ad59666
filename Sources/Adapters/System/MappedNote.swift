// SPDX-License-Identifier: Apache-2.0
/// Says which input runs right now, in a mapped page that the kernel keeps when the process traps
/// or is killed. Written to memory only: it tells of the process's death, not of the machine's.

package import Ports
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One page: a mark that the file is a note, whether an input runs, and its two halves.
///
/// A note found at opening stays until `begin` or `end`: whoever counts `left` ends it then, so
/// that a death in between counts the same input again instead of forgetting it.
package final class MappedNote: PoisonNote {
    package let left: InputID?
    // SAFETY: a page that is mapped from `init` to `deinit`; zero bytes are valid atomics.
    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    private static let size = 4_096
    private static let mark: UInt64 = 0x4f48_2d6e_6f74_6531  // OH-note1

    private enum Word {
        static let mark = 0
        static let isRunning = 1
        static let high = 2
        static let low = 3
    }

    package init(path: String) throws(MappedNoteFailure) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unavailable }
        defer { close(descriptor) }
        guard Self.isNote(descriptor) else { throw .notANote }
        // Blocks are taken now: a write to a hole of a full disk would be a fatal signal.
        guard Self.reserve(descriptor),
            let page = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            page != MAP_FAILED
        else { throw .unavailable }
        let words = page.bindMemory(to: Atomic<UInt64>.self, capacity: 4)
        words[Word.mark].store(Self.mark, ordering: .relaxed)
        let isRunning = words[Word.isRunning].load(ordering: .acquiring) != 0
        let found = InputID(
            high: words[Word.high].load(ordering: .relaxed),
            low: words[Word.low].load(ordering: .relaxed))
        left = isRunning ? found : nil
        self.words = words
    }

    deinit { munmap(UnsafeMutableRawPointer(words), Self.size) }

    /// The order of the four stores is the order in which a death can cut them off.
    package func begin(_ input: InputID) {
        words[Word.isRunning].store(0, ordering: .releasing)
        words[Word.high].store(input.high, ordering: .releasing)
        words[Word.low].store(input.low, ordering: .releasing)
        words[Word.isRunning].store(1, ordering: .releasing)
    }

    package func end() {
        words[Word.isRunning].store(0, ordering: .releasing)
    }

    /// True for a new file, too, and for one whose founder died before it wrote anything.
    private static func isNote(_ descriptor: Int32) -> Bool {
        var found: UInt64 = 0
        let count = pread(descriptor, &found, MemoryLayout<UInt64>.size, 0)
        return count == 0 || count == MemoryLayout<UInt64>.size && (found == mark || found == 0)
    }

    private static func reserve(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
            return ftruncate(descriptor, off_t(size)) == 0
        #else
            return posix_fallocate(descriptor, 0, off_t(size)) == 0
                && ftruncate(descriptor, off_t(size)) == 0
        #endif
    }
}

package enum MappedNoteFailure: Error, Equatable, Sendable {
    /// The file can't be opened, sized or mapped.
    case unavailable
    /// The file holds something else; it was left alone.
    case notANote
}

extension MappedNoteFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable:
            "the note of what runs can't be opened, sized or mapped; is the disk full?"
        case .notANote: "the file of the note of what runs holds something else"
        }
    }
}
