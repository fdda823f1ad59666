// SPDX-License-Identifier: Apache-2.0
/// `If-Match`: who changes something may say what it must still be. The node checks that in the
/// decision itself, so nothing can come in between.

import HTTPTypes
import JSONCodec
import NodeEngine
import Testing

@testable import Gateway

@Suite struct `Expecting a version` {
    @Test func `a count goes through at the version that was read`() async throws {
        let shop = try Shop()
        let first = try await shop.count(10, key: "a")
        let read = try await shop.ask(.get, "/v1/stock/main/CUP")
        // Behind the count it is announced how many can be had.
        #expect(read.status == 200 && read.tag == first.tag && read.tag == #""2""#)
        let second = try await shop.count(12, key: "b", ifMatch: read.tag)
        #expect(second.status == 200)
        #expect(second.tag != read.tag)
        let version = try #require(second.version)
        #expect(second.tag == "\"\(version)\"")
    }

    @Test func `a count at a version that has passed changes nothing`() async throws {
        let shop = try Shop()
        let tag = try #require(try await shop.count(10, key: "a").tag)
        _ = try await shop.count(12, key: "b")
        let late = try await shop.count(11, key: "c", ifMatch: tag)
        #expect(late.status == 412 && late.code == "precondition-failed")
        #expect(late.headers[.contentType] == "application/problem+json")
        let now = try await shop.ask(.get, "/v1/stock/main/CUP")
        #expect(now.json?["onHand"]?.int64 == 12)
        // A refusal is not kept: the same key may go on with what is true now.
        let again = try await shop.count(11, key: "c", ifMatch: now.tag)
        #expect(again.status == 200 && again.json?["onHand"]?.int64 == 11)
    }

    @Test func `an order that takes stock changes the stock's version, too`() async throws {
        let shop = try Shop()
        let tag = try #require(try await shop.count(10, key: "a").tag)
        #expect(try await shop.place(3, key: "o").status == 201)
        let read = try await shop.ask(.get, "/v1/stock/main/CUP")
        #expect(read.json?["held"]?.int64 == 3)
        #expect(read.tag != tag)
        #expect(try await shop.count(20, key: "b", ifMatch: tag).status == 412)
        #expect(try await shop.count(20, key: "b", ifMatch: read.tag).status == 200)
    }

    @Test func `an order is canceled only at its version`() async throws {
        let shop = try Shop()
        _ = try await shop.count(10, key: "a")
        let placed = try await shop.place(3, key: "o")
        let path = try #require(placed.headers[.location])
        let read = try await shop.ask(.get, path)
        let version = try #require(read.version)
        #expect(read.tag == placed.tag && read.tag == "\"\(version)\"")
        let stale = try await shop.ask(.post, "\(path)/cancel", key: "c", ifMatch: #""1""#)
        #expect(stale.status == 412 && stale.code == "precondition-failed")
        #expect(try await shop.ask(.get, path).text == read.text)
        let canceled = try await shop.ask(.post, "\(path)/cancel", key: "c", ifMatch: read.tag)
        #expect(canceled.status == 202)
        #expect(canceled.json?["status"]?.string == "canceling")
        #expect(canceled.headers[.location] == path)
        // A repeat meets the first answer, though the version has moved on.
        let repeated = try await shop.ask(.post, "\(path)/cancel", key: "c", ifMatch: read.tag)
        #expect(repeated.text == canceled.text && repeated.status == 202)
        #expect(repeated.headers[.location] == path && repeated.tag == canceled.tag)
    }

    @Test func `a star expects that there is something`() async throws {
        let shop = try Shop()
        let none = try await shop.count(10, key: "a", ifMatch: "*")
        #expect(none.status == 412)
        #expect(try await shop.ask(.get, "/v1/stock/main/CUP").status == 404)
        _ = try await shop.count(10, key: "a")
        #expect(try await shop.count(11, key: "b", ifMatch: " * ").status == 200)
    }

    @Test func `one of several versions is enough`() async throws {
        let shop = try Shop()
        let tag = try #require(try await shop.count(10, key: "a").tag)
        #expect(try await shop.count(11, key: "b", ifMatch: #""7", "x,y""#).status == 412)
        let list = #""7", "x,y" ,, \#(tag)"#
        #expect(try await shop.count(11, key: "b", ifMatch: list).status == 200)
    }

    @Test func `what would be refused anyway is refused for its own reason`() async throws {
        let shop = try Shop()
        let unknown = "/v1/orders/ord_06h5nstb000000000000000000/cancel"
        let answer = try await shop.ask(.post, unknown, key: "c", ifMatch: "*")
        #expect(answer.status == 404, "\(answer.text)")
    }

    @Test(arguments: [
        #"W/"1""#, "1", #""1"#, #"1""#, "", " ", ",", #""1" "2""#, #""1", W/"2""#, "*, \"1\"",
        "**", #""a b""#,
    ])
    func `a weak or malformed header is told so`(_ field: String) async throws {
        #expect(IfMatch.read(field) == nil)
        let shop = try Shop()
        let answer = try await shop.count(10, key: "a", ifMatch: field)
        #expect(answer.status == 400 && answer.code == "bad-if-match")
        #expect(try await shop.ask(.get, "/v1/stock/main/CUP").status == 404)
    }

    @Test(arguments: [
        (#""1""#, [1]), (#""1","2""#, [1, 2]), (#" "3" , "4" "#, [3, 4]), (#""01""#, []),
        (#""+1""#, []), (#""0""#, []), (#""-1""#, []), (#""""#, []), (#""é""#, []),
        (#""9223372036854775807""#, [Int64.max]), (#""9223372036854775808""#, []),
    ])
    func `only tags as the house writes them name a version`(_ field: String, _ versions: [Int64]) {
        #expect(IfMatch.read(field) == .version(among: versions))
    }

    @Test func `nothing is at version nothing`() {
        #expect(!Precondition.exists.isMet(by: 0))
        #expect(!Precondition.version(among: [0]).isMet(by: 0))
        #expect(Precondition.exists.isMet(by: 1))
        #expect(Precondition.version(among: [2, 3]).isMet(by: 3))
        #expect(!Precondition.version(among: [2, 3]).isMet(by: 4))
    }
}
