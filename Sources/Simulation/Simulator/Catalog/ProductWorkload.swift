// SPDX-License-Identifier: Apache-2.0
/// A merchant: puts products into the catalog, describes them anew, takes them off sale and puts
/// them back, now and then gives one an article that is another's, and often asks twice at once.

import CatalogDomain
import Contracts
import Invariants
import JSONCodec
import Kernel
import Ports

/// What the merchant asks for, as a plan has it: `put product=2 articles=0,3 title=1`.
enum ProductRequest: Equatable {
    case put(Offer)
    case withdraw(product: Int)

    struct Offer: Equatable {
        let product: Int
        let articles: [Int]
        let title: Int
    }

    init(_ text: String) throws {
        var words = Words(text[...])
        let verb = try words.next()
        let members = try words.members()
        let product = try members.int("product")
        switch verb {
        case "put":
            let articles = (members.values["articles"] ?? "").split(separator: ",").map { Int($0) }
            let known = articles.compactMap { $0 }
            guard known.count == articles.count, !known.isEmpty,
                Set(known).count == known.count
            else { throw WordFailure(what: "`\(text)` names no articles, or one of them twice") }
            self = .put(
                Offer(product: product, articles: known, title: try members.int("title")))
        case "withdraw": self = .withdraw(product: product)
        default: throw WordFailure(what: "nobody asks the catalog to \(verb)")
        }
    }

    var text: String {
        switch self {
        case .put(let offer):
            let articles = offer.articles.map(String.init).joined(separator: ",")
            return "put product=\(offer.product) articles=\(articles) title=\(offer.title)"
        case .withdraw(let product): return "withdraw product=\(product)"
        }
    }

    var product: Int {
        switch self {
        case .put(let offer): offer.product
        case .withdraw(let product): product
        }
    }

    func command() throws -> CatalogCommand {
        switch self {
        case .put(let offer): .put(try offer.description())
        case .withdraw(let product): .withdraw(try Self.code(of: product))
        }
    }

    static func code(of product: Int) throws -> ProductCode {
        guard let code = ProductCode("p\(product)") else {
            throw WordFailure(what: "p\(product) is no product")
        }
        return code
    }
}

extension ProductRequest.Offer {
    fileprivate func description() throws -> ProductEvent.Product {
        let price = UnitPrice(
            tenThousandths: Int64(truncatingIfNeeded: title) &* 10_000, currency: .eur)
        let variants = try articles.map { article in
            guard let sku = SKU("s\(article)") else {
                throw WordFailure(what: "s\(article) is no article")
            }
            return ProductEvent.Variant(sku: sku, options: [], prices: [price])
        }
        return ProductEvent.Product(
            code: try ProductRequest.code(of: product), title: "product \(title)",
            description: "", images: [], attributes: "{}", variants: variants)
    }
}

struct ProductWorkload: Workload {
    /// What the merchant is to ask, and when.
    private let offers: [(offer: ProductRequest.Offer, at: Instant)]
    /// By product: when the merchant was told first that there is one.
    private var toldAt: [Int: Instant] = [:]
    private var withdrawn: Set<ProductCode> = []

    init(_ requests: [PlannedRequest]) {
        offers = requests.compactMap { request in
            guard case .put(let offer)? = try? ProductRequest(request.words) else { return nil }
            return (offer, request.at)
        }
    }

    static func command(for request: PlannedRequest) throws -> any Sendable {
        try ProductRequest(request.words).command()
    }

    // MARK: Asking

    /// In three worlds of four, while orders come in and for a little longer.
    static func requests(in plan: Plan) -> [PlannedRequest] {
        var stream = RandomStream(seed: plan.seed, "catalog")
        guard stream.below(4) != 0 else { return [] }
        var merchant = Merchant(articles: plan.setting.articles, &stream)
        let end = (plan.orders.last?.at ?? 0) + 10 * .second
        let moments = (0..<stream.magnitude(2...24)).map { _ in
            Instant.second / 2 + stream.below(end)
        }
        var requests: [PlannedRequest] = []
        var last: (request: ProductRequest, at: Instant)?
        for moment in moments.sorted() {
            // Every third together with the one before, about the same product.
            let other = stream.below(3) == 0 ? last : nil
            let request = merchant.next(about: other?.request.product, &stream)
            let at = other?.at ?? moment
            requests.append(PlannedRequest("catalog", at: at, request.text))
            last = (request, at)
        }
        return requests
    }

