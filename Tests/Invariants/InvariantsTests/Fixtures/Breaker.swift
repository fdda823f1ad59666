// SPDX-License-Identifier: Apache-2.0
/// The smallest change to a history, or to what is stored, that breaks a rule.

import Invariants
import Testing

struct Breaker: CustomTestStringConvertible, Sendable {
    let rules: Set<Rule>
    let what: String
    /// The rules that are broken when it is done.
    let find: @Sendable () throws -> Set<Rule>

    init(_ rules: Rule..., by what: String, _ find: @escaping @Sendable () throws -> Set<Rule>) {
        self.rules = Set(rules)
        self.what = what
        self.find = find
    }

    var testDescription: String { "\(rules.map(\.id).sorted().joined(separator: ", ")): \(what)" }

    /// Every breaker of this suite.
    static let all =
        stock + money + products + orders + events + sagas + stored + ends + clients + times
        + reads
}

@Suite struct `Breaking a rule` {
    @Test(arguments: Breaker.all)
    func `trips exactly that rule`(_ breaker: Breaker) throws {
        #expect(try breaker.find() == breaker.rules)
    }

    @Test func `every rule is tripped by something`() {
        let tripped = Breaker.all.reduce(into: Set<Rule>()) { $0.formUnion($1.rules) }
        #expect(Set(Rule.all).subtracting(tripped) == [])
    }

    @Test func `something trips each rule alone`() {
        let alone = Set(Breaker.all.filter { $0.rules.count == 1 }.compactMap(\.rules.first))
        #expect(Set(Rule.all).subtracting(alone) == [])
    }
}
