// SPDX-License-Identifier: Apache-2.0
/// Compares texts with golden files and, when asked to, writes those that are missing or differ.

import Foundation

struct GoldenFolder {
    let folder: URL
    let isWriting: Bool

    func text(of file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    /// What is wrong with `file`, which should say `text`; nil when it does. A file that was
    /// written just now is wrong until it is compared again, so that nobody writes one unseen.
    func complaint(about file: String, _ text: String) throws -> String? {
        let golden = try? self.text(of: file)
        guard golden != text else { return nil }
        guard isWriting else { return golden == nil ? "\(file) is missing" : "\(file) differs" }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(to: folder.appending(path: file), atomically: true, encoding: .utf8)
        let isKept = Self.lines(golden ?? "").isSubset(of: Self.lines(text))
        return isKept
            ? "\(file) was written: look at it, then run again without writing"
            : "\(file) was written, and lines of it changed: facts were stored as they were"
    }

    /// The last line of a JSON file has no comma until another one follows it.
    private static func lines(_ text: String) -> Set<Substring> {
        Set(text.split(separator: "\n").map { $0.hasSuffix(",") ? $0.dropLast() : $0 })
    }
}
