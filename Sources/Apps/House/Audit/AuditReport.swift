// SPDX-License-Identifier: Apache-2.0
/// What an audit found: every check by its id in the list of invariants, with the first breaches.

import Invariants
import JSONCodec
import Kernel
import NodeEngine

package struct AuditReport: Sendable {
    package let checks: [Check]
    package let counts: [(name: String, count: Int)]
    /// Calls to the outside that are still to be made, or to be answered.
    package let owed: [Owed]

    package struct Owed: Sendable {
        package let service: String
        package let operation: String
        package let count: Int
        package let oldestSeconds: Int64

        init(_ service: String, _ calls: OwedCalls, at now: Timestamp) {
            self.service = service
            operation = calls.operation
            count = calls.count
            let age = calls.oldest.map { now.since($0).milliseconds } ?? 0
            oldestSeconds = max(0, age) / 1_000
        }

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.key("service")
            json.string(service)
            json.key("operation")
            json.string(operation)
            json.key("count")
            json.int(Int64(count))
            json.key("oldestSeconds")
            json.int(oldestSeconds)
            json.endObject()
        }
    }

    package struct Check: Sendable {
        /// The family letter and number: S stock, M money, O orders, E events, Q read models,
        /// G effects.
        package let id: String
        package let promise: String
        package let breaches: Int
        package let examples: [String]

        package var isKept: Bool { breaches == 0 }
    }

    /// Of every rule that an audit can check, and of any other that was found broken.
    init(
        _ findings: Findings, counts: [(name: String, count: Int)],
        owed: [(service: String, calls: OwedCalls)], at now: Timestamp
    ) {
        self.counts = counts
        self.owed = owed.map { Owed($0.service, $0.calls, at: now) }
        let checked = Rule.all.filter { $0.stages.contains(.live) || findings[$0] != nil }
        checks = (checked + findings.rules.filter { !checked.contains($0) }).map { rule in
            let found = findings[rule]
            return Check(
                id: rule.id, promise: rule.promise, breaches: found?.breaches ?? 0,
                examples: found?.examples ?? [])
        }
    }

    package var isGreen: Bool { checks.allSatisfy(\.isKept) }

    package var json: [UInt8] {
        var json = JSONWriter(capacity: 4_096)
        json.beginObject()
        json.key("ok")
        json.bool(isGreen)
        json.key("checks")
        json.beginArray()
        for check in checks {
            json.beginObject()
            json.key("id")
            json.string(check.id)
            json.key("promise")
            json.string(check.promise)
            json.key("ok")
            json.bool(check.isKept)
            json.key("breaches")
            json.int(Int64(check.breaches))
            json.key("detail")
            json.string(check.examples.joined(separator: "; "))
            json.endObject()
        }
        json.endArray()
        json.key("counts")
        json.beginObject()
        for (name, count) in counts {
            json.key(name)
            json.int(Int64(count))
        }
        json.endObject()
        json.key("owed")
        json.beginArray()
        for calls in owed { calls.write(to: &json) }
        json.endArray()
        json.endObject()
        return json.bytes
    }
}
