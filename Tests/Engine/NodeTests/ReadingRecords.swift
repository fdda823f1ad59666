// SPDX-License-Identifier: Apache-2.0
/// Stored bytes are read back whole, or refused; nothing in them ends the process.

import JSONCodec
import Kernel
import Ports
import Testing

@testable import NodeEngine

@Suite struct `A stored record` {
    private func frame(_ bytes: [UInt8], count: Int = 1) -> Frame {
        Frame(
            log: Bench.meters, first: 1, count: count, epoch: 1, at: Bench.noon, bytes: bytes,
            chain: [])
    }

    @Test func `shows as an envelope of JSON`() throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(7), 1))
        let submission = Submission(
            runner: 0, command: MeterCommand.add(.meter(7), 2), principal: .anonymous,
            request: Request(principal: .anonymous, key: "k", about: []), trace: "00-a-b-01")
        bench.turn([.submission(submission)])
        let record = try #require(try bench.records(Bench.meters).last)
        var json = JSONWriter(capacity: 100)
        try bench.meterRunner.codec.write(record, to: &json)
        let cause = record.cause.text
        #expect(cause.hasPrefix("cmd_") && cause.count == 36)
        #expect(
            String(decoding: json.bytes, as: UTF8.self) == """
                {"id":"evt_meters/0/2","type":"meter.added.v1","stream":"meter-7","version":2,\
                "position":2,"recordedAt":"2023-11-14T22:13:20.000Z","causationId":"\(cause)",\
                "correlationId":"meter-7","traceparent":"00-a-b-01",\
                "data":{"table":0,"number":7,"amount":2,"hops":0}}
                """)
    }

    @Test(arguments: [InputID(high: 0, low: 0), InputID(high: 0, low: 1), InputID(high: 1, low: 0)])
    func `says which request brought it about, in one byte when none did`(
        _ request: InputID
    ) throws {
        var bytes = WireBytes(capacity: 20)
        RecordCoding.write(cause: request, to: &bytes)
        #expect(bytes.count == (request == InputID(high: 0, low: 0) ? 1 : 17))
        var reader = WireReader(binary: bytes.array)
        #expect(try RecordCoding.cause(from: &reader) == .command(request))
        #expect(reader.isAtEnd)
    }

    @Test func `is read back from JSON as it was`() throws {
        let bench = try Bench()
        _ = bench.ask(
            .add(.meter(1), 5), .move(.meter(1), .pool(2), 3), .remind(.meter(1), at: bench.now),
            .call(.pool(2)), .answer(.pool(2), false), .close(.pool(2)))
        let codec = bench.meterRunner.codec
        for record in try bench.records(Bench.meters) {
            let fact = try #require(try codec.fact(of: record) as? MeterEvent)
            let name = try codec.name(of: record).text
            let again = try codec.fact(named: name, json: fact.json)
            #expect(again as? MeterEvent == fact)
        }
        #expect(throws: WireError.unknownName("meter.burst.v1")) {
            try codec.fact(named: "meter.burst.v1", json: Array("{}".utf8))
        }
        #expect(throws: WireError.malformed) {
            try codec.fact(named: "meter.added.v1", json: Array("[]".utf8))
        }
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `that is damaged is refused or read, and never more`(_ seed: UInt64) throws {
        let bench = try Bench()
        _ = bench.ask(.add(.meter(1), 5), .move(.meter(1), .pool(2), 3), .call(.pool(2)))
        let whole = try #require(try bench.store.frames(Bench.meters).first)
        var draws = Draws(seed: seed)
        for _ in 0..<2_000 {
            var bytes = whole.bytes
            for _ in 0...draws.below(3) {
                bytes[draws.below(bytes.count)] = UInt8(truncatingIfNeeded: draws.next())
            }
            if draws.hits(30) { bytes.removeLast(draws.below(bytes.count)) }
            let count = draws.hits(20) ? draws.below(1 << 40) : whole.count
            guard let records = try? frame(bytes, count: count).records() else { continue }
            for record in records {
                _ = try? bench.meterRunner.codec.fact(of: record)
                var json = JSONWriter(capacity: 100)
                try? bench.meterRunner.codec.write(record, to: &json)
            }
        }
    }

    @Test func `has no bytes left over and none too few`() throws {
        #expect(throws: WireError.truncated) { try frame([]).records() }
        #expect(throws: WireError.truncated) { try frame([0], count: 0).records() }
        #expect(try frame([], count: 0).records().isEmpty)
    }

    @Test func `of answers is read back as it was, or refused`() throws {
        let replies = (0..<5 as Range<UInt64>).map { index -> StoredReply in
            let body = [UInt8](repeating: UInt8(index), count: Int(index) * 100)
            let location = index == 3 ? "/meters/3" : ""
            let request = PendingRequest(
                Request(
                    identity: InputID(high: index << 60, low: UInt64.max - index),
                    fingerprint: index &* 0x9e37_79b9_7f4a_7c15))
            if index == 2 { return StoredReply(request, pendingOn: body, in: 1) }
            return StoredReply(
                request,
                Reply(
                    status: 200 + Int(index), body: body, version: Int64(index) - 2,
                    location: location))
        }
        var framed = WireBytes(capacity: 0)
        var scratch = WireBytes(capacity: 0)
        for reply in replies { reply.write(to: &framed, by: &scratch) }
        let bytes = framed.array
        #expect(try StoredReply.all(in: frame(bytes, count: 5)) == replies)
        for count in 0..<bytes.count {
            #expect(throws: WireError.truncated) {
                try StoredReply.all(in: frame(Array(bytes.prefix(count)), count: 5))
            }
        }
    }

    @Test func `of what was parked, or marked, is read back as it was`() throws {
        let item = ParkedItem(
            consumer: Bench.echoes, source: Bench.meters, position: -1, name: "n", payload: [1],
            provenance: Provenance(
                at: Timestamp(milliseconds: 7), cause: .fact(Bench.meters, 3), trace: "00-t"),
            reason: "poison", entity: RowKey("echo_0", [0, 255]))
        #expect(try ParkedItem(value: item.value) == item)
        for count in 0..<item.value.count {
            #expect(throws: WireError.self) {
                try ParkedItem(value: Array(item.value.prefix(count)))
            }
        }
        var generations = ReplyGenerations()
        generations.slot = 2
        generations.began = Timestamp(milliseconds: 1 << 41)
        generations.first = 1 << 33
        generations.olderFirst = 1 << 32
        var checkpoint = Checkpoint(
            through: 5, repliesThrough: 1 << 40, greatest: [[], [1, 2, 255]])
        checkpoint.generations = generations
        #expect(try Checkpoint(value: checkpoint.value) == checkpoint)
        for count in 0..<checkpoint.value.count {
            #expect(throws: WireError.self) {
                try Checkpoint(value: Array(checkpoint.value.prefix(count)))
            }
        }
    }

    @Test func `sorts by consumer, source and position when parked`() {
        func key(_ position: Int64) -> [UInt8] {
            ParkedItem(
                consumer: Bench.echoes, source: Bench.meters, position: position, name: "",
                payload: [],
                provenance: Provenance(
                    at: Timestamp(milliseconds: 1), cause: .time, trace: nil),
                reason: "", entity: nil
            ).rowKey
        }
        let positions: [Int64] = [0, 1, 255, 256, 65_535, 65_536, 1 << 40, .max]
        for (low, high) in zip(positions, positions.dropFirst()) {
            #expect(key(low).lexicographicallyPrecedes(key(high)))
        }
    }
}
