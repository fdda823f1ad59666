// SPDX-License-Identifier: Apache-2.0
/// The merchant of a world: what is drawn, how it becomes text, and which answers can be right.

import CatalogDomain
import CatalogService
import Contracts
import Invariants
import Kernel
import Ports
import ServiceModel
import ServiceModules
import Testing

@testable import Simulator

@Suite struct `The list of simulated services` {
    @Test func `has every service of the house, in the order of its checkers`() {
        #expect(SimulatedService.all.map(\.name) == ServiceChecks.all.map { $0.name })
        #expect(Set(SimulatedService.all.map(\.name)) == Set(ServiceModule.all.map(\.name)))
    }

    @Test func `plants bugs in each`() {
        #expect(SimulatedService.all.allSatisfy { !$0.mutants.isEmpty })
        #expect(SimulatedService.all.contains { $0.workload != nil })
    }
}

@Suite struct `A merchant` {
    private static let plans = (1...200 as ClosedRange<UInt64>).map { Plan.drawn(from: $0) }

    private static func asked(_ plan: Plan) -> [ProductRequest] {
        plan.requests.compactMap { try? ProductRequest($0.words) }
    }

    private static func offers(_ plan: Plan) -> [ProductRequest.Offer] {
        asked(plan).compactMap { if case .put(let offer) = $0 { offer } else { nil } }
    }

    @Test func `comes to most worlds, and not to all`() {
        let visited = Self.plans.filter { !$0.requests.isEmpty }
        #expect((120...180).contains(visited.count))
        #expect(visited.allSatisfy { $0.requests.count <= 24 && $0.healsAt > $0.requests[0].at })
    }

    @Test func `does all that a merchant can do`() {
        var (again, anew, claims, withdrawals, unsold) = (0, 0, 0, 0, 0)
        for plan in Self.plans {
            let offers = Self.offers(plan)
            withdrawals += plan.requests.count - offers.count
            unsold += offers.count { $0.articles.contains { $0 >= plan.setting.articles } }
            for (index, offer) in offers.enumerated() {
                let earlier = offers[..<index]
                if let last = earlier.last(where: { $0.product == offer.product }) {
                    if last == offer { again += 1 } else { anew += 1 }
                }
                let isClaim = earlier.contains { other in
                    other.product != offer.product
                        && !Set(other.articles).isDisjoint(with: offer.articles)
                }
                if isClaim { claims += 1 }
            }
        }
        #expect([again, anew, claims, withdrawals, unsold].allSatisfy { $0 > 50 })
    }

