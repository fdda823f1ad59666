// SPDX-License-Identifier: Apache-2.0
/// What every `Bus` promises, which is little: the log decides. What a bus does beyond that it
/// declares, and is then held to.

public import Ports
import Synchronization
public import Testing

/// One promise of the port `Bus`.
public struct BusContract: Sendable, CustomTestStringConvertible {
    public let name: String
    private let body: @Sendable (BusMedium) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (BusMedium) async throws -> Void) {
        self.name = name
        self.body = body
    }

    public func check(_ medium: BusMedium) async throws { try await body(medium) }

    public var testDescription: String { name }

    public static let all = [
        deliversAsSent, deliversInOrder, deliversToAll, deliversWhatWasAskedFor, takesRepeats,
        takesNothing, keepsBigFacts,
    ]

    /// What a bus may do to messages. All false is a good bus.
    public struct Faults: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }

        public static let loses = Faults(rawValue: 1)
        public static let repeats = Faults(rawValue: 2)
        public static let reorders = Faults(rawValue: 4)
    }
}

/// A bus that nobody has used yet.
public struct BusMedium: Sendable {
    public let bus: any Bus
    public let faults: BusContract.Faults
    /// Returns when everything that will be delivered was delivered.
    public let settle: @Sendable () async throws -> Void

    public init(
        _ bus: any Bus, faults: BusContract.Faults = [],
        settle: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.bus = bus
        self.faults = faults
        self.settle = settle
    }

    /// A bus may refuse for a while, not for ever.
    func publish(_ messages: [BusMessage]) throws(BusFailure) {
        for _ in 0..<50 {
            do throws(BusFailure) { return try bus.publish(messages) } catch { continue }
        }
        throw .unavailable
    }
}

/// What a subscriber heard.
final class Listener: Sendable {
    private let state = Mutex<[BusMessage]>([])

    var heard: [BusMessage] { state.withLock { $0 } }

    func listen(to log: LogName, partitions: Set<UInt16>? = nil, on bus: any Bus) {
        bus.subscribe(log, partitions: partitions) { [self] messages in
            state.withLock { $0.append(contentsOf: messages) }
        }
    }
}
