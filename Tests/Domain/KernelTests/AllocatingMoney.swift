// SPDX-License-Identifier: Apache-2.0
/// Dividing money loses no unit, makes none, and is fair to within one.

import Kernel
import Testing

private func eur(_ amount: Int64) -> Money { Money(amount: amount, currency: .eur) }

@Suite struct `Allocating money` {
    @Test(
        arguments: [
            (100, [1, 1, 1], [34, 33, 33]),
            (5, [3, 7], [2, 3]),
            (100, [50, 30, 20], [50, 30, 20]),
            (10, [1, 0, 1], [5, 0, 5]),
            (1, [0, 0, 7], [0, 0, 1]),
            (1, [1, 1], [1, 0]),
            (7, [1, 1, 1, 1], [2, 2, 2, 1]),
            (101, [1, 2, 3], [17, 34, 50]),
            (0, [1, 2], [0, 0]),
            (9, [5], [9]),
            (2, [1, 1, 1, 1], [1, 1, 0, 0]),
        ] as [(Int64, [Int64], [Int64])])
    func `gives the rest to the largest remainders, ties to the first`(
        _ amount: Int64, _ ratios: [Int64], _ shares: [Int64]
    ) throws {
        #expect(try eur(amount).allocated(by: ratios) == shares.map(eur))
        #expect(try eur(-amount).allocated(by: ratios) == shares.map { eur(-$0) })
    }

    @Test(arguments: [[], [0], [0, 0, 0], [-1], [1, -1], [5, -1, 5], [Int64.min]])
    func `refuses ratios that say nothing`(_ ratios: [Int64]) {
        #expect(throws: MoneyError.badRatios) { try eur(100).allocated(by: ratios) }
    }

    @Test func `reaches the ends of the range`() throws {
        #expect(try eur(.min).allocated(by: [1]) == [eur(.min)])
        #expect(try eur(.max).allocated(by: [.max]) == [eur(.max)])
        #expect(try eur(.min).allocated(by: [.max, .max]) == [eur(.min / 2), eur(.min / 2)])
        #expect(try eur(.max).allocated(by: [.max, .max]) == [eur(1 << 62), eur(1 << 62 - 1)])
        #expect(try eur(.min).allocated(by: [0, 1, 0]) == [eur(0), eur(.min), eur(0)])
    }

    @Test func `keeps sum, order, sign and fairness whatever it gets`() throws {
        var random = SplitMix64(seed: 5)
        for _ in 0..<5_000 {
            let amount = random.amount()
            var ratios = (0...random.below(12)).map { _ in random.amount() & .max }
            if random.below(3) == 0 { ratios[random.below(ratios.count)] = 0 }
            guard ratios.contains(where: { $0 > 0 }) else { continue }
            let shares = try eur(amount).allocated(by: ratios).map(\.amount)
            let sum = ratios.reduce(Int128(0)) { $0 + Int128($1) }
            #expect(shares.reduce(Int128(0)) { $0 + Int128($1) } == Int128(amount))
            for (share, ratio) in zip(shares, ratios) {
                let exact = (Int128(amount) * Int128(ratio)).quotientAndRemainder(dividingBy: sum)
                let beyond = Int128(share) - exact.quotient
                #expect(beyond == 0 || beyond == Int128(amount.signum()))
                #expect(exact.remainder != 0 || beyond == 0)
                #expect(amount < 0 ? share <= 0 : share >= 0)
            }
        }
    }

    @Test func `never favors the smaller remainder`() throws {
        var random = SplitMix64(seed: 6)
        for _ in 0..<2_000 {
            let amount = Int64(random.below(10_000))
            let ratios = (0..<6).map { _ in Int64(random.below(100) + 1) }
            let sum = ratios.reduce(0, +)
            let shares = try eur(amount).allocated(by: ratios).map(\.amount)
            let remainders = ratios.map { amount * $0 % sum }
            let luck = zip(shares, ratios).map { $0 - amount * $1 / sum }
            for one in ratios.indices where luck[one] == 1 {
                for other in ratios.indices where luck[other] == 0 {
                    #expect((remainders[other], one) < (remainders[one], other))
                }
            }
        }
    }
}

@Suite struct `Splitting money` {
    @Test(
        arguments: [
            (100, 3, [34, 33, 33]), (5, 5, [1, 1, 1, 1, 1]), (2, 4, [1, 1, 0, 0]), (7, 1, [7]),
            (0, 2, [0, 0]), (11, 4, [3, 3, 3, 2]),
        ] as [(Int64, Int, [Int64])])
    func `gives the first parts the rest`(_ amount: Int64, _ parts: Int, _ shares: [Int64]) throws {
        #expect(try eur(amount).split(into: parts) == shares.map(eur))
        #expect(try eur(-amount).split(into: parts) == shares.map { eur(-$0) })
        let ones = [Int64](repeating: 1, count: parts)
        #expect(try eur(amount).allocated(by: ones) == shares.map(eur))
    }

    @Test func `reaches the ends of the range`() throws {
        #expect(try eur(.min).split(into: 1) == [eur(.min)])
        #expect(try eur(.min).split(into: 2) == [eur(.min / 2), eur(.min / 2)])
        #expect(try eur(.max).split(into: 2) == [eur(1 << 62), eur(1 << 62 - 1)])
    }

    @Test(arguments: [0, -1, Int.min])
    func `into nothing is refused`(_ parts: Int) {
        #expect(throws: MoneyError.badRatios) { try eur(100).split(into: parts) }
    }
}
