// SPDX-License-Identifier: Apache-2.0
/// Collects the mails of a benchmark while they come, as their reader would: a heap of a million
/// files would measure the memory of the machine.

import Foundation
import Synchronization

/// Empties `folder/new` of a maildir again and again, and counts.
final class Postman: Sendable {
    private let folder: String
    private let count = Atomic(0)
    private let isStopping = Atomic(false)

    init(maildir: String) { folder = "\(maildir)/new" }

    /// Mails collected so far.
    var collected: Int { count.load(ordering: .relaxed) }

    func stop() { isStopping.store(true, ordering: .relaxed) }

    /// Returns after `stop`, when the folder is empty.
    func run() async {
        while !isStopping.load(ordering: .relaxed) {
            collect()
            try? await Task.sleep(for: .milliseconds(20))
        }
        collect()
    }

    private func collect() {
        guard let stream = opendir(folder) else { return }
        defer { closedir(stream) }
        var taken = 0
        while let entry = readdir(stream) {
            let isTaken = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    name[0] != CChar(UInt8(ascii: ".")) && unlinkat(dirfd(stream), name, 0) == 0
                }
            }
            if isTaken { taken += 1 }
        }
        count.add(taken, ordering: .relaxed)
    }
}
