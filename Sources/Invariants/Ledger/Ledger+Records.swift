// SPDX-License-Identifier: Apache-2.0
/// Records and frames of a store, handed to a ledger as they are.

import Contracts
import Kernel
package import NodeEngine
package import Ports

extension Ledger {
    /// Where `record` stands; nil when its log is none of those whose facts are checked.
    package func place(of record: Record) -> Place? {
        guard let log = logs.number(of: record.log) else { return nil }
        return Place(
            log: log, position: record.position, version: record.version,
            previous: record.previous, origin: origin(of: record.cause), at: record.at)
    }

    private func origin(of cause: Cause) -> Origin {
        switch cause {
        case .time: .time
        case .elapsedTime: .elapsedTime
        case .command(let request): .command(request)
        case .fact(let log, let position):
            logs.number(of: log).map { .fact($0, position) } ?? .unknown
        }
    }

    /// Notes every event of a committed frame. The frame of answers that a commit may hold is
    /// passed over. What can't be read is a breach.
    package func note(_ frame: Frame, _ codec: LogCodec) {
        guard let log = logs.number(of: frame.log) else { return }
        note(epoch: frame.epoch, of: log)
        guard let records = try? frame.records() else {
            return context.findings.note(.e11) { "\(frame.log)/\(frame.first)" }
        }
        for record in records {
            guard let fact = try? codec.fact(of: record), let place = place(of: record) else {
                context.findings.note(.e11) { "\(frame.log)/\(record.position)" }
                continue
            }
            note(fact, at: place)
        }
    }

    /// Notes every event of a committed frame. `facts` are those of the whole commit to this log,
    /// as whoever decided them knows them: only the numbers are read from the bytes.
    package func note(_ frame: Frame, _ facts: [LoggedFact]) {
        guard let log = logs.number(of: frame.log) else { return }
        note(epoch: frame.epoch, of: log)
        var scan = FrameScan(frame, log)
        let start = frame.first - (facts.first?.position ?? 0)
        do {
            for index in 0..<frame.count {
                let known = Int(start) + index
                guard let place = try scan.next(logs), facts.indices.contains(known) else {
                    throw WireError.truncated
                }
                note(facts[known].fact, at: place)
            }
        } catch {
            context.findings.note(.e11) { "\(frame.log)/\(frame.first)" }
        }
    }
}
