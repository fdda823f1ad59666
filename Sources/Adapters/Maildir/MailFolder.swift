// SPDX-License-Identifier: Apache-2.0
/// The three folders of a maildir: how a mail gets into them, and what lies in them.

import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

final class MailFolder: Sendable {
    private let tmp: Int32
    private let new: Int32
    private let cur: Int32
    private let disk: any MailDisk
    /// Keeps two attempts at the same mail out of each other's file.
    private let attempts = Atomic<UInt64>(0)

    /// Makes the folders that are missing.
    init(root: String, disk: any MailDisk) throws(MaildirFailure) {
        var opened: [Int32] = []
        for name in ["tmp", "new", "cur"] {
            do throws(MaildirFailure) {
                opened.append(try Self.make("\(root)/\(name)"))
            } catch {
                opened.forEach { close($0) }
                throw error
            }
        }
        tmp = opened[0]
        new = opened[1]
        cur = opened[2]
        self.disk = disk
    }

    deinit { [tmp, new, cur].forEach { close($0) } }

    /// A folder that is made when it is missing.
    static func make(_ path: String) throws(MaildirFailure) -> Int32 {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .unavailable }
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw .unavailable }
        return folder
    }

    /// Puts a mail into `new`, where it replaces the one of an earlier attempt.
    func deliver(_ text: ArraySlice<UInt8>, as id: String) -> Bool {
        let attempt = attempts.wrappingAdd(1, ordering: .relaxed).newValue
        let temporary = "\(id).\(attempt)"
        guard write(text, as: temporary), renameat(tmp, temporary, new, Self.name(of: id)) == 0
        else {
            unlinkat(tmp, temporary, 0)
            return false
        }
        return true
    }

    private func write(_ text: ArraySlice<UInt8>, as name: String) -> Bool {
        let file = openat(tmp, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        return text.withUnsafeBytes { disk.writeAll($0, to: file, at: 0) }
    }

    /// Makes everything durable that was ever delivered.
    func sync() -> Bool { disk.sync([new, cur]) }

    /// Whether this very text waits for its reader.
    func hasUnread(_ text: ArraySlice<UInt8>, of id: String) -> Bool {
        FolderEntries.contents(of: Self.name(of: id), in: new, bytesMax: text.count)
            .map { $0[...] == text } ?? false
    }

    /// Whether any text of this mail waits for its reader.
    func hasUnread(_ id: String) -> Bool { faccessat(new, Self.name(of: id), F_OK, 0) == 0 }

    /// The mails that a reader has moved to `cur`, and how many bytes each has there.
    func read() -> [String: Int] {
        var sizes: [String: Int] = [:]
        for name in FolderEntries.names(in: cur) {
            // Readers add `:2,flags`, and some `,S=size`.
            let base = name.prefix { $0 != ":" && $0 != "," }
            var status = stat()
            guard base.hasSuffix(Self.suffix), fstatat(cur, name, &status, 0) == 0 else { continue }
            sizes[String(base.dropLast(Self.suffix.count))] = Int(status.st_size)
        }
        return sizes
    }

    private static let suffix = ".orderhouse"

    private static func name(of id: String) -> String { id + suffix }
}