    private struct Merchant {
        /// Some that can be ordered, and some that nobody orders.
        let articles: [Int]
        let products: Int
        var offers: [Int: ProductRequest.Offer] = [:]

        init(articles: Int, _ stream: inout RandomStream) {
            self.articles = Array(0..<min(8, articles)) + (articles..<articles + 3)
            products = stream.within(1...min(6, self.articles.count))
        }

        mutating func next(about asked: Int?, _ stream: inout RandomStream) -> ProductRequest {
            let product = asked ?? stream.within(0...products - 1)
            if stream.below(5) == 0 { return .withdraw(product: product) }
            // The same again, whatever became of it.
            if let offer = offers[product], stream.below(4) == 0 { return .put(offer) }
            let own = articles.indices.filter { $0 % products == product }.map { articles[$0] }
            var offered = own.filter { _ in stream.coin() }
            if offered.isEmpty { offered = [own[0]] }
            if stream.below(5) == 0 {
                let other = stream.pick(articles)
                if !offered.contains(other) { offered.append(other) }
            }
            let offer = ProductRequest.Offer(
                product: product, articles: offered, title: stream.within(1...9))
            offers[product] = offer
            return .put(offer)
        }
    }

    // MARK: What came of it

    mutating func see(_ fact: any Fact, _ marks: inout Marks) {
        switch fact.of(ProductEvent.self) {
        case .updated(let product, let removed)?:
            marks.hit(.productDescribedAnew)
            if !removed.isEmpty { marks.hit(.articleGivenUp) }
            if withdrawn.remove(product.code) != nil { marks.hit(.productCameBack) }
        case .withdrawn(let code, _)?:
            withdrawn.insert(code)
            marks.hit(.productWithdrawn)
        case .created?, .stocked?, nil: break
        }
    }

    mutating func hear(
        _ reply: Reply, to request: PlannedRequest, at now: Instant, _ marks: inout Marks
    ) -> String? {
        guard let asked = try? ProductRequest(request.words) else { return "nothing was asked" }
        let told = try? JSONDocument(parsing: reply.body).root
        switch (asked, reply.status) {
        case (.put(let offer), 200), (.put(let offer), 201):
            toldAt[offer.product] = min(now, toldAt[offer.product] ?? now)
            return shows(told, offer, "on-sale") ? nil : "not told what was put"
        case (.put(let offer), 409):
            marks.hit(.articleTaken)
            return isTaken(told, offer, at: now) ? nil : "taken by none that ever had the article"
        case (.withdraw(let product), 200):
            return isWithdrawn(told, product, at: now) ? nil : "not told that it is withdrawn"
        case (.withdraw(let product), 404):
            marks.hit(.productUnknown)
            let isKnown = toldAt[product].map { $0 < request.at } ?? false
            return isKnown ? "unknown, and was acknowledged before" : nil
        default: return "no such answer is due"
        }
    }

    /// Whether the product is shown with just what is offered, whatever else is asked meanwhile.
    private func shows(
        _ told: JSONView?, _ offer: ProductRequest.Offer, _ status: String
    ) -> Bool {
        told?["code"]?.string == "p\(offer.product)" && told?["status"]?.string == status
            && told?["title"]?.string == "product \(offer.title)"
            && told?["variants"]?.elements.map { $0["sku"]?.string }
                == offer.articles.map { "s\($0)" }
    }

    /// Whether the product is shown as not on sale, and else as it was offered at some time so far.
    private func isWithdrawn(_ told: JSONView?, _ product: Int, at now: Instant) -> Bool {
        offers.contains { offer, at in
            offer.product == product && at <= now && shows(told, offer, "withdrawn")
        }
    }

    /// Whether the product that is said to have one of the articles may have it.
    private func isTaken(
        _ told: JSONView?, _ offer: ProductRequest.Offer, at now: Instant
    ) -> Bool {
        guard told?["code"]?.string == "sku-taken",
            let article = told?["sku"]?.string.flatMap({ Int($0.dropFirst()) }),
            let owner = told?["product"]?.string.flatMap({ Int($0.dropFirst()) }),
            offer.articles.contains(article), owner != offer.product
        else { return false }
        return offers.contains { offer, at in
            offer.product == owner && at <= now && offer.articles.contains(article)
        }
    }
}
