// SPDX-License-Identifier: Apache-2.0
/// What the tests of this target share: a folder of their own, a clock that stands still, and a
/// mailbox that is read back from its files.

import Foundation
import Kernel
import MaildirAdapter
import Ports
import Synchronization

/// A new folder that goes when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "orderhouse-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

struct StandingClock: Clock {
    var time = Timestamp(milliseconds: 1_767_323_045_678)  // 2026-01-02T03:04:05.678Z

    func now() -> Timestamp { time }
    func elapsed() -> Span { .milliseconds(0) }
}

/// A maildir in a folder of its own.
struct Mailbox {
    let folder: TemporaryFolder
    let maildir: Maildir

    /// `folder` may hold what an earlier one has left.
    init(
        isDurable: Bool = false, in folder: TemporaryFolder = TemporaryFolder(),
        disk: any MailDisk = SystemMailDisk(), limits: MailSpoolLimits = MailSpoolLimits()
    ) throws {
        self.folder = folder
        maildir = try Maildir(
            root: "\(folder.path)/mail", clock: StandingClock(), isDurable: isDurable,
            disk: disk, limits: limits)
    }

    /// One round of what runs beside the house.
    func tidyUp() async { await maildir.run { throw CancellationError() } }

    func path(_ part: String) -> String { "\(folder.path)/mail/\(part)" }

    func files(in part: String = "new") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/mail/\(part)").sorted()
    }

    /// The only mail, as it lies in its file.
    func text() throws -> String {
        let files = try files()
        return try String(
            contentsOfFile: "\(folder.path)/mail/new/\(files.first ?? "none")", encoding: .utf8)
    }

    /// What became of `mails`, in their order; nil for those without an answer.
    func send(_ mails: [Mail]) async -> [MailAnswer?] {
        let answers = Answered(count: mails.count)
        await maildir.send(mails) { answers.add($0) }
        return answers.all
    }

    func send(
        to recipient: String = "anna@example.com", _ subject: String = "Hello",
        _ body: String = "Dear Anna,\n", id: String = "msg_1"
    ) async -> MailAnswer? {
        let mail = Mail(id: id, recipient: recipient, subject: subject, body: body)
        return await send([mail])[0]
    }
}

final class Answered: Sendable {
    private let answers: Mutex<[MailAnswer?]>

    init(count: Int) { answers = Mutex(Array(repeating: nil, count: count)) }

    var all: [MailAnswer?] { answers.withLock { $0 } }

    func add(_ group: [(Int, MailAnswer)]) {
        answers.withLock { answers in
            for (index, answer) in group { answers[index] = answer }
        }
    }
}

/// A mail taken apart as a reader does it: headers unfolded, then a blank line, then the body.
struct ReadMail {
    var headers: [(name: String, value: String)] = []
    var body = ""

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let blank = lines.firstIndex(of: "") ?? lines.endIndex
        for line in lines[..<blank] {
            if line.first == " ", let last = headers.indices.last {
                headers[last].value += line
            } else if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                headers.append((String(line[..<colon]), String(value)))
            }
        }
        body = lines[min(blank + 1, lines.count)...].joined(separator: "\n")
    }

    subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The subject with its encoded words decoded (RFC 2047).
    var subject: String {
        let words = (self["Subject"] ?? "").split(separator: " ")
        guard words.allSatisfy({ $0.hasPrefix("=?UTF-8?B?") && $0.hasSuffix("?=") }) else {
            return self["Subject"] ?? ""
        }
        return words.map { word in
            let data = Data(base64Encoded: String(word.dropFirst(10).dropLast(2))) ?? Data()
            return String(data: data, encoding: .utf8) ?? "(a split character)"
        }.joined()
    }
}
