// SPDX-License-Identifier: Apache-2.0
/// Planted bugs in how logs are followed, whatever is made of them.

import Invariants
import Kernel
import NodeEngine
import Ports
import Projections
import Synchronization

extension Mutant {
    static let views = [
        Mutant("views-pass-over-what-commits-late", trips: .q8, needs: .clocks) { overrides in
            overrides.projections = { $0.map { Impatient($0) } }
        },
        Mutant("views-move-cursors-before-their-rows", trips: .q8, needs: .deaths) { overrides in
            overrides.views = { BentViews($0, .keepsCursorsOfTheDying) }
        },
        Mutant("views-add-twice-what-was-refused", trips: .q8, needs: .storage) { overrides in
            overrides.views = { BentViews($0, .keepsSumsOfTheRefused) }
        },
    ]
}

/// Goes by time: what was recorded before the latest that it has seen is old news to it.
private struct Impatient: Projection {
    private let base: any Projection
    private let memory = Memory()

    private final class Memory: Sendable {
        let state = Mutex((latest: Int64.min, places: [LogName: Int64]()))
    }

    init(_ base: any Projection) { self.base = base }

    var name: String { base.name }
    var version: Int { base.version }
    var tables: [ViewTable] { base.tables }
    var follows: [FollowedFacts] { base.follows }

    func project(_ envelope: Envelope, into changes: ViewChanges) throws {
        let isNews = memory.state.withLock { state in
            // Whoever begins again, or a batch later, has seen nothing yet.
            if envelope.position <= state.places[envelope.log] ?? 0 { state = (.min, [:]) }
            state.places[envelope.log] = envelope.position
            guard envelope.at.milliseconds >= state.latest else { return false }
            state.latest = envelope.at.milliseconds
            return true
        }
        if isNews { try base.project(envelope, into: changes) }
    }
}
