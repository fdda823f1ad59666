// SPDX-License-Identifier: Apache-2.0
/// A mailer that delivers into a maildir, one file a mail, for tests, development and
/// demonstration: any mail reader can open it.

import Kernel
package import Ports
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

package enum MaildirFailure: Error, Equatable, Sendable {
    /// The folders can't be made or opened.
    case unavailable
    /// `from` is no address.
    case badAddress
}

/// Writes each mail to `<root>/tmp` and renames it into `<root>/new`, so that a reader never sees
/// half of one; what a crash leaves in `tmp` any maildir reader removes after 36 hours. The name
/// holds the mail's id and nothing else: sending a mail again replaces it, as long as no reader has
/// moved it to `cur`.
///
/// A mail costs what its file system takes for making and renaming a file: 18 to 28 µs of CPU on
/// tmpfs and 45 to 50 µs on ext4, where a C program needs the same; the text itself takes 3 µs.
/// It is ten times as much where thousands of files in the same part of an ext4 disk were removed
/// in the last minutes: ext4 looks at each of their inodes before it takes another one.
///
/// A durable batch costs one flush, that of its frame in `<root>/spool` (`MailSpool`); the mails
/// themselves are not flushed. In batches of 1, 16 and 128, compared in C on an ext4 disk that
/// others used, too: each mail flushed alone takes 2.3, 6 and 12 times as long, eight flushes at a
/// time 3, 1 and 2.5 times, one `syncfs` a batch the same; but a `syncfs` also waits for what
/// others have left unwritten: beside one that wrote 500 MB it took up to 5 times as long.
package final class Maildir: Mailer {
    private let clock: any Clock
    private let from: String
    private let folder: MailFolder
    private let spool: MailSpool
    private let isDurable: Bool

    private static let idBytesMax = 128
    /// A batch with more bytes is sent in parts.
    private static let batchBytesMax = 1 << 20

    /// Makes the folders that are missing. When `isDurable`, a mail that was answered `sent`
    /// survives a loss of power.
    package init(
        root: String, clock: any Clock, from: String = "shop@orderhouse.example",
        isDurable: Bool = true, disk: any MailDisk = SystemMailDisk(),
        limits: MailSpoolLimits = MailSpoolLimits()
    ) throws(MaildirFailure) {
        guard MailAddress.isValid(from) else { throw .badAddress }
        guard mkdir(root, 0o700) == 0 || errno == EEXIST else { throw .unavailable }
        folder = try MailFolder(root: root, disk: disk)
        spool = try MailSpool(root: root, folder: folder, disk: disk, limits: limits)
        self.clock = clock
        self.from = from
        self.isDurable = isDurable
        if isDurable { try Self.flush(root, disk) }
    }

    /// The names of the folders, and that of `root` where we may read the folder that holds it.
    private static func flush(_ root: String, _ disk: any MailDisk) throws(MaildirFailure) {
        for path in [root, "\(root)/.."] {
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard folder >= 0 else { continue }
            defer { close(folder) }
            guard disk.flush(folder: folder) else { throw .unavailable }
        }
    }

    /// Removes what has served its purpose from the spool for the life of the process, and delivers
    /// again what a loss of power took from an earlier one. `pause` waits between two rounds, some
    /// seconds, and throws to end. While this does not run, batches are as durable, and the spool
    /// grows to its bound.
    package func run(pause: () async throws -> Void) async { await spool.run(pause: pause) }

    package func send(_ mails: [Mail], _ answers: @escaping Answers<MailAnswer>) async {
        guard !mails.isEmpty else { return }
        let date = clock.now().mailDate
        var results: [(Int, MailAnswer)] = []
        results.reserveCapacity(mails.count)
        var batch = MailBatch()
        var places: [Int] = []
        for (index, mail) in mails.enumerated() {
            guard !Task.isCancelled else { break }
            if let code = Self.refusal(of: mail) {
                results.append((index, .refused(code: code)))
                continue
            }
            batch.append(MailText(mail, from: from, date: date).bytes, of: mail.id)
            places.append(index)
            guard batch.bytes.count >= Self.batchBytesMax else { continue }
            results += zip(places, deliver(batch))
            batch = MailBatch()
            places = []
        }
        results += zip(places, deliver(batch))
        answers(results)
    }

    private static func refusal(of mail: Mail) -> String? {
        guard MailAddress.isValid(mail.recipient) else { return "bad-address" }
        return isValid(id: mail.id) ? nil : "bad-id"
    }

    /// An answer for each mail; none for those that were not tried before the task was canceled.
    private func deliver(_ batch: MailBatch) -> [MailAnswer] {
        guard !batch.isEmpty else { return [] }
        var answers: [MailAnswer] = []
        answers.reserveCapacity(batch.entries.count)
        func put() {
            for entry in batch.entries {
                guard !Task.isCancelled else { break }
                let isPut = folder.deliver(batch.text(of: entry), as: entry.id)
                answers.append(isPut ? .sent : .unavailable)
            }
        }
        if !isDurable {
            put()
        } else if !spool.keep(batch, deliver: put) {
            return batch.entries.map { _ in .unavailable }
        }
        return answers
    }

    /// A name that is a file of its own in any folder and a left side of a Message-ID without
    /// quotes: letters, digits, `-`, `_` and single dots inside.
    static func isValid(id: String) -> Bool {
        let atoms = id.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return id.utf8.count <= idBytesMax
            && atoms.allSatisfy { atom in
                !atom.isEmpty
                    && atom.allSatisfy {
                        isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
    }
}

extension MaildirFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unavailable: "the folders can't be made or opened"
        case .badAddress: "the sender is no address"
        }
    }
}
