// SPDX-License-Identifier: Apache-2.0
/// What a movement of stock can tell.

extension StockEvent.Movement {
    /// The same movement, only told again.
    public var toldAgain: Self {
        Self(hold: hold, order: order, warehouse: warehouse, lines: [])
    }

    /// The units of `sku`; 0 when it is not in the movement. Found by halving where the lines
    /// are in ascending order, as they are as a rule; an order may have two thousand.
    public func units(of sku: SKU) -> Int64 {
        let found = lines.count > 8 ? unitsByHalving(sku) : nil
        return found ?? lines.first { $0.sku == sku }?.units ?? 0
    }

    private func unitsByHalving(_ sku: SKU) -> Int64? {
        var low = 0
        var high = lines.count
        while low < high {
            let middle = (low + high) / 2
            if lines[middle].sku < sku { low = middle + 1 } else { high = middle }
        }
        return low < lines.count && lines[low].sku == sku ? lines[low].units : nil
    }
}
