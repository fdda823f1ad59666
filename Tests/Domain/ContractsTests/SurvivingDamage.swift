// SPDX-License-Identifier: Apache-2.0
/// Bytes may be damaged or hostile: reading them says so or gives some fact, and never traps.

import Contracts
import GivenWhenThen
import Kernel
import SampleFacts
import Testing

@Suite struct `Surviving damage` {
    @Test(arguments: Context.all)
    func `refuses every fact that is cut short`(_ context: Context) {
        refusesPrefixes(context.events)
    }

    private func refusesPrefixes<Event: Sampled>(_ events: Event.Type) {
        for event in Event.samples {
            let bytes = event.binary
            for count in bytes.indices {
                #expect(throws: WireError.truncated) {
                    var reader = WireReader(binary: bytes, range: 0..<count)
                    _ = try Event.read(event.wireName, from: &reader)
                }
            }
        }
    }

    /// A flipped bit is refused or makes another fact; that one can be kept like any other. 50,000
    /// trials, the same number for each context.
    @Test(arguments: Context.all)
    func `takes flipped bits without a trap`(_ context: Context) throws {
        try takesFlippedBits(context.events)
    }

    private func takesFlippedBits<Event: Sampled>(_ events: Event.Type) throws {
        var chance = Chance(seed: 11)
        var refused = 0
        for _ in 0..<10_000 {
            let event = chance.one(of: Event.samples)
            var bytes = event.binary
            for _ in 0...chance.below(3) {
                bytes[chance.below(bytes.count)] ^= 1 << UInt8(chance.below(8))
            }
            guard let other = try? Event(binary: bytes, as: event.wireName) else {
                refused += 1
                continue
            }
            #expect(try Event(binary: other.binary, as: other.wireName) == other)
        }
        #expect((100..<9_900).contains(refused))
    }

    @Test(arguments: Context.all)
    func `takes any bytes as any fact without a trap`(_ context: Context) {
        takesAnyBytes(context.events)
    }

    private func takesAnyBytes<Event: Sampled>(_ events: Event.Type) {
        var chance = Chance(seed: 12)
        for _ in 0..<4_000 {
            // Small numbers get further than large ones.
            let mask: UInt64 = chance.comesUp(50) ? 0x03 : 0xff
            let bytes = (0..<chance.below(120)).map { _ in UInt8(chance.next() & mask) }
            let name = chance.one(of: Event.names)
            let fact = try? Event(binary: bytes, as: name)
            #expect(fact == nil || fact?.wireName == name)
        }
    }

    @Test func `refuses a list that is absurdly long before it allocates it`() {
        var writer = WireWriter()
        writer.field("order", OrderID.sample)
        writer.binary.appendVarint(unsigned: UInt64(WireReader.listCountMax) + 1)
        let filler = writer.bytes + [UInt8](repeating: 1, count: 1_000_000)
        #expect(throws: WireError.truncated) {
            _ = try OrderEvent(binary: filler, as: WireName(3, "order.rejected.v1"))
        }
    }

    /// The members that may be absent; that says something, too.
    private static let optional: [String: Set<String>] = [
        "order.placed.v1": ["source", "region", "customer", "reference"],
        "order.canceling.v1": ["shipment"], "order.stopped.v1": ["hold", "payment"],
        "order.reminded.v1": ["hold", "payment"],
    ]

    @Test(arguments: Context.all)
    func `misses every member that JSON lacks`(_ context: Context) throws {
        try missesMembers(context.events) { _ in nil }
        try missesMembers(context.events) { _ in .leaf("null") }
    }

    private func missesMembers<Event: Sampled>(
        _ events: Event.Type, _ change: (JSONTree) -> JSONTree?
    ) throws {
        for event in Event.samples {
            let tree = try JSONTree(parsing: event.json)
            for (name, changed) in tree.changingEachMember(change) {
                let other = try? Event(json: changed.text, as: event.wireName)
                let mayBeAbsent =
                    Self.optional[event.wireName.text]?.contains(name) == true
                    && !event.isRemindedOfOneThing
                #expect((other != nil) == mayBeAbsent, "\(event.wireName) without \(name)")
                #expect(other != event)
            }
        }
    }

    @Test(arguments: Context.all, ["true", "1.5", "-9223372036854775809", "\"\"", "[]", "{}"])
    func `refuses members of another kind`(_ context: Context, _ value: String) throws {
        try refusesOtherKinds(context.events, value)
    }

    private func refusesOtherKinds<Event: Sampled>(_ events: Event.Type, _ value: String) throws {
        for event in Event.samples {
            let tree = try JSONTree(parsing: event.json)
            for (name, changed) in tree.changingEachMember({ $0.turned(into: value) }) {
                guard changed != tree else { continue }
                let other = try? Event(json: changed.text, as: event.wireName)
                #expect(other == nil, "\(event.wireName) with \(value) for \(name)")
            }
        }
    }

    /// An unknown reason or kind is refused on purpose: guessing would change history.
    @Test(arguments: Context.all)
    func `refuses slugs that it never wrote`(_ context: Context) throws {
        try refusesSlugs(context.events)
    }

    private func refusesSlugs<Event: Sampled>(_ events: Event.Type) throws {
        let slugs = Set(
            CancelReason.allCases.map(\.rawValue) + DeferralReason.allCases.map(\.rawValue)
                + MessageKind.allCases.map(\.rawValue)
                + ["hold", "ship", "stop-shipment", "give-back", "capture", "track"])
        for event in Event.samples {
            let tree = try JSONTree(parsing: event.json)
            for (name, changed) in tree.changingEachMember({ $0.spoiled(among: slugs) })
            where changed != tree {
                #expect(throws: WireError.badField(name)) {
                    _ = try Event(json: changed.text, as: event.wireName)
                }
            }
        }
    }
}

extension WireEvent {
    /// True for reminders whose step names one shipment, payment or warehouse, and must.
    fileprivate var isRemindedOfOneThing: Bool {
        guard case .reminded(let reminded)? = self as? OrderEvent else { return false }
        if case .giveBack = reminded.step { return false }
        return true
    }
}

extension JSONTree {
    /// `value`, unless it is of the same kind.
    fileprivate func turned(into value: String) -> JSONTree {
        let isSameKind =
            switch self {
            case .object: value == "{}"
            case .array: value == "[]"
            case .leaf(let text):
                text.hasPrefix("\"") && value == "\"\""
                    || ["true", "false"].contains(text) && value == "true"
            }
        return isSameKind ? self : .leaf(value)
    }

    /// A text that is no slug instead of one that is.
    fileprivate func spoiled(among slugs: Set<String>) -> JSONTree {
        guard case .leaf(let text) = self, slugs.contains(String(text.dropFirst().dropLast()))
        else { return self }
        return .leaf("\"no-such\"")
    }
}
