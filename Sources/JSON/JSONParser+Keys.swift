// SPDX-License-Identifier: Apache-2.0
/// No name twice in an object (RFC 8259, section 4, says SHOULD; here it is refused, because two
/// readers that pick different ones disagree on what was ordered).

extension JSONParser {
    /// Objects with more members are sorted instead of compared pair by pair.
    private static var pairwiseMax: Int { 16 }

    /// Checks the object that just ended, whose word is still marked open.
    func refuseDuplicateKeys(of object: Int) throws(JSONError) {
        let count = JSONNode(word: words[object]).second
        let duplicate =
            count <= Self.pairwiseMax
            ? pairedDuplicate(of: object, count) : sortedDuplicate(of: object, count)
        // The quote before the name.
        if let duplicate { throw .duplicateKey(offset: duplicate.first - 1) }
    }

    private func pairedDuplicate(of object: Int, _ count: Int) -> JSONNode? {
        words.withUnsafeBytes { text in
            var later = object + 1
            for position in 0..<count {
                let name = JSONNode(word: words[later])
                var earlier = object + 1
                for _ in 0..<position {
                    let other = JSONNode(word: words[earlier])
                    if other.second == name.second, isEqual(name, other, in: text) { return name }
                    earlier = words.indexAfter(earlier + 1)
                }
                later = words.indexAfter(later + 1)
            }
            return nil
        }
    }

    /// In n log n, whatever the names are.
    private func sortedDuplicate(of object: Int, _ count: Int) -> JSONNode? {
        var names: [JSONNode] = []
        names.reserveCapacity(count)
        var key = object + 1
        for _ in 0..<count {
            names.append(JSONNode(word: words[key]))
            key = words.indexAfter(key + 1)
        }
        return words.withUnsafeBytes { text in
            names.sort { left, right in
                guard left.second == right.second else { return left.second < right.second }
                let order = compare(left, right, in: text)
                return order == 0 ? left.first < right.first : order < 0
            }
            var first: JSONNode?
            for (name, next) in zip(names, names.dropFirst())
            where name.second == next.second && isEqual(name, next, in: text) {
                if next.first < first?.first ?? .max { first = next }
            }
            return first
        }
    }

    /// Of two names of the same length.
    @inline(__always)
    private func isEqual(
        _ left: JSONNode, _ right: JSONNode, in text: UnsafeRawBufferPointer
    ) -> Bool {
        // SAFETY: the text fills at least one word, so there is an address.
        let base = text.baseAddress.unsafelyUnwrapped
        return equal(base + left.first, base + right.first, count: left.second)
    }

    private func compare(
        _ left: JSONNode, _ right: JSONNode, in text: UnsafeRawBufferPointer
    ) -> Int {
        for offset in 0..<left.second {
            let one = text[left.first + offset]
            let other = text[right.first + offset]
            if one != other { return one < other ? -1 : 1 }
        }
        return 0
    }
}