    @Test func `asks for the same in a plan and in its text`() throws {
        let requests = [
            ProductRequest.withdraw(product: 3),
            .put(.init(product: 1, articles: [0, 12], title: 4)),
        ]
        for request in requests { #expect(try ProductRequest(request.text) == request) }
        #expect(requests[1].text == "put product=1 articles=0,12 title=4")
    }

    @Test func `is told the same however often its requests are sent`() throws {
        var reached: Set<String> = []
        for plan in Self.plans.filter({ !$0.requests.isEmpty }).prefix(40) {
            var plan = plan
            plan.orders = Array(plan.orders.prefix(10))
            let world = World(plan, checker: HouseChecker(plan))
            world.run()
            #expect(world.breaches == [], "seed \(plan.seed)")
            #expect(world.requestsLeft == 0)
            reached.formUnion(world.marks.all.filter { $0.count > 0 }.map(\.name))
        }
        let situations = [
            "productDescribedAnew", "productWithdrawn", "productCameBack", "productUnknown",
            "articleTaken", "articleGivenUp",
        ]
        #expect(reached.isSuperset(of: situations))
    }

    @Test func `leaves a plan when it has no part in what fails`() throws {
        var way = Simulation.Way()
        try #require(Mutant.named("catalog-creates-what-there-is")).plant(&way.overrides)
        var plan = Plan(seed: 1)
        plan.requests = [
            "put product=0 articles=0 title=1", "put product=1 articles=1 title=1",
            "withdraw product=1", "put product=0 articles=0 title=2",
        ].enumerated().map { PlannedRequest("catalog", at: Instant($0 + 1) * .second, $1) }
        var shrinker = try #require(Shrinker(plan, way))
        let shrunk = shrinker.run()
        #expect(shrunk.requests == [plan.requests[0], plan.requests[3]])
    }

    @Test func `whose request nobody understands is no world`() {
        var plan = Plan(seed: 1)
        plan.requests = [PlannedRequest("catalog", at: 0, "burn product=1")]
        #expect(Simulation.run(plan).breaches.map(\.invariant) == ["L1"])
    }

    @Test func `asks twice at once about the same product`() {
        var (twins, others) = (0, 0)
        for plan in Self.plans {
            for (one, two) in zip(plan.requests, plan.requests.dropFirst()) {
                let products = [one, two].compactMap { try? ProductRequest($0.words).product }
                #expect(one.at <= two.at)
                if one.at < two.at { others += 1 } else if products[0] == products[1] { twins += 1 }
            }
        }
        #expect(twins > 200 && others > 2 * twins / 3)
    }

    @Test func `is told of no other's doing, also of what is decided in the same batch`() throws {
        var plan = Plan(seed: 1)
        plan.requests = [
            "put product=0 articles=0 title=1", "put product=0 articles=0 title=2",
            "withdraw product=0", "put product=0 articles=1 title=2",
        ].map { PlannedRequest("catalog", at: .second, $0) }
        #expect(Simulation.run(plan).breaches == [])
        var way = Simulation.Way()
        try #require(Mutant.named("catalog-answers-with-what-others-did-later"))
            .plant(&way.overrides)
        let breaches = Simulation.run(plan, way).breaches
        #expect(!breaches.isEmpty && breaches.allSatisfy { $0.invariant == "O4" })
    }

    // MARK: Answers

    /// What is wrong with `reply` to the last of the requests, which are sent one a second from the
    /// first second on; those before it were answered with 201 at once.
    private func hear(_ reply: Reply, _ texts: String...) -> String? {
        let requests = texts.enumerated().map {
            PlannedRequest("catalog", at: Instant($0 + 1) * .second, $1)
        }
        var workload = ProductWorkload(requests)
        var marks = Marks()
        for request in requests.dropLast() {
            let told = self.reply(201, Self.product())
            _ = workload.hear(told, to: request, at: request.at, &marks)
        }
        let last = requests[requests.count - 1]
        return workload.hear(reply, to: last, at: last.at + .second, &marks)
    }

    private func reply(_ status: Int, _ body: String) -> Reply {
        Reply(status: status, body: Array(body.utf8))
    }

    /// A product as the catalog shows it.
    private static func product(
        _ code: String = "p1", status: String = "on-sale", title: Int = 1,
        skus: [String] = ["s4"]
    ) -> String {
        let variants = skus.map { #"{"sku":"\#($0)"}"# }.joined(separator: ",")
        return """
            {"code":"\(code)","status":"\(status)","title":"product \(title)",\
            "variants":[\(variants)]}
            """
    }

    private static let put = "put product=1 articles=4 title=1"
    private static let other = "put product=2 articles=4 title=1"
    private static let withdraw = "withdraw product=1"

    @Test(arguments: [
        (201, product(), put), (200, product(), put),
        (200, product(skus: ["s4", "s2"]), "put product=1 articles=4,2 title=1"),
        (404, #"{"code":"unknown-product"}"#, withdraw),
    ])
    func `takes what can be right`(status: Int, body: String, words: String) {
        #expect(hear(reply(status, body), words) == nil)
    }

    @Test(arguments: [
        (201, product("p2"), put), (201, product(title: 2), put),
        (200, product(status: "withdrawn"), put), (200, product(skus: ["s5"]), put),
        (200, product(skus: ["s4", "s5"]), put), (201, "{}", put), (404, "{}", put),
        (422, #"{"code":"no-variant"}"#, put), (200, product(status: "withdrawn"), withdraw),
        (409, #"{"code":"sku-taken","sku":"s4","product":"p2"}"#, put),
        (409, "{}", withdraw),
    ])
    func `takes nothing that can't`(status: Int, body: String, words: String) {
        #expect(hear(reply(status, body), words) != nil)
    }

    @Test func `takes the product as its own request left it, and as no other did`() {
        let anew = "put product=1 articles=4 title=2"
        let (sold, withdrawn) = (Self.product(), Self.product(status: "withdrawn"))
        #expect(hear(reply(200, Self.product(title: 2)), Self.put, anew) == nil)
        #expect(hear(reply(200, sold), Self.put, anew) != nil)
        #expect(hear(reply(200, withdrawn), Self.put, Self.withdraw) == nil)
        #expect(hear(reply(200, sold), Self.put, Self.withdraw) != nil)
        #expect(hear(reply(200, withdrawn), Self.other, Self.withdraw) != nil)
        #expect(hear(reply(200, withdrawn), anew, Self.withdraw) != nil)
    }

    @Test func `believes that an article is taken only by a product that may have it`() {
        let taken = reply(409, #"{"code":"sku-taken","sku":"s4","product":"p1"}"#)
        #expect(hear(taken, Self.put, Self.other) == nil)
        #expect(hear(taken, "put product=1 articles=5 title=1", Self.other) != nil)
        #expect(hear(taken, Self.put, "put product=2 articles=5 title=1") != nil)
        let strange = reply(409, #"{"code":"else","sku":"s4","product":"p1"}"#)
        #expect(hear(strange, Self.put, Self.other) != nil)
    }

    @Test func `does not let go of a product that was acknowledged`() {
        let unknown = reply(404, #"{"code":"unknown-product"}"#)
        #expect(hear(unknown, Self.put, "withdraw product=1") != nil)
        #expect(hear(unknown, Self.put, "withdraw product=2") == nil)
    }
}
