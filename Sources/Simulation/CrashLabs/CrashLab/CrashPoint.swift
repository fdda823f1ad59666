// SPDX-License-Identifier: Apache-2.0
/// One place at which the crash lab strikes: the n-th time that a thread of the house makes one
/// system call on one set of files, or on its way to a client.

/// What happens there.
package enum CrashFault: String, Sendable, CaseIterable, Codable {
    /// The process dies before the call is carried out.
    case kill
    /// The call fails; nothing is carried out.
    case ioError = "EIO"
    case noSpace = "ENOSPC"
}

/// The files that calls are counted on. strace counts each system call of each thread for itself;
/// with the calls narrowed to the files of one writer, n = 1, 2, 3 … meets every one of them.
package enum CrashScope: String, Sendable, CaseIterable, Codable {
    /// The node's store with its log: only the node's thread writes it.
    case store
    /// The keys of persons.
    case vault
    /// The sandbox's books: the provider's and the carrier's own computers.
    case books
    /// The folders of the mails and the first segments of their spool. Names of mails hold their
    /// ids, so what is written into one is struck as part of `door`.
    case mail
    /// What is made once: folders, the manifest, the lock, the note of what runs.
    case founding
    /// Everything that any thread writes, answers to clients among it, and what is renamed: of a
    /// renaming strace compares only the old name, which for the manifest is drawn by chance.
    case door

    /// The write-like calls that are made on these files.
    package var calls: [String] {
        switch self {
        case .store: ["pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "openat"]
        case .vault:
            [
                "pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "rename",
                "openat",
            ]
        case .books: ["write", "ftruncate", "openat"]
        case .mail:
            [
                "mkdir", "openat", "renameat", "fsync", "fallocate", "pwrite64", "fdatasync",
                "syncfs", "unlinkat",
            ]
        case .founding: ["mkdir", "openat", "pwrite64", "ftruncate", "fallocate"]
        case .door: ["write", "writev", "sendto", "sendmsg", "rename"]
        }
    }

    /// Nil for every file.
    func paths(in data: String) -> [String]? {
        switch self {
        case .store: Self.database("\(data)/nodes/house/store.sqlite")
        case .vault:
            Self.database("\(data)/vault.sqlite")
                + ["\(data)/vault.key", "\(data)/vault.key.new", data]
        case .books: ["\(data)/sandbox/payments.books", "\(data)/sandbox/carrier.books"]
        case .mail:
            [
                "\(data)/mail", "\(data)/mail/tmp", "\(data)/mail/new", "\(data)/mail/cur",
                "\(data)/mail/spool",
            ] + (1...9).map { "\(data)/mail/spool/\($0)" }
        case .founding:
            [
                data, "\(data)/sandbox", "\(data)/nodes", "\(data)/nodes/house",
                "\(data)/nodes/house/running", "\(data)/lock",
            ]
        case .door: nil
        }
    }

    private static func database(_ path: String) -> [String] {
        [path, "\(path)-wal", "\(path)-shm", "\(path)-journal"]
    }
}

package struct CrashPoint: Sendable, Equatable, Codable, CustomStringConvertible {
    package let fault: CrashFault
    package let scope: CrashScope
    package let call: String
    /// From 1, for each thread.
    package let index: Int
    /// True when all later ones are struck, too.
    package let isLasting: Bool

    package init(
        _ fault: CrashFault, _ scope: CrashScope, _ call: String, _ index: Int,
        isLasting: Bool = false
    ) {
        self.fault = fault
        self.scope = scope
        self.call = call
        self.index = index
        self.isLasting = isLasting
    }

    package var description: String {
        "\(fault.rawValue) at \(scope.rawValue) \(call) \(index)\(isLasting ? "+" : "")"
    }

    /// The command that becomes the program after it, with this point armed. The program stays a
    /// child of the lab (-D), so that signals and its end are seen as they are.
    func tracer(data: String, log: String) -> [String] {
        var words = ["strace", "-D", "-f", "-qq", "-y", "-s", "0", "-o", log]
        // Without a filter in the kernel every call stops, which is slow; but with one strace 6.1
        // delivers no signal.
        if fault != .kill { words.append("--seccomp-bpf") }
        for path in scope.paths(in: data) ?? [] { words += ["-P", path] }
        let what = fault == .kill ? "signal=KILL" : "error=\(fault.rawValue)"
        let when = "when=\(index)\(isLasting ? "+" : "")"
        words += ["-e", "trace=\(call)", "-e", "inject=\(call):\(what):\(when)", "--"]
        return ["/usr/bin/env"] + words
    }
}
