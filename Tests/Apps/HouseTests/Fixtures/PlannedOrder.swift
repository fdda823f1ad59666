// SPDX-License-Identifier: Apache-2.0
/// Orders as they are planned, from a seed: the same list for every house, and for each order what
/// is to become of it.

import Contracts
import Kernel
import SandboxAdapter
import SeededRandom

/// One order of a list. What is told apart by its index may differ in everything else: ids, times,
/// positions.
struct PlannedOrder: Sendable {
    let index: Int
    let lines: [OrderLine]
    let token: String
    let fate: Fate

    /// What becomes of an order that competes with nobody.
    enum Fate: Sendable, CaseIterable {
        case completes
        /// The parcel arrives; the provider refuses the capture.
        case unpaid
        /// Someone has second thoughts while the parcel waits for the carrier.
        case canceledAfterLabel
        /// Someone has second thoughts while the provider owes an answer.
        case canceledUnpaid
        case declined
        /// It names an article that nobody ever counted.
        case soldOut
    }

    var key: String { "order-\(index)" }

    /// The units that the order wants of each article.
    var units: [SKU: Int64] {
        lines.reduce(into: [:]) { $0[$1.sku, default: 0] += Int64($1.quantity.units) }
    }
}

/// Articles, and how many units of each are counted before the first order comes.
struct Assortment: Sendable {
    let skus: [SKU]
    let unitsEach: Int64

    /// Enough of everything for whole lists.
    static let ample = Assortment(skus: skus(12), unitsEach: 10_000)
    /// Far less than is wanted.
    static let scarce = Assortment(skus: skus(4), unitsEach: 12)

    static let uncounted = sku("NEVER-COUNTED")

    private static func skus(_ count: Int) -> [SKU] { (0..<count).map { sku("ARTICLE-\($0)") } }

    private static func sku(_ code: String) -> SKU {
        guard let sku = SKU(code) else { preconditionFailure("these are article numbers") }
        return sku
    }
}

extension PlannedOrder {
    private static let counts: [(Fate, Int)] = [
        (.completes, 31), (.unpaid, 3), (.canceledAfterLabel, 10), (.canceledUnpaid, 3),
        (.declined, 7), (.soldOut, 6),
    ]

    /// Well-behaved payments, and one of each kind that is not and still ends well.
    private static let tokens: [String] = {
        typealias Token = SandboxPayments.Token
        let odd = [
            Token.timeoutBefore, Token.timeoutAfter, Token.unavailable, Token.twice,
            Token.webhook, Token.slow,
        ]
        return odd.flatMap { [$0, Token.ok] }
    }()

    /// Sixty orders that get in nobody's way.
    static func uncontended(seed: UInt64) throws -> [PlannedOrder] {
        var random = SplitMix64(seed: seed)
        let fates = counts.flatMap { Array(repeating: $0.0, count: $0.1) }
        return try fates.shuffled(using: &random).enumerated().map { index, fate in
            var lines = try lines(.ample, upTo: 4, units: 9, &random)
            if fate == .soldOut {
                lines.insert(
                    try line(Assortment.uncounted, units: 9, &random),
                    at: Int.random(in: 0...lines.count, using: &random))
            }
            return PlannedOrder(
                index: index, lines: lines, token: token(for: fate, index), fate: fate)
        }
    }

    private static func token(for fate: Fate, _ index: Int) -> String {
        typealias Token = SandboxPayments.Token
        switch fate {
        case .completes, .canceledAfterLabel, .soldOut: return tokens[index % tokens.count]
        case .unpaid: return Token.captureDeclined
        case .canceledUnpaid: return Token.never
        case .declined:
            return index.isMultiple(of: 2) ? Token.declined : Token.insufficientFunds
        }
    }

    /// One to `count` lines of an assortment; an article may be named by more than one line.
    static func lines(
        _ assortment: Assortment, upTo count: Int, units: Int, _ random: inout SplitMix64
    ) throws -> [OrderLine] {
        try (0..<Int.random(in: 1...count, using: &random)).map { _ in
            let sku = assortment.skus[Int.random(in: 0..<assortment.skus.count, using: &random)]
            return try line(sku, units: units, &random)
        }
    }

    private static func line(
        _ sku: SKU, units: Int, _ random: inout SplitMix64
    ) throws -> OrderLine {
        guard let quantity = Quantity(Int.random(in: 1...units, using: &random)) else {
            preconditionFailure("an order names at least one unit")
        }
        let price = UnitPrice(
            tenThousandths: Int64.random(in: 500_000...90_000_000, using: &random), currency: .gbp)
        return try OrderLine(sku: sku, quantity: quantity, unitPrice: price)
    }
}
