// SPDX-License-Identifier: Apache-2.0
/// What `orderlab bench engine` measures is whole sagas, whatever the size of a turn.

import Contracts
import Kernel
import NodeEngine
import Ports
import ServiceCatalog
import Simulator
import Testing

@Suite struct `The bare engine` {
    @Test(arguments: [1, 8, 500])
    func `takes every order to its end, in nineteen events`(atOnce: Int) throws {
        let floor = try EngineFloor(lines: 3, articles: 20)
        let counted = floor.events
        #expect(counted == 20)
        floor.run(orders: 40, atOnce: atOnce)
        #expect(floor.events - counted == 40 * 19)
        #expect(try completed(floor) == 40)
        floor.run(orders: 2, atOnce: atOnce)
        #expect(try completed(floor) == 42)
    }

    private func completed(_ floor: EngineFloor) throws -> Int {
        let orders = Member.orders(shard: 0)
        var count = 0
        for frame in try floor.reader.frames(of: orders.log, after: 0, limit: .max) {
            for record in try frame.records() {
                if case .completed? = try orders.codec.fact(of: record) as? OrderEvent {
                    count += 1
                }
            }
        }
        return count
    }
}
