// SPDX-License-Identifier: Apache-2.0
/// Values that the tests of all contexts share: one order with what belongs to it, and a stranger.

package import Contracts
package import Kernel

extension ID<OrderEntity> {
    /// Made at noon of 2026-11-02, UTC, in bucket 1234.
    package static var sample: OrderID { numbered(0x0123_4567_89ab_cdef) }
    /// Another order.
    package static var stranger: OrderID { numbered(0x2bad_2bad_2bad_2bad) }

    package static func numbered(_ entropy: UInt64) -> OrderID {
        OrderID(UUIDv7(milliseconds: 1_793_620_800_000, bucket: 1_234, entropy: entropy))
    }
}

extension Money {
    package static func eur(_ amount: Int64) -> Money { Money(amount: amount, currency: .eur) }
}

extension SKU {
    package static let cup: SKU = .of("CUP-01")
    package static let pot: SKU = .of("pot_2.b")
    package static let tea: SKU = .of("TEA")

    package static func of(_ code: String) -> SKU {
        guard let sku = SKU(code) else { preconditionFailure("\(code) is no article number") }
        return sku
    }
}

extension Warehouse {
    package static let north: Warehouse = .of("north-1")

    package static func of(_ code: String) -> Warehouse {
        guard let place = Warehouse(code) else { preconditionFailure("\(code) is no warehouse") }
        return place
    }
}

extension Recipient {
    package static let sample = Recipient(
        sealed: Sealed(
            person: PersonID(UUIDv7(milliseconds: 1_790_000_000_000, bucket: 7, entropy: 42)),
            box: [0, 1, 127, 128, 255]),
        country: .of("GB"))

    /// Nothing sealed: an empty box is still a box.
    package static let empty = Recipient(
        sealed: Sealed(person: PersonID(UUIDv7(high: 0, low: 0)), box: []), country: .of("DE"))
}

extension Country {
    package static func of(_ code: String) -> Country {
        guard let country = Country(code) else { preconditionFailure("\(code) is no country") }
        return country
    }
}

extension Principal {
    package static let shop: Principal = .of("shop:42@web_1.eu-west")

    package static func of(_ name: String) -> Principal {
        guard let who = Principal(name) else { preconditionFailure("\(name) is no principal") }
        return who
    }
}

extension OrderLine {
    /// `units` of `sku` at `price` each, `"0.125"`.
    package static func of(
        _ sku: SKU, _ units: Int, at price: String, _ currency: Currency = .eur
    ) -> OrderLine {
        guard let quantity = Quantity(units),
            let price = UnitPrice(decimal: price, currency: currency),
            let line = try? OrderLine(sku: sku, quantity: quantity, unitPrice: price)
        else { preconditionFailure("\(units) of \(sku) at \(price) are no line") }
        return line
    }
}

extension StockLine {
    package static func of(_ sku: SKU, _ units: Int64) -> StockLine {
        StockLine(sku: sku, units: units)
    }
}
