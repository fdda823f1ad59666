// SPDX-License-Identifier: Apache-2.0
/// What `ordersim bench engine` measures is whole sagas, whatever the size of a turn.

import Simulator
import Testing

@Suite struct `The bare engine` {
    @Test(arguments: [1, 8, 500])
    func `takes every order to its end, in nineteen events`(atOnce: Int) throws {
        let floor = try EngineFloor(lines: 3, articles: 20)
        let counted = floor.events
        // A count of each article, what can be had of it then, and that the catalog heard of it.
        #expect(counted == 60)
        floor.run(orders: 40, atOnce: atOnce)
        #expect(floor.events - counted == 40 * 19)
        #expect(try floor.completed() == 40)
        floor.run(orders: 2, atOnce: atOnce)
        #expect(floor.events - counted == 42 * 19)
        #expect(try floor.completed() == 42)
    }

    @Test func `needs fewer turns the more is placed in one`() throws {
        let turns = try [1, 8, 40].map { atOnce in
            let floor = try EngineFloor(lines: 1, articles: 1)
            floor.run(orders: 40, atOnce: atOnce)
            return floor.turns
        }
        #expect(turns[0] > 40 && turns[1] < turns[0] / 3 && turns[2] < turns[1])
    }
}
