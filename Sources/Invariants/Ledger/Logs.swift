// SPDX-License-Identifier: Apache-2.0
/// The logs as one ledger sees them: how far each is noted, under which epoch, and how far the
/// others are known from its causes.

import Kernel
import Ports

struct Logs: Sendable {
    private struct Entry {
        let name: LogName
        let kind: LogKind
        /// The service's name, byte by byte.
        let letters: [UInt8]
        var head: Int64 = 0
        var epoch: Int64 = 0

        init(_ name: LogName, _ kind: LogKind) {
            self.name = name
            self.kind = kind
            letters = Array(name.service.utf8)
        }
    }

    private var entries: [Entry]
    /// By log and source: the last position of the source that an event of the log answers.
    private(set) var awaited: [Int64]

    init(orderShards: Int) {
        let orders = (0..<orderShards).map { Entry(LogName("orders", $0), .orders) }
        let others = LogKind.allCases.dropFirst().map { Entry(LogName($0.service), $0) }
        entries = orders + others
        awaited = Array(repeating: 0, count: entries.count * entries.count)
    }

    var count: Int { entries.count }
    var names: [LogName] { entries.map(\.name) }

    func number(of name: LogName) -> LogNumber? {
        guard let index = entries.firstIndex(where: { $0.name == name }) else { return nil }
        return LogNumber(raw: UInt8(index))
    }

    /// The same, by the bytes of its name.
    func number(named letters: ArraySlice<UInt8>, shard: UInt64) -> LogNumber? {
        for index in entries.indices
        where entries[index].name.shard == shard && entries[index].letters[...] == letters {
            return LogNumber(raw: UInt8(index))
        }
        return nil
    }

    @inline(__always)
    func kind(_ log: LogNumber) -> LogKind { entries[Int(log.raw)].kind }

    func name(_ log: LogNumber) -> LogName { entries[Int(log.raw)].name }

    func head(_ log: LogNumber) -> Int64 { entries[Int(log.raw)].head }

    @inline(__always)
    mutating func note(_ place: Place, _ findings: inout Findings) {
        let index = Int(place.log.raw)
        let head = entries[index].head
        findings.demand(
            place.position == head + 1, .e1,
            "\(name(place.log)): \(place.position) after \(head)")
        entries[index].head = max(head, place.position)
        guard case .fact(let source, let position) = place.origin else { return }
        let slot = index * entries.count + Int(source.raw)
        if awaited[slot] < position { awaited[slot] = position }
    }

    mutating func note(epoch: Int64, of log: LogNumber, _ findings: inout Findings) {
        let index = Int(log.raw)
        findings.demand(
            epoch >= entries[index].epoch, .q5,
            "\(name(log)): epoch \(epoch) after \(entries[index].epoch)")
        entries[index].epoch = max(entries[index].epoch, epoch)
    }

    /// Whatever is answered stands somewhere. `heads` say how far each log goes by now.
    func checkCauses(_ findings: inout Findings, heads: (LogNumber) -> Int64) {
        for log in 0..<count {
            for source in 0..<count {
                let position = awaited[log * count + source]
                guard position > 0 else { continue }
                let number = LogNumber(raw: UInt8(source))
                findings.demand(
                    position <= heads(number), .e5,
                    "\(entries[log].name) answers \(name(number))/\(position)")
            }
        }
    }
}
