// SPDX-License-Identifier: Apache-2.0
/// What a column of a read model holds. Values are equal, ordered and hashed by their bytes, as
/// databases do it: Swift takes texts for equal that are written differently.

/// One value of a row. In order: null, integers, texts, bytes.
@frozen public enum ViewValue: Sendable {
    case null
    case int(Int64)
    case text(String)
    case bytes([UInt8])
}

extension ViewValue {
    @inlinable public var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Nil for everything but an integer.
    @inlinable public var int: Int64? {
        if case .int(let value) = self { value } else { nil }
    }

    /// Nil for everything but a text.
    @inlinable public var text: String? {
        if case .text(let value) = self { value } else { nil }
    }

    /// Nil for everything but bytes.
    @inlinable public var bytes: [UInt8]? {
        if case .bytes(let value) = self { value } else { nil }
    }

    /// A text, or null.
    @inlinable
    public static func optional(_ text: String?) -> ViewValue { text.map { .text($0) } ?? .null }

    /// An integer, or null.
    @inlinable
    public static func optional(_ int: Int64?) -> ViewValue { int.map { .int($0) } ?? .null }

    private var rank: Int {
        switch self {
        case .null: 0
        case .int: 1
        case .text: 2
        case .bytes: 3
        }
    }
}

extension ViewValue: Comparable {
    public static func == (one: ViewValue, other: ViewValue) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.int(let one), .int(let other)): one == other
        case (.text(let one), .text(let other)):
            withBytes(one) { one in withBytes(other) { other in one.elementsEqual(other) } }
        case (.bytes(let one), .bytes(let other)): one == other
        default: false
        }
    }

    public static func < (one: ViewValue, other: ViewValue) -> Bool {
        switch (one, other) {
        case (.int(let one), .int(let other)): one < other
        case (.text(let one), .text(let other)):
            withBytes(one) { one in
                withBytes(other) { other in one.lexicographicallyPrecedes(other) }
            }
        case (.bytes(let one), .bytes(let other)): one.lexicographicallyPrecedes(other)
        default: one.rank < other.rank
        }
    }

    private static func withBytes<Answer>(
        _ text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Answer
    ) -> Answer {
        text.utf8.withContiguousStorageIfAvailable(body)
            ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }
}

extension ViewValue: Hashable {
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .int(let value): hasher.combine(value)
        case .text(let text): Self.withBytes(text) { hasher.combine(bytes: .init($0)) }
        case .bytes(let bytes): bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }
}

/// A row: its values in the order of its table's columns.
public typealias ViewRow = [ViewValue]

/// The values of a row's primary key.
public typealias ViewKey = [ViewValue]

extension Array where Element == ViewValue {
    /// Value by value; a beginning of another list comes before it.
    @inlinable
    public func precedes(_ other: [ViewValue]) -> Bool { lexicographicallyPrecedes(other) }
}
