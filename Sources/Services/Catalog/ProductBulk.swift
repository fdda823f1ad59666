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
    /// More are refused as a whole, so that body and answer have a bound.
    static let linesMax = 1_000
    /// Lines that wait for their commits at the same time: enough to fill batches.
    static let atOnce = 64

    private let catalog: any Door<Catalog>
    private let request: RouteRequest
    private let lines: [Line]

    private struct Line: Sendable {
        /// From 1, in the body: lines without anything count, and get no answer.
        let number: Int
        let text: ArraySlice<UInt8>
    }

    init(_ catalog: any Door<Catalog>, _ request: RouteRequest) throws(ProblemError) {
        self.catalog = catalog
        self.request = request
        let blanks = Array(" \t\r".utf8)
        let newline = UInt8(ascii: "\n")
        var lines: [Line] = []
        var (start, number) = (0, 0)
        while start < request.body.count {
            let rest = request.body[start...]
            let end = rest.firstIndex(of: newline) ?? rest.endIndex
            number += 1
            if rest[..<end].contains(where: { !blanks.contains($0) }) {
                guard lines.count < Self.linesMax else {
                    throw ProblemError(
                        RequestProblem.invalid,
                        detail: "A bulk has at most \(Self.linesMax) lines; send several.")
                }
                lines.append(Line(number: number, text: rest[..<end]))
            }
            start = end + 1
        }
        self.lines = lines
    }

    /// Always 200: whether a line was carried out stands in its own answer.
    func reply() async -> Reply {
        var answers = [[UInt8]](repeating: [], count: lines.count)
        // Lines that name the same product or article are carried out in their order; so is every
        // line behind one that takes articles off a product, which may be those of others.
        var underWay: [Int: Set<CatalogKey>] = [:]
        await withTaskGroup(of: (Int, [UInt8]).self) { group in
            for (place, line) in lines.enumerated() {
                let read = Self.read(line)
                guard let product = read.product else {
                    answers[place] = read.answer
                    // Others have their turn, too.
                    await Task.yield()
                    continue
                }
                let keys = keys(of: product)
                while underWay.count >= Self.atOnce
                    || underWay.values.contains(where: { !$0.isDisjoint(with: keys) }),
                    let (done, answer) = await group.next()
                {
                    answers[done] = answer
                    underWay[done] = nil
                }
                underWay[place] = keys
                group.addTask { (place, await put(product, line)) }
            }
            for await (done, answer) in group { answers[done] = answer }
        }
        return Reply(status: 200, body: Array(answers.joined()), type: .lines)
    }

    /// What a line may change: its product, its articles, and those that the product has so far.
    private func keys(of product: ProductEvent.Product) -> Set<CatalogKey> {
        var keys = Set(Array(CatalogDecider.keys(.put(product))))
        let known = try? catalog.entity(.product(product.code))
        for variant in known?.state.product?.description.variants ?? [] {
            keys.insert(.variant(variant.sku))
        }
        return keys
    }

    private func put(_ product: ProductEvent.Product, _ line: Line) async -> [UInt8] {
        // Of a line of its own: the same line under the same key meets its first answer, of which
        // no more is kept than the line of the result shows.
        let identity = Request(
            principal: request.principal, key: "\(request.key)\n\(line.number)",
            about: Array(line.text), isBrief: true)
        let reply = await catalog.submit(
            .put(product), by: request.principal, request: identity, trace: request.trace)
        return Self.answer(line.number, product.code.code, reply)
    }

    /// The product that a line describes, or what its fault is answered.
    private static func read(_ line: Line) -> (product: ProductEvent.Product?, answer: [UInt8]) {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument(parsing: Array(line.text))
        } catch {
            let problem = ProblemError(RequestProblem.malformed, detail: "Not JSON: \(error).")
            return (nil, answer(line.number, "", problem.reply))
        }
        do throws(ProblemError) {
            return (try ProductBody(document.root).product, [])
        } catch {
            let code = document.root["code"]?.string.flatMap { ProductBody.code($0) }
            return (nil, answer(line.number, code?.code ?? "", error.reply))
        }
    }

    private static func answer(_ number: Int, _ code: String, _ reply: Reply) -> [UInt8] {
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
