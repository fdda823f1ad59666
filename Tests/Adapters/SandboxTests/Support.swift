// SPDX-License-Identifier: Apache-2.0
/// What the tests of this target share: a folder of their own, a clock that is set by hand, and
/// recorders for what the sandbox says.

import Foundation
import Kernel
import Ports
import SandboxAdapter
import Synchronization

/// A new folder that goes when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String
    var books: String { "\(path)/books" }

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "orderhouse-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var text: String { (try? String(contentsOfFile: books, encoding: .utf8)) ?? "" }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: books))
    }
}

final class ManualClock: Clock {
    private static let start = Timestamp(milliseconds: 1_767_323_045_678)
    private let time = Mutex(start)

    func now() -> Timestamp { time.withLock { $0 } }
    func elapsed() -> Span { now().since(Self.start) }
    func advance(by span: Span) { time.withLock { $0 = $0.advanced(by: span) } }
}

/// What was said, in the order in which it was.
final class Recorder<Element: Sendable>: Sendable {
    private let said = Mutex<[Element]>([])

    var all: [Element] { said.withLock { $0 } }

    func add(_ elements: [Element]) { said.withLock { $0 += elements } }

    /// Waits until `count` elements were said; gives up after ten seconds.
    func wait(for count: Int) async -> [Element] {
        await until { all.count >= count }
        return all
    }
}

/// Waits until `isTrue`; gives up after ten seconds.
func until(_ isTrue: () -> Bool) async {
    let end = ContinuousClock.now + .seconds(10)
    while !isTrue(), ContinuousClock.now < end {
        try? await Task.sleep(for: .milliseconds(2))
    }
}

func id(_ number: UInt64) -> UUIDv7 {
    UUIDv7(milliseconds: 1_767_323_045_678, bucket: 7, entropy: number)
}

func eur(_ amount: Int64) -> Money { Money(amount: amount, currency: .eur) }

/// Runs `body` beside `loop`, which is canceled at the end.
func beside<Result: Sendable>(
    _ loop: @escaping @Sendable () async -> Void,
    _ body: () async throws -> Result
) async rethrows -> Result {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await loop() }
        defer { group.cancelAll() }
        return try await body()
    }
}

extension ProviderCall {
    init(
        _ operation: Operation, _ payment: UUIDv7 = id(1), _ amount: Int64 = 1_500,
        token: String = SandboxPayments.Token.ok, isQuestion: Bool = false
    ) {
        self.init(
            payment: payment, operation: operation, amount: eur(amount), token: token,
            isQuestion: isQuestion)
    }

    static func asking(_ operation: Operation, _ payment: UUIDv7 = id(1)) -> ProviderCall {
        ProviderCall(operation, payment, isQuestion: true)
    }
}

extension SandboxPayments {
    /// Every answer to `calls`, by their index and in the order in which they came.
    func answers(_ calls: [ProviderCall]) async -> [(Int, ProviderAnswer)] {
        let recorder = Recorder<(Int, ProviderAnswer)>()
        await perform(calls) { recorder.add($0) }
        return recorder.all
    }

    /// The only answer to one call.
    func answer(_ call: ProviderCall) async -> ProviderAnswer? {
        let answers = await answers([call])
        return answers.count == 1 ? answers[0].1 : nil
    }
}

extension ProviderAnswer {
    var isDone: Bool {
        if case .done = self { true } else { false }
    }
}

extension SandboxCarrier {
    /// The answers to `calls`, in their order; nil for those without one.
    func answers(_ calls: [CarrierCall]) async -> [CarrierAnswer?] {
        let recorder = Recorder<(Int, CarrierAnswer)>()
        await perform(calls) { recorder.add($0) }
        return calls.indices.map { index in recorder.all.first { $0.0 == index }?.1 }
    }

    func answer(_ operation: CarrierCall.Operation, _ shipment: UUIDv7 = id(1)) async
        -> CarrierAnswer?
    {
        await answers([CarrierCall(operation, shipment)])[0]
    }
}

extension CarrierCall {
    init(_ operation: Operation, _ shipment: UUIDv7) {
        self.init(
            shipment: shipment, operation: operation,
            address: operation == .label ? "Nevsky Prospekt 1" : "", units: 1)
    }
}
