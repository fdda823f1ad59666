// SPDX-License-Identifier: Apache-2.0
/// Many products in one request: a JSON object a line (NDJSON), and a line of the answer for each.
/// Every line is a request of its own: one that is wrong keeps no other from being carried out, and
/// a line that is sent again under the same key gets its first answer.

import CatalogDomain
import Contracts
import JSONCodec
import Kernel
import NodeEngine
import Ports
import ServiceModel

struct ProductBulk {
    /// Lines that wait for their commits at the same time: enough to fill batches.
    static let atOnce = 64

    private let catalog: any Door<Catalog>
    private let request: RouteRequest
    private let lines: [ArraySlice<UInt8>]

    init(_ catalog: any Door<Catalog>, _ request: RouteRequest) {
        self.catalog = catalog
        self.request = request
        let newline = UInt8(ascii: "\n")
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")]
        // Numbers are those of the body, so lines without anything count, and get no answer.
        lines = request.body.split(separator: newline, omittingEmptySubsequences: false)
            .map { $0.allSatisfy(blanks.contains) ? [] : $0 }
    }

    /// Always 200: whether a line was carried out stands in its own answer.
    func reply() async -> Reply {
        var answers = [[UInt8]](repeating: [], count: lines.count)
        // Lines about the same product or article are carried out in their order.
        var underWay: [Int: Set<CatalogKey>] = [:]
        await withTaskGroup(of: (Int, [UInt8]).self) { group in
            for number in lines.indices where !lines[number].isEmpty {
                let line = Array(lines[number])
                do throws(ProblemError) {
                    let product = try ProductBody(try Self.document(line).root).product
                    let keys = Set(Array(CatalogDecider.keys(.put(product))))
                    while underWay.count >= Self.atOnce
                        || underWay.values.contains(where: { !$0.isDisjoint(with: keys) }),
                        let (done, answer) = await group.next()
                    {
                        answers[done] = answer
                        underWay[done] = nil
                    }
                    underWay[number] = keys
                    group.addTask { (number, await put(product, number, line)) }
                } catch {
                    answers[number] = Self.line(number + 1, "", error.reply)
                }
            }
            for await (done, answer) in group { answers[done] = answer }
        }
        return Reply(status: 200, body: Array(answers.joined()), type: .lines)
    }

    private func put(
        _ product: ProductEvent.Product, _ number: Int, _ line: [UInt8]
    ) async -> [UInt8] {
        let reply = await catalog.submit(
            .put(product), by: request.principal, request: identity(number + 1, line),
            trace: request.trace)
        return Self.line(number + 1, product.code.code, reply)
    }

    private static func document(_ bytes: [UInt8]) throws(ProblemError) -> JSONDocument {
        do throws(JSONError) {
            return try JSONDocument(parsing: bytes)
        } catch {
            throw ProblemError(RequestProblem.malformed, detail: "Not JSON: \(error).")
        }
    }

    /// Of a line of its own, so that the same line under the same key meets its first answer.
    private func identity(_ number: Int, _ line: [UInt8]) -> Request {
        Request(principal: request.principal, key: "\(request.key)\n\(number)", about: line)
    }

    private static func line(_ number: Int, _ code: String, _ reply: Reply) -> [UInt8] {
        var json = JSONWriter(capacity: 128)
        json.beginObject()
        json.key("line")
        json.int(Int64(number))
        if !code.isEmpty {
            json.key("code")
            json.string(code)
        }
        json.key("status")
        json.int(Int64(reply.status))
        if reply.status < 400 {
            json.key("version")
            json.int(reply.version)
        } else {
            json.key("problem")
            json.raw(reply.body)
        }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
