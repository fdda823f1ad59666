// SPDX-License-Identifier: Apache-2.0
/// The six contexts with their sample facts, so that one test serves them all.

import Contracts
import JSONCodec
import Kernel
import SampleFacts
import Testing

/// A context's event type that has a sample of every fact.
protocol Sampled: WireEvent {
    static var samples: [Self] { get }
}

extension OrderEvent: Sampled {}
extension StockEvent: Sampled {}
extension PaymentEvent: Sampled {}
extension ShipmentEvent: Sampled {}
extension MessageEvent: Sampled {}
extension ProductEvent: Sampled {}

struct Context: Sendable, CustomTestStringConvertible {
    let noun: String
    let events: any Sampled.Type

    static let all = [
        Context(noun: "order", events: OrderEvent.self),
        Context(noun: "stock", events: StockEvent.self),
        Context(noun: "payment", events: PaymentEvent.self),
        Context(noun: "shipment", events: ShipmentEvent.self),
        Context(noun: "message", events: MessageEvent.self),
        Context(noun: "product", events: ProductEvent.self),
    ]

    var testDescription: String { noun }
}

extension WireEvent {
    var binary: [UInt8] {
        var writer = WireWriter()
        write(to: &writer)
        return writer.bytes
    }

    var json: String {
        var writer = WireWriter(json: JSONWriter())
        writer.json.beginObject()
        write(to: &writer)
        writer.json.endObject()
        return String(decoding: writer.json.bytes, as: UTF8.self)
    }

    /// Reads the binary form to its end.
    init(binary bytes: [UInt8], as name: WireName) throws(WireError) {
        var reader = WireReader(binary: bytes)
        self = try Self.read(name, from: &reader)
        guard reader.isAtEnd else { throw .badField("rest") }
    }

    init(json text: String, as name: WireName) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        var reader = WireReader(json: document.root)
        self = try Self.read(name, from: &reader)
    }
}
