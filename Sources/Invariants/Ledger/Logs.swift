// SPDX-License-Identifier: Apache-2.0
/// The logs as one ledger sees them: how far each is noted, under which epoch, and how far the
/// others are known from its causes.

import Kernel
import Ports

/// An object: a copy would count references whenever a check is shown them.
final class Logs {
    private struct Entry {
        let name: LogName
        let service: ServiceNumber
        /// The service's name, byte by byte.
        let letters: [UInt8]
        var head: Int64 = 0
        var epoch: Int64 = 0

        init(_ name: LogName, _ service: Int) {
            self.name = name
            self.service = ServiceNumber(service)
            letters = Array(name.service.utf8)
        }
    }

    private var entries: [Entry]
    /// By log and source: the last position of the source that an event of the log answers.
    private(set) var awaited: [Int64]

    /// The logs among `names` that belong to one of `services`.
    init(_ names: [LogName], of services: [String]) {
        entries = names.compactMap { name in
            services.firstIndex(of: name.service).map { Entry(name, $0) }
        }
        awaited = Array(repeating: 0, count: entries.count * entries.count)
    }

    var count: Int { entries.count }
    var names: [LogName] { entries.map(\.name) }

    func number(of name: LogName) -> LogNumber? {
        entries.firstIndex { $0.name == name }.map { LogNumber($0) }
    }

    /// The same, by the bytes of its name.
    func number(named letters: ArraySlice<UInt8>, shard: UInt64) -> LogNumber? {
        for index in entries.indices
        where entries[index].name.shard == shard && entries[index].letters[...] == letters {
            return LogNumber(index)
        }
        return nil
    }

    @inline(__always)
    func service(_ log: LogNumber) -> ServiceNumber { entries[log.index].service }

    func name(_ log: LogNumber) -> LogName { entries[log.index].name }

    func head(_ log: LogNumber) -> Int64 { entries[log.index].head }

    @inline(__always)
    func note(_ place: Place, _ findings: inout Findings) {
        let index = place.log.index
        let head = entries[index].head
        findings.demand(
            place.position == head + 1, .e1,
            "\(name(place.log)): \(place.position) after \(head)")
        entries[index].head = max(head, place.position)
        guard case .fact(let source, let position) = place.origin else { return }
        let slot = index * entries.count + source.index
        if awaited[slot] < position { awaited[slot] = position }
    }

    func note(epoch: Int64, of log: LogNumber, _ findings: inout Findings) {
        let index = log.index
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
                let number = LogNumber(source)
                findings.demand(
                    position <= heads(number), .e5,
                    "\(entries[log].name) answers \(name(number))/\(position)")
            }
        }
    }
}
