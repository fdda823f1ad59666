// SPDX-License-Identifier: Apache-2.0
/// Holds a world to the rules of `Invariants`: the very ones that the audit of a real house runs.
/// The ledger takes every fact when it is durable; everything that is stored is read at the end,
/// and at some restarts; what clients were told is compared with it.

package import Contracts
package import Invariants
import JSONCodec
import Kernel
package import NodeEngine
package import Ports
package import ServiceModel

package final class HouseChecker: Checker {
    package private(set) var breaches: [Breach] = []
    let ledger: Ledger
    private var clients: ClientHistory
    private let retention: Retention
    private var bus: BusLog
    private var feed = FeedHistory()
    private let partitioning: Partitioning
    private let seed: UInt64
    private let capacity: Int
    private var restarts = 0
    /// The logs whose nodes were started before.
    private var started: Set<LogName> = []
    /// True when the node that was started last had been started before.
    private var isRestart = false
    /// What was found when everything was at rest.
    private(set) var ending: Invariants.Snapshot?
    /// By log: how its bytes are read.
    private var codecs: [(log: LogName, codec: LogCodec)] = []

    /// Everything that is stored is read at the first restart of a world, and at one out of so many
    /// later ones, drawn from the seed: reading all at every one would cost more than all the rest.
    private let restartsPerInspection: UInt64

    package init(_ plan: Plan, restartsPerInspection: UInt64 = 32) {
        precondition(restartsPerInspection > 0, "one out of some")
        self.restartsPerInspection = restartsPerInspection
        seed = plan.seed
        partitioning = plan.setting.partitioning
        bus = BusLog(partitioning)
        capacity = plan.orders.count
        retention = Retention(generation: plan.setting.runnerLimits.replyGeneration)
        clients = ClientHistory(retention: retention)
        let placement = Placement(plan.setting)
        ledger = Ledger(
            logs: placement.roles.map(\.log), capacity: plan.orders.count, retention: retention)
        codecs = zip(placement.roles, placement.codecs).map { ($0.log, $1) }
    }

    // MARK: Steps

    package func committed(_ commit: Commit) {
        for frame in commit.frames {
            if let logged = commit.logged(in: frame) {
                ledger.note(frame, logged)
            } else if let known = codecs.first(where: { $0.log == frame.log }) {
                ledger.note(frame, known.codec)
            }
        }
        ledger.settle()
        tell(ledger.findings, at: commit.at)
    }

    /// What is found is told as breaches, the first place of each rule.
    private func tell(_ findings: Findings, at now: Instant) {
        guard !findings.isEmpty else { return }
        for entry in findings.entries {
            breaches.append(
                Breach(entry.rule.id, entry.examples.first ?? entry.rule.promise, at: now))
        }
    }

    // MARK: Clients

    package func asked(_ request: Request, at now: Instant) {
        clients.ask(request.identity, at: Self.time(now))
    }

    private static func time(_ now: Instant) -> Timestamp { NodeClock().reading(at: now).wall }

    package func gaveUp(on request: Request) { clients.giveUp(on: request.identity) }

    package func told(_ reply: Reply, to request: Request, at now: Instant) {
        clients.note(
            ClientHistory.Answer(
                status: reply.status, body: reply.body, order: Self.newOrder(in: reply),
                isUndecided: Self.isUndecided(reply)),
            to: request.identity, fingerprint: request.fingerprint, at: Self.time(now))
        tell(clients.findings, at: now)
    }

    /// The order that an answer tells of: placed, or placed and refused by the warehouse.
    private static func newOrder(in reply: Reply) -> OrderID? {
        let path = "/v1/orders/"
        if reply.status == 201 || isUndecided(reply) {
            return OrderID(text: reply.location.dropFirst(path.count))
        }
        guard reply.status == 409, let problem = try? JSONDocument(parsing: reply.body).root,
            problem["code"]?.string == "insufficient-stock", let name = problem["instance"]?.string
        else { return nil }
        return OrderID(text: name.dropFirst(path.count))
    }

    /// An order that was placed, and of which nobody knows yet whether its stock is held.
    private static func isUndecided(_ reply: Reply) -> Bool {
        guard reply.status == 201 || reply.status == 202 else { return false }
        return (try? JSONDocument(parsing: reply.body))?.root["status"]?.string == "reserving"
    }

    package func wrote(_ order: OrderID, at version: Int64, by client: Int) {
        clients.write(order, at: version, by: client)
    }

    /// Readers see every commit, whether its rows are written or not; and none that is not one.
    package func read(_ order: OrderID, at version: Int64, by client: Int, at now: Instant) {
        clients.see(order, at: version, by: client)
        let logged = ledger.version(of: order)
        clients.findings.demand(
            version == logged, .q1, "\(order.text): shown at \(version), and logged to \(logged)")
        tell(clients.findings, at: now)
    }

    // MARK: The bus

    package func published(_ messages: [BusMessage], at now: Instant) {
        guard let log = messages.first?.log, let number = ledger.number(of: log) else { return }
        let head = ledger.head(of: number)
        var findings = Findings()
        for message in messages { bus.note(message, head: head, &findings) }
        tell(findings, at: now)
    }

    // MARK: Readers

    package func paged(_ places: [(log: LogName, position: Int64)], at now: Instant) {
        var findings = Findings()
        for place in places { feed.see(place.position, of: place.log, &findings) }
        tell(findings, at: now)
    }

    // MARK: Queues

    package func measured(_ gauge: QueueGauge, at now: Instant) {
        var findings = Findings()
        gauge.check(&findings)
        tell(findings, at: now)
    }

    package func measured(_ gauge: WorkerGauge, at now: Instant) {
        var findings = Findings()
        gauge.check(&findings)
        tell(findings, at: now)
    }

    // MARK: Restarts

    /// Nothing that was durable is gone, and nothing came to be that was not.
    package func restarted(_ roles: [ServiceShard], reader: any Reader, at now: Instant) {
        isRestart = !started.isDisjoint(with: roles.map(\.log))
        if isRestart { restarts += 1 }
        started.formUnion(roles.map(\.log))
        var findings = Findings()
        do {
            let contents = try reader.contents()
            for role in roles {
                guard let number = ledger.number(of: role.log) else { continue }
                let stored = contents.heads[role.log]?.position ?? 0
                let seen = ledger.head(of: number)
                findings.demand(
                    stored >= seen, .o4, "\(role.log) ends at \(stored), \(seen) was committed")
                findings.demand(
                    stored <= seen, .e1, "\(role.log) ends at \(stored), \(seen) was committed")
            }
        } catch {
            findings.note(.e11) { "a node can't be read: \(error)" }
        }
        tell(findings, at: now)
    }

    /// What is read at some restarts, while everything else goes on. Nothing is read when a node
    /// starts for the first time: others may have no file yet that could be read.
    package func interrupted(at now: Instant, _ standstill: () -> Standstill) {
        guard breaches.isEmpty, isRestart else { return }
        let draw = SplitMix.mix(seed ^ UInt64(restarts) << 32)
        guard restarts == 1 || draw % restartsPerInspection == 0 else { return }
        inspect(standstill())
    }

    // MARK: The end

    package func ended(_ standstill: Standstill) {
        guard let inspection = inspect(standstill) else { return }
        ending = inspection.snapshot
        var findings = Findings()
        ledger.checkCauses()
        findings.absorb(ledger.findings)
        clients.check(inspection.ledger, &findings)
        for log in standstill.carried {
            bus.checkEnd(of: log, ends: inspection.ends(of: log, in: partitioning), &findings)
        }
        tell(findings, at: standstill.at)
        // What is wrong in a log is wrong in whatever is made of it.
        guard breaches.isEmpty, let reading = standstill.reading else { return }
        tell(reading.check(feed), at: standstill.at)
    }

    /// Reads and checks everything that is stored.
    @discardableResult
    private func inspect(_ standstill: Standstill) -> Inspection? {
        do {
            let inspection = try Inspection(
                Inspection.Source(
                    stores: standstill.nodes.map { roles, reader in
                        Inspection.Store(logs: roles.map(\.log), reader: reader)
                    },
                    chain: QuickChain(), outside: { Outside(standstill) },
                    isAtRest: standstill.isEnd, capacity: capacity, retention: retention))
            tell(inspection.findings, at: standstill.at)
            return inspection
        } catch {
            var findings = Findings()
            findings.note(.e11) { "what is stored can't be read: \(error)" }
            tell(findings, at: standstill.at)
            return nil
        }
    }
}

extension Outside {
    /// The books of a world's provider, carrier and mail server.
    init(_ standstill: Standstill) {
        let (provider, carrier, mail) = (standstill.provider, standstill.carrier, standstill.mail)
        self.init(
            account: { payment in
                provider.account(of: payment).map {
                    ProviderAccount(
                        authorized: $0.authorized?.amount ?? 0, captured: $0.captured,
                        captures: $0.captures, isVoided: $0.voids > 0,
                        currency: $0.authorized?.currency)
                }
            },
            parcel: { shipment in
                carrier.parcel(of: shipment).map {
                    CarrierParcel(labels: $0.labels, status: $0.status)
                }
            },
            mails: { mail.copies(of: $0) },
            payments: standstill.isEnd ? provider.accounts.map(\.payment) : [],
            shipments: standstill.isEnd ? carrier.parcels.map(\.shipment) : [])
    }
}
