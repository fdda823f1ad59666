// SPDX-License-Identifier: Apache-2.0
/// Decides at every site whether something goes wrong: by chance, or as a plan says.

/// The source of all faults of one run, and the record of those that happened.
struct Faults: Sendable {
    /// What one decision came to.
    struct Decision {
        let kind: FaultKind?
        let amount: Int
        /// Spreads the delays that follow; 0 when there is no noise.
        let noise: UInt64
        let ordinal: Int
    }

    /// One site's kinds with what each adds to the chance. What is drawn follows from the decision
    /// alone, not from those about other subjects before it.
    fileprivate struct Drawer: Sendable {
        let seed: UInt64
        var kinds: [(kind: FaultKind, below: Int)] = []
    }

    private var drawers: [Drawer]
    private let listed: [UInt64: Fault]?
    private let noise: UInt64?
    /// By site and subject: how many decisions there were.
    private var counters: [ContiguousArray<Int32>]
    private(set) var happened: [Fault] = []
    private(set) var toll: [Int] = Array(repeating: 0, count: FaultKind.allCases.count)
    /// True in the second phase: nothing goes wrong any more.
    var isHealed = false

    init(_ plan: Plan) {
        noise = plan.noise
        counters = Site.allCases.map { _ in [] }
        listed = plan.faults.map { faults in
            Dictionary(faults.map { ($0.key, $0) }) { first, _ in first }
        }
        drawers = plan.faults == nil ? Self.drawers(plan) : []
    }

    private static func drawers(_ plan: Plan) -> [Drawer] {
        Site.allCases.map { site in
            var stream = RandomStream(seed: plan.seed, "fault", UInt64(site.rawValue))
            var drawer = Drawer(seed: stream.next())
            var below = 0
            for (index, kind) in FaultKind.allCases.enumerated() where kind.site == site {
                guard plan.setting.chances[index] > 0 else { continue }
                below += plan.setting.chances[index]
                drawer.kinds.append((kind, below))
            }
            return drawer
        }
    }

    /// `isSpared`: nothing is drawn; what a plan lists happens all the same.
    mutating func decide(_ site: Site, _ subject: Int, isSpared: Bool = false) -> Decision {
        let index = Int(site.rawValue)
        if counters[index].count <= subject {
            counters[index].append(
                contentsOf: repeatElement(0, count: subject + 1 - counters[index].count))
        }
        counters[index][subject] &+= 1
        let ordinal = Int(counters[index][subject])
        let key = Fault.key(site, subject, ordinal)
        let spread = noise.map { SplitMix.mix($0 ^ SplitMix.mix(key)) } ?? 0
        guard !isHealed, !isSpared || listed != nil,
            let fault = listed.map({ $0[key] }) ?? drawers[index].draw(subject, ordinal, key)
        else {
            return Decision(kind: nil, amount: 0, noise: spread, ordinal: ordinal)
        }
        happened.append(fault)
        toll[FaultKind.numbers[fault.kind] ?? 0] += 1
        return Decision(kind: fault.kind, amount: fault.amount, noise: spread, ordinal: ordinal)
    }
}

extension Faults.Drawer {
    fileprivate func draw(_ subject: Int, _ ordinal: Int, _ key: UInt64) -> Fault? {
        guard let all = kinds.last?.below else { return nil }
        let word = SplitMix.mix(seed ^ SplitMix.mix(key))
        let drawn = Int(word.multipliedFullWidth(by: 1_000_000).high)
        guard drawn < all, let kind = kinds.first(where: { drawn < $0.below })?.kind else {
            return nil
        }
        let most = kind.amountMax
        var stream = RandomStream(seed: word)
        return Fault(
            kind, subject: subject, ordinal: ordinal,
            amount: most == 0 ? 0 : stream.magnitude(0...most))
    }
}

extension FaultKind {
    /// Each kind's place among all.
    static let numbers: [FaultKind: Int] = Dictionary(
        uniqueKeysWithValues: FaultKind.allCases.enumerated().map { ($1, $0) })
}
