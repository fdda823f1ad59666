// SPDX-License-Identifier: Apache-2.0
/// What one reader of the feed has seen, page by page, against the logs.

package import Ports

package struct FeedHistory: Sendable {
    /// By log: the position that was seen last.
    private var seen: [LogName: Int64] = [:]

    package init() {}

    /// The next fact of some page.
    package mutating func see(_ position: Int64, of log: LogName, _ findings: inout Findings) {
        let last = seen[log] ?? 0
        findings.demand(
            position == last + 1, .q10,
            "\(log): a reader of the feed saw \(position) after \(last)")
        seen[log] = max(last, position)
    }

    /// Nothing moves any more, and the reader was told that there is nothing more to read.
    /// `heads`: where the logs end that it follows.
    package func checkEnd(_ heads: [LogName: Int64], _ findings: inout Findings) {
        for (log, head) in heads.sorted(by: { $0.key < $1.key }) {
            let last = seen[log] ?? 0
            findings.demand(
                last == head, .q10, "\(log): a reader of the feed ended at \(last) of \(head)")
        }
    }
}
