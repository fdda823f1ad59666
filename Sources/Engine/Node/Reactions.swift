// SPDX-License-Identifier: Apache-2.0
/// What a service does about the facts of others: a table by fact.

public import Kernel
public import Ports

/// Finds the reaction to a fact. Facts that are not in the table are skipped unread.
@usableFromInline package struct Reactions<Command>: Sendable {
    /// Which event's codes begin where in `handlers`.
    @usableFromInline
    struct Source: Sendable {
        @usableFromInline let event: ObjectIdentifier
        @usableFromInline let codes: Range<Int>

        @inlinable
        init(event: ObjectIdentifier, codes: Range<Int>) {
            self.event = event
            self.codes = codes
        }
    }

    @usableFromInline let sources: [Source]
    /// By source and code.
    @usableFromInline let handlers: [Reaction<Command>.Handler?]
    @usableFromInline package let all: [Reaction<Command>]

    /// The facts that something follows from.
    @inlinable package var names: [WireName] { all.map(\.name) }

    @inlinable
    package init(_ reactions: Reaction<Command>...) { self.init(reactions) }

    @inlinable
    package init(_ reactions: [Reaction<Command>]) {
        all = reactions
        var sources: [Source] = []
        var handlers: [Reaction<Command>.Handler?] = []
        for reaction in reactions where !sources.contains(where: { $0.event == reaction.event }) {
            let own = reactions.filter { $0.event == reaction.event }
            let first = handlers.count
            handlers += Array(
                repeating: nil, count: (own.map { Int($0.name.code) }.max() ?? 0) + 1)
            for reaction in own {
                let place = first + Int(reaction.name.code)
                precondition(handlers[place] == nil, "one reaction to \(reaction.name)")
                handlers[place] = reaction.handler
            }
            sources.append(Source(event: reaction.event, codes: first..<handlers.count))
        }
        self.sources = sources
        self.handlers = handlers
    }

    /// What follows from a fact of `log`; nil when nothing does.
    @inlinable
    package func command(for logged: LoggedFact, of log: LogName) -> Command? {
        guard let handler = handler(of: logged.fact) else { return nil }
        var command: Command?
        handler.react(logged, log, &command)
        return command
    }

    /// True when something may follow from `fact`.
    @inlinable
    package func reacts(to fact: any Fact) -> Bool { handler(of: fact) != nil }

    @inlinable
    func handler(of fact: any Fact) -> Reaction<Command>.Handler? {
        guard let codes = codes(of: fact.eventType) else { return nil }
        let index = codes.lowerBound + Int(fact.code)
        return index < codes.upperBound ? handlers[index] : nil
    }

    /// Where in `handlers` the facts of one type of event stand; nil when nothing follows from any.
    @inlinable
    func codes(of event: ObjectIdentifier) -> Range<Int>? {
        for index in sources.indices where sources[index].event == event {
            return sources[index].codes
        }
        return nil
    }

    /// True when something may follow from a fact with this code, among `codes`.
    @inlinable
    func isListed(_ code: UInt8, in codes: Range<Int>) -> Bool {
        let index = codes.lowerBound + Int(code)
        return index < codes.upperBound && handlers[index] != nil
    }
}
