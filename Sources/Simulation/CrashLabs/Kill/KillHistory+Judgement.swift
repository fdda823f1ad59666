// SPDX-License-Identifier: Apache-2.0
/// acknowledged ⊆ stored ⊆ sent, and every order ended as its requests allow.

import Contracts
import Kernel
import SeededRandom

extension KillHistory {
    /// Requests whose answers are asked for again at the end: those that were sent twice first,
    /// where a second effect is most likely, then others by chance.
    func sample(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        var answered = entries.indices.filter { entries[$0].isReplayable }
        let resent = answered.filter { entries[$0].wasResent }
        if answered.count <= count { return answered }
        var sample = Set(resent.suffix(count / 2))
        while sample.count < count, !answered.isEmpty {
            let index = random.draw(below: answered.count)
            sample.insert(answered[index])
            answered.swapAt(index, answered.count - 1)
            answered.removeLast()
        }
        return sample.sorted()
    }

    /// The orders that were acknowledged last.
    func recentOrders(_ count: Int) -> [OrderID] {
        var orders: [OrderID] = []
        for entry in entries.reversed() where orders.count < count {
            guard case .order = entry.asked, let order = entry.answer?.order else { continue }
            orders.append(order)
        }
        return orders
    }

    /// Compares what the house stores at the end with what the client knows.
    mutating func judge(stored: [OrderID: String], _ shop: KillShop) {
        report.stored = stored.count
        for number in unanswered { find(.unanswered, number, "has no answer") }
        for (order, number) in numbers.sorted(by: { $0.value < $1.value }) {
            guard let status = stored[order] else {
                find(.lost, number, "has lost its order \(order.text)")
                continue
            }
            judge(order, number, status, shop)
        }
        for (order, status) in stored where numbers[order] == nil {
            report.find(.stranger, "nobody was told of the order \(order.text), \(status)")
        }
    }

    private mutating func judge(
        _ order: OrderID, _ number: Int, _ status: String, _ shop: KillShop
    ) {
        guard KillHistory.isTerminal(status) else {
            return find(.unsettled, number, "its order \(order.text) is still \(status)")
        }
        let allowed = endings(of: order, number, shop)
        guard !allowed.contains(status) else { return }
        find(
            .astray, number, "its order \(order.text) is \(status) and not \(allowed.sorted())")
    }

    static func isTerminal(_ status: String) -> Bool {
        ["completed", "canceled", "rejected"].contains(status)
    }

    private func endings(of order: OrderID, _ number: Int, _ shop: KillShop) -> Set<String> {
        if entries[number].answer?.status == 409 { return ["rejected"] }
        if undone.contains(order) { return ["canceled"] }
        let asked = shop.order(number)
        var allowed: Set = asked.token == "tok_declined" ? ["canceled"] : ["completed"]
        if canceled.contains(order) { allowed.insert("canceled") }
        // Where stock is another node's business, the order is acknowledged before it is known.
        if asked.isScarce { allowed.insert("rejected") }
        return allowed
    }

    /// What is left of every article once all orders are at rest: what was counted, less what the
    /// completed ones took.
    func stockLeft(stored: [OrderID: String], _ shop: KillShop) -> [SKU: Int64] {
        var left = Dictionary(uniqueKeysWithValues: shop.stock.map { ($0.sku, $0.onHand) })
        for (order, number) in numbers where stored[order] == "completed" {
            for line in shop.order(number).lines {
                left[line.sku, default: 0] -= Int64(line.quantity.units)
            }
        }
        return left
    }
}
