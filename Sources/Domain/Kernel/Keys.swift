// SPDX-License-Identifier: Apache-2.0
/// The entities that a command or an event names: one as a rule, sometimes many. An array for each
/// would be forty allocations an order, a tenth of what its decisions cost (measured).

/// A short list of keys that needs no memory of its own when there is one.
@frozen public enum Keys<Key: Sendable>: Sendable {
    case one(Key)
    case many([Key])
}

extension Keys: RandomAccessCollection {
    @inlinable public var startIndex: Int { 0 }

    @inlinable public var endIndex: Int {
        switch self {
        case .one: 1
        case .many(let keys): keys.count
        }
    }

    @inlinable
    public subscript(index: Int) -> Key {
        switch self {
        case .one(let key):
            precondition(index == 0, "there is one key")
            return key
        case .many(let keys): return keys[index]
        }
    }
}

extension Keys: ExpressibleByArrayLiteral {
    @inlinable
    public init(arrayLiteral keys: Key...) {
        self = keys.count == 1 ? .one(keys[0]) : .many(keys)
    }
}

extension Keys: Equatable where Key: Equatable {
    /// The same keys in the same order, however they are kept.
    @inlinable
    public static func == (left: Keys, right: Keys) -> Bool { left.elementsEqual(right) }
}
