// SPDX-License-Identifier: Apache-2.0
/// What a service does about the facts of others: a table by fact.

public import Kernel

/// Finds the reaction to a fact. Facts that are not in the table are skipped unread.
@usableFromInline package struct Reactions<Command>: Sendable {
    @usableFromInline
    struct Source: Sendable {
        @usableFromInline let event: ObjectIdentifier
        /// By code.
        @usableFromInline var reactions: [Reaction<Command>?]

        @inlinable
        init(event: ObjectIdentifier) {
            self.event = event
            reactions = []
        }
    }

    @usableFromInline var sources: [Source] = []
    /// The facts that something follows from.
    @usableFromInline package let names: [WireName]

    @inlinable
    package init(_ reactions: Reaction<Command>...) {
        names = reactions.map(\.name)
        for reaction in reactions {
            let code = Int(reaction.name.code)
            let place = sources.firstIndex { $0.event == reaction.event } ?? sources.count
            if place == sources.count {
                sources.append(Source(event: reaction.event))
            }
            while sources[place].reactions.count <= code {
                sources[place].reactions.append(nil)
            }
            precondition(sources[place].reactions[code] == nil, "one reaction to \(reaction.name)")
            sources[place].reactions[code] = reaction
        }
    }

    /// What follows from `fact`; nil when nothing does.
    @inlinable
    func command(for fact: any Fact) -> Command? {
        let event = ObjectIdentifier(type(of: fact))
        for source in sources where source.event == event {
            let code = Int(fact.wireName.code)
            guard code < source.reactions.count else { return nil }
            return source.reactions[code]?.command(fact)
        }
        return nil
    }
}
