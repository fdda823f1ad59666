// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in what the feed takes for a reader's place.

import Invariants
import Kernel
import OrderQueriesService
import Ports
import ServiceModel

extension Mutant {
    static let feeds = [
        Mutant("feed-goes-on-behind-the-frame", trips: .q10) { overrides in
            overrides.feedPlace = { cursor, facts in
                moved(cursor, in: facts) { frame, position in frame.first <= position }
            }
        },
        Mutant("feed-passes-over-what-commits-late", trips: .q10, needs: .clocks) { overrides in
            overrides.feedPlace = { cursor, facts in
                let latest = cursor.places.compactMap { log, place in
                    (try? facts.frames(of: log, after: place.position - 1, limit: 1))?.first?.at
                }.max()
                return moved(cursor, in: facts) { frame, _ in
                    latest.map { frame.at < $0 } ?? false
                }
            }
        },
    ]

    /// The place behind all frames that are taken for read.
    private static func moved(
        _ cursor: FeedCursor, in facts: any FactDoor, _ isRead: (Frame, Int64) -> Bool
    ) -> FeedCursor {
        var moved = cursor
        for (log, place) in cursor.places {
            var position = place.position
            var epoch = place.epoch
            while let frame = (try? facts.frames(of: log, after: position, limit: 1))?.first,
                isRead(frame, position)
            {
                position = frame.last
                epoch = frame.epoch
            }
            moved.places[log] = .init(epoch: epoch, position: position)
        }
        return moved
    }
}
