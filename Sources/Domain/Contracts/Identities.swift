// SPDX-License-Identifier: Apache-2.0
/// The identities that facts carry. Those of an order's hold, payment, shipment and messages are
/// derived from the order's, so that a step announced twice names the same thing both times.

public import Kernel

public enum OrderEntity: Identified {
    public static let prefix = "ord"
    public static let table = "orders"
}

public enum HoldEntity: Identified { public static let prefix = "hld" }
public enum PaymentEntity: Identified {
    public static let prefix = "pay"
    public static let table = "payments"
}

public enum ShipmentEntity: Identified {
    public static let prefix = "shp"
    public static let table = "shipments"
}

public enum MessageEntity: Identified {
    public static let prefix = "msg"
    public static let table = "messages"
}

public enum PersonEntity: Identified { public static let prefix = "per" }

public typealias OrderID = ID<OrderEntity>
public typealias HoldID = ID<HoldEntity>
public typealias PaymentID = ID<PaymentEntity>
public typealias ShipmentID = ID<ShipmentEntity>
public typealias MessageID = ID<MessageEntity>
public typealias PersonID = ID<PersonEntity>

/// The numbers are part of every derived identity: never changed, never used again.
extension ID<OrderEntity> {
    /// The hold of the order's lines in its `ordinal`-th warehouse.
    public func hold(_ ordinal: UInt32 = 0) -> HoldID { HoldID(raw.derived(1, ordinal)) }
    /// The order's `ordinal`-th payment.
    public func payment(_ ordinal: UInt32 = 0) -> PaymentID { PaymentID(raw.derived(2, ordinal)) }
    /// The order's `ordinal`-th shipment.
    public func shipment(_ ordinal: UInt32 = 0) -> ShipmentID {
        ShipmentID(raw.derived(3, ordinal))
    }
    /// The message of one kind about the order.
    public func message(_ kind: MessageKind) -> MessageID {
        MessageID(raw.derived(4, kind.ordinal))
    }
}

/// The merchant's article number: 1 to 40 letters, digits, `-`, `_` or `.`, but
/// neither `.` nor `..`.
public struct SKU: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let lengthMax = 40

    public let code: String

    /// Nil unless `code` has the form above.
    public init?(_ code: some StringProtocol) {
        guard isCode(code, lengthMax: Self.lengthMax) else { return nil }
        self.code = String(code)
    }

    public var description: String { code }

    public static func < (left: SKU, right: SKU) -> Bool { left.code < right.code }
}

/// A place that keeps stock: 1 to 20 letters, digits, `-`, `_` or `.`, but
/// neither `.` nor `..`.
public struct Warehouse: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let lengthMax = 20
    /// Where an order is filled from when it names no warehouse.
    public static let main = Warehouse(unchecked: "main")

    public let code: String

    /// Nil unless `code` has the form above.
    public init?(_ code: some StringProtocol) {
        guard isCode(code, lengthMax: Self.lengthMax) else { return nil }
        self.code = String(code)
    }

    private init(unchecked code: String) { self.code = code }

    public var description: String { code }

    public static func < (left: Warehouse, right: Warehouse) -> Bool { left.code < right.code }
}

/// The merchant's name of a product: 1 to 40 letters, digits, `-`, `_` or `.`, but
/// neither `.` nor `..`.
public struct ProductCode: Hashable, Comparable, Sendable, CustomStringConvertible {
    public static let lengthMax = 40

    public let code: String

    /// Nil unless `code` has the form above.
    public init?(_ code: some StringProtocol) {
        guard isCode(code, lengthMax: Self.lengthMax) else { return nil }
        self.code = String(code)
    }

    public var description: String { code }

    public static func < (left: ProductCode, right: ProductCode) -> Bool { left.code < right.code }
}

/// `.` and `..` are none: in a path they would name something else (RFC 3986, section 5.2.4).
private func isCode(_ code: some StringProtocol, lengthMax: Int) -> Bool {
    let count = code.utf8.count
    guard (1...lengthMax).contains(count), code.utf8.allSatisfy(isCodeByte) else { return false }
    return count > 2 || code.utf8.contains { $0 != UInt8(ascii: ".") }
}

private func isCodeByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    default: false
    }
}

/// An ISO 3166-1 alpha-2 country code, in the clear beside a sealed address: two capital letters.
public struct Country: Hashable, Sendable, CustomStringConvertible {
    public let code: String

    /// Nil unless `code` is two letters A to Z. Whether a country has that code is not checked:
    /// the list changes, and history must stay readable.
    public init?(_ code: some StringProtocol) {
        guard code.utf8.count == 2,
            code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else { return nil }
        self.code = String(code)
    }

    public var description: String { code }
}

extension WireWriter {
    mutating func field(_ name: StaticString, _ sku: SKU) { field(name, sku.code) }
    mutating func field(_ name: StaticString, _ place: Warehouse) { field(name, place.code) }
    mutating func field(_ name: StaticString, _ product: ProductCode) { field(name, product.code) }
    mutating func list(_ name: StaticString, _ skus: [SKU]) { list(name, skus.map(\.code)) }
}

extension WireReader {
    mutating func sku(_ name: StaticString) throws(WireError) -> SKU {
        guard let sku = SKU(try string(name)) else { throw .badField("\(name)") }
        return sku
    }

    mutating func warehouse(_ name: StaticString) throws(WireError) -> Warehouse {
        guard let warehouse = Warehouse(try string(name)) else { throw .badField("\(name)") }
        return warehouse
    }

    mutating func product(_ name: StaticString) throws(WireError) -> ProductCode {
        guard let product = ProductCode(try string(name)) else { throw .badField("\(name)") }
        return product
    }

    mutating func skus(_ name: StaticString) throws(WireError) -> [SKU] {
        var skus: [SKU] = []
        for code in try strings(name) {
            guard let sku = SKU(code) else { throw .badField("\(name)") }
            skus.append(sku)
        }
        return skus
    }
}
