// SPDX-License-Identifier: Apache-2.0
/// Every history that the sample order can have, found by telling it everything in every stage.

import Contracts
import GivenWhenThen
import Kernel
import OrdersDomain
import SampleFacts

/// What was told, and what came of it.
struct History {
    var words: [Word] = []
    var order = Entities<OrderDecider>()

    /// Every history without reminders, the unfinished ones included: each word is told while it
    /// has an effect. Everything happens at noon, except that what is due then is done late.
    static let all: [History] = {
        var all: [History] = []
        func explore(_ history: History) {
            all.append(history)
            for word in Word.allCases where word.isPlausible(history.order.order) {
                var next = history
                let events = next.order.run(word.command, word.moment)
                guard events.contains(where: { $0.verb != "reminded" }) else { continue }
                next.words.append(word)
                explore(next)
            }
        }
        explore(History())
        return all
    }()
}

extension Word {
    /// Waking happens after every deadline.
    var moment: Moment {
        Moment(at: self == .wake ? .noon + .hours(2) : .noon, draw: 0, principal: .house)
    }
}
