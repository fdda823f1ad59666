// SPDX-License-Identifier: Apache-2.0
/// The audit of a house's files: the rules of `Invariants`, over readers of its stores and over the
/// books of the sandbox. Reads only; the house may be running.

import Invariants
import Kernel
import Ports
import SQLiteAdapter
import SandboxAdapter
import ServiceModel
import SystemAdapter

package struct Auditor {
    private let data: String
    private let plans: [NodePlan]
    private let chain: SHA256Chain

    package init(data: String, chainKey: [UInt8]? = nil) throws {
        guard let manifest = try DataDirectory.manifest(of: data) else {
            throw HouseFailure.unusableData("There is no house in \(data).")
        }
        self.data = data
        plans = manifest.plans
        chain = SHA256Chain(key: chainKey)
    }

    /// Reads the whole house.
    package mutating func run() throws -> AuditReport {
        let stores = plans.map { plan in
            Inspection.Store(
                logs: plan.shards.map(\.log),
                reader: SQLiteReader(path: "\(data)/nodes/\(plan.name)/store.sqlite"))
        }
        let inspection = try Inspection(
            .init(stores: stores, chain: chain, outside: { [data] in try Self.books(of: data) }))
        let now = SystemClock().now()
        return AuditReport(
            inspection.findings, counts: inspection.counts,
            owed: inspection.snapshot.owedCalls(at: now), at: now)
    }

    private static func books(of data: String) throws -> Outside {
        let payments = try PaymentBook.read(Books.payments(data)).payments
        let shipments = try CarrierBook.read(Books.carrier(data)).shipments
        return Outside(
            account: { id in
                payments[id].map {
                    ProviderAccount(
                        authorized: $0.authorized, captured: $0.captured, captures: $0.captures,
                        isVoided: $0.isVoided, currency: $0.currency)
                }
            },
            parcel: { id in
                shipments[id].map { CarrierParcel(labels: $0.labels, status: $0.status) }
            })
    }
}
