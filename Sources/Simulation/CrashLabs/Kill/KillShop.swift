// SPDX-License-Identifier: Apache-2.0
/// What the kill lab's shoppers ask for. A request is a function of the seed and its number, so a
/// million of them need no memory and each can be sent again byte for byte.

import Contracts
import Kernel
import LoadGenerator
import SeededRandom

/// A request that was made, small enough to remember.
enum KillAsked: Sendable, Equatable {
    case order
    case cancel(OrderID)
}

/// An order of the lab before it is a request.
struct KillOrder: Sendable {
    let lines: [OrderLine]
    let token: String
    /// True when it wants an article of which there is little.
    let isScarce: Bool
}

struct KillShop: Sendable {
    let seed: UInt64
    let principal: Principal
    /// Every article with the units that are counted before anybody orders.
    let stock: [(sku: SKU, onHand: Int64)]
    private let tokens: [(token: String, share: Int)]
    private let script: [KillOrder]

    static let plentiful = (10..<60).map { article("LAB-\($0)", pence: 120 + $0 * 35) }
    static let scarce = (0..<5).map { article("RARE-\($0)", pence: 9_900 + $0) }
    static let plenty: Int64 = 10_000_000
    static let few: Int64 = 400

    private static let scarceShare = 80

    struct Article: Sendable {
        let sku: SKU
        let price: UnitPrice
    }

    init(_ plan: KillPlan) {
        seed = plan.seed
        tokens = plan.tokens
        script = plan.script
        stock = script.isEmpty ? Self.drawnStock : CrashJob.stock
        guard let principal = Principal("lab") else { preconditionFailure("a plain name") }
        self.principal = principal
    }

    private static var drawnStock: [(sku: SKU, onHand: Int64)] {
        plentiful.map { ($0.sku, plenty) } + scarce.map { ($0.sku, few) }
    }

    func key(_ number: Int) -> String { "lab-\(String(seed, radix: 16))-\(number)" }

    func request(_ number: Int, _ asked: KillAsked) -> LoadRequest {
        switch asked {
        case .order:
            let order = order(number)
            return .place(
                order.lines, for: Shopper(number), token: order.token, key: key(number),
                principal: principal)
        case .cancel(let id): return .cancel(id, key: key(number), principal: principal)
        }
    }

    func order(_ number: Int) -> KillOrder {
        if script.indices.contains(number) { return script[number] }
        var random = SplitMix64(seed: seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
        var articles = (0...random.draw(below: 4)).map { _ in
            Self.plentiful[random.draw(below: Self.plentiful.count)]
        }
        let isScarce = random.hits(Self.scarceShare)
        if isScarce { articles.append(Self.scarce[random.draw(below: Self.scarce.count)]) }
        let lines = articles.compactMap { article -> OrderLine? in
            guard let quantity = Quantity(1 + random.draw(below: 5)) else { return nil }
            return try? OrderLine(sku: article.sku, quantity: quantity, unitPrice: article.price)
        }
        return KillOrder(lines: lines, token: token(&random), isScarce: isScarce)
    }

    private func token(_ random: inout SplitMix64) -> String {
        var draw = random.draw(below: 1_000)
        for (token, share) in tokens {
            if draw < share { return token }
            draw -= share
        }
        return "tok_ok"
    }

    static func article(_ code: String, pence: Int) -> Article {
        guard let sku = SKU(code) else { preconditionFailure("an article number of our own") }
        // A hundredth of a penny more, so that totals have to be rounded.
        return Article(
            sku: sku, price: UnitPrice(tenThousandths: Int64(pence) * 10_000 + 100, currency: .gbp))
    }
}

extension SplitMix64 {
    /// 0..<bound; as good as even for small bounds.
    mutating func draw(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// A number of `range`.
    mutating func draw(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + draw(below: range.count)
    }
}
