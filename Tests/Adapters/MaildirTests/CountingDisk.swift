// SPDX-License-Identifier: Apache-2.0
/// A disk that counts what it is asked for, and fails where a test says so.

import Foundation
import MaildirAdapter
import Synchronization

final class CountingDisk: MailDisk {
    struct Calls: Equatable {
        var flushes = 0
        var folderFlushes = 0
        var syncs = 0
    }

    enum Fault: Equatable {
        /// So many more bytes have room.
        case full(after: Int)
        case flush
        case folderFlush
        case sync
    }

    private struct State {
        var calls = Calls()
        var fault: Fault?
    }

    private let state = Mutex(State())
    private let system = SystemMailDisk()

    /// What was asked for since the last look.
    func takeCalls() -> Calls {
        state.withLock { state in
            defer { state.calls = Calls() }
            return state.calls
        }
    }

    /// From now on; nil ends it.
    func fail(_ fault: Fault?) { state.withLock { $0.fault = fault } }

    func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int) -> Int {
        let room = state.withLock { state in
            guard case .full(let room) = state.fault else { return bytes.count }
            state.fault = .full(after: max(0, room - bytes.count))
            return min(room, bytes.count)
        }
        guard room > 0 else {
            errno = ENOSPC
            return -1
        }
        return system.write(.init(rebasing: bytes[..<room]), to: file, at: offset)
    }

    func flush(_ file: Int32) -> Bool {
        note(.flush) { $0.flushes += 1 } && system.flush(file)
    }

    func flush(folder: Int32) -> Bool {
        note(.folderFlush) { $0.folderFlushes += 1 } && system.flush(folder: folder)
    }

    func sync(_ folders: [Int32]) -> Bool {
        note(.sync) { $0.syncs += 1 } && system.sync(folders)
    }

    private func note(_ fault: Fault, _ count: (inout Calls) -> Void) -> Bool {
        state.withLock { state in
            count(&state.calls)
            return state.fault != fault
        }
    }
}
