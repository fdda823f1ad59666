// SPDX-License-Identifier: Apache-2.0
/// What happens to meters, under its permanent names.

import Kernel

enum MeterEvent: WireEvent {
    case added(MeterKey, Int64, hops: Int64)
    case moved(MeterKey, MeterKey, Int64)
    case reminded(MeterKey, Timestamp)
    case rang(MeterKey)
    case called(MeterKey, attempt: Int64, due: Timestamp)
    case answered(MeterKey, Bool)
    case closed(MeterKey)

    static let names = [
        WireName(1, "meter.added.v1"), WireName(2, "meter.moved.v1"),
        WireName(3, "meter.reminded.v1"), WireName(4, "meter.rang.v1"),
        WireName(5, "meter.called.v1"), WireName(6, "meter.answered.v1"),
        WireName(7, "meter.closed.v1"),
    ]

    static let addedKind = FactKind<
        MeterEvent, (meter: MeterKey, amount: Int64, hops: Int64)
    >(names[0]) { fact in
        guard case .added(let meter, let amount, let hops) = fact else { return nil }
        return (meter, amount, hops)
    }

    var wireName: WireName {
        switch self {
        case .added: Self.names[0]
        case .moved: Self.names[1]
        case .reminded: Self.names[2]
        case .rang: Self.names[3]
        case .called: Self.names[4]
        case .answered: Self.names[5]
        case .closed: Self.names[6]
        }
    }

    /// The meter: its facts are one story.
    var correlation: String? { MeterRules.changes(self).first?.description }

    func write(to writer: inout WireWriter) {
        for key in MeterRules.changes(self) {
            writer.field("table", Int64(key.table))
            writer.field("number", Int64(key.number))
            if case .moved(let from, let to, let amount) = self {
                writer.field("toTable", Int64(to.table))
                writer.field("toNumber", Int64(to.number))
                writer.field("amount", amount)
                precondition(from == key)
                return
            }
        }
        switch self {
        case .added(_, let amount, let hops):
            writer.field("amount", amount)
            writer.field("hops", hops)
        case .reminded(_, let at): writer.field("at", at)
        case .called(_, let attempt, let due):
            writer.field("attempt", attempt)
            writer.field("due", due)
        case .answered(_, let isDone): writer.field("isDone", isDone)
        case .moved, .rang, .closed: break
        }
    }

    static func read(
        _ name: WireName, from reader: inout WireReader
    ) throws(WireError) -> MeterEvent {
        let key = try MeterKey(table: reader.int("table"), number: reader.int("number"))
        switch name.code {
        case 1: return .added(key, try reader.int("amount"), hops: try reader.int("hops"))
        case 2:
            let to = try MeterKey(table: reader.int("toTable"), number: reader.int("toNumber"))
            return .moved(key, to, try reader.int("amount"))
        case 3: return .reminded(key, try reader.timestamp("at"))
        case 4: return .rang(key)
        case 5:
            return .called(
                key, attempt: try reader.int("attempt"), due: try reader.timestamp("due"))
        case 6: return .answered(key, try reader.bool("isDone"))
        case 7: return .closed(key)
        default: throw .unknownName(name.text)
        }
    }
}
