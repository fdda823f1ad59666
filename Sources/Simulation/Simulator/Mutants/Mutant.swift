// SPDX-License-Identifier: Apache-2.0
/// Planted bugs: the simulator is there to find these. Each is a decorator around a decider, a
/// service, a store or what passes between them; production code holds no switch for any.

package import Invariants
import Kernel
import NodeEngine
import Ports
import ServiceModel

/// One planted bug.
package struct Mutant: Sendable {
    package let name: String
    /// The rule that must trip.
    package let rule: Rule
    /// The kind of trouble without which nothing shows; nil when the bug shows by itself.
    package let needs: FaultFamily?
    package let plant: @Sendable (inout Overrides) -> Void

    package var needsFault: Bool { needs != nil }

    package init(
        _ name: String, trips rule: Rule, needs: FaultFamily? = nil,
        plant: @escaping @Sendable (inout Overrides) -> Void
    ) {
        self.name = name
        self.rule = rule
        self.needs = needs
        self.plant = plant
    }

    /// A bug in one service.
    init<S: Service & SendableMetatype>(
        _ name: String, trips rule: Rule, needs: FaultFamily? = nil,
        _ service: @escaping @autoclosure @Sendable () -> S.Type
    ) {
        self.init(name, trips: rule, needs: needs) { overrides in
            overrides.replace(S.name) { role, limits in
                service().runner(at: role.place(limits))
            }
        }
    }

    /// A bug in the rules of a service.
    init<S: Service & SendableMetatype, Rules: DecoratedRules & SendableMetatype>(
        _ name: String, trips rule: Rule, needs: FaultFamily? = nil, in service: S.Type,
        _ rules: Rules.Type
    ) where Rules.Base == S.Rules {
        self.init(name, trips: rule, needs: needs, Ruled<S, Rules>.self)
    }

    /// A bug in the store of every node.
    init(
        _ name: String, trips rule: Rule, needs: FaultFamily? = nil, store flaw: BentStore.Flaw
    ) {
        self.init(name, trips: rule, needs: needs) { $0.store = { BentStore($0, flaw) } }
    }

    /// A bug in how nodes hand facts on to every runner.
    init(_ name: String, trips rule: Rule, needs: FaultFamily? = nil, runner flaw: BentRunner.Flaw)
    {
        self.init(name, trips: rule, needs: needs) { overrides in
            let original = overrides.runner
            overrides.runner = { BentRunner(original($0, $1), flaw) }
        }
    }

    /// Those of each service, and those of what lies between and below them.
    package static let all =
        [canary] + (SimulatedService.all + SimulatedService.readers).flatMap(\.mutants) + stores
        + borders + travels + shells + views

    package static func named(_ name: String) -> Mutant? { all.first { $0.name == name } }

    /// If this one goes unnoticed, nothing that the simulator says counts.
    package static let canary = Mutant("canary-nothing-is-ever-done", trips: .l1) { overrides in
        overrides.input = { input in
            if case .submission(let submission) = input, submission.ticket != nil {
                return nil
            }
            return input
        }
    }
}

/// A service with other rules.
enum Ruled<Base: Service, Rules: DecoratedRules>: DecoratedService where Rules.Base == Base.Rules {}

/// A service that is another one, but for what it says otherwise.
protocol DecoratedService: Service
where
    Rules.Key == Base.Rules.Key, Rules.Command == Base.Rules.Command,
    Rules.Event == Base.Rules.Event, Rules.State == Base.Rules.State,
    Rules.Rejection == Base.Rules.Rejection, Effect == Base.Effect
{
    associatedtype Base: Service
}

extension DecoratedService {
    static var name: String { Base.name }
    static var subscribesTo: [String] { Base.subscribesTo }
    static var isChangedByOthers: Bool { Base.isChangedByOthers }
    static var queriedTables: Set<String> { Base.queriedTables }
    static var waitMax: Span { Base.waitMax }

    static var reactions: Reactions<Rules.Command> { Base.reactions }

    static func wake(_ key: Rules.Key, isRestart: Bool) -> Rules.Command {
        Base.wake(key, isRestart: isRestart)
    }

    static var operations: [String] { Base.operations }
    static func call(of state: Rules.State) -> OwedCall? { Base.call(of: state) }
    static func alarm(of event: Rules.Event) -> Alarm? { Base.alarm(of: event) }

    static func effect(owedBy state: Rules.State, at key: Rules.Key) -> Owed<Effect>? {
        Base.effect(owedBy: state, at: key)
    }

    static func reply(
        to command: Rules.Command, _ outcome: Result<Entity<Rules.State>, Rules.Rejection>
    ) -> Reply {
        Base.reply(to: command, outcome)
    }

    static var postponesAnswers: Bool { Base.postponesAnswers }
    static func awaitsVerdict(_ command: Rules.Command) -> Bool { Base.awaitsVerdict(command) }
    static func isUndecided(_ state: Rules.State) -> Bool { Base.isUndecided(state) }
    static func verdict(on entity: Entity<Rules.State>, at key: Rules.Key) -> Reply {
        Base.verdict(on: entity, at: key)
    }
}

/// Rules that are others', but for what they say otherwise.
protocol DecoratedRules: Decider
where
    Key == Base.Key, Command == Base.Command, Event == Base.Event, State == Base.State,
    Rejection == Base.Rejection
{
    associatedtype Base: Decider

    /// What becomes of what was decided.
    static func bend(
        _ events: [Event], _ command: Command, _ states: States<Key, State>, _ moment: Moment
    ) -> [Event]
}

extension DecoratedRules {
    static func bend(
        _ events: [Event], _ command: Command, _ states: States<Key, State>, _ moment: Moment
    ) -> [Event] {
        events
    }

    static var initial: State { Base.initial }
    static func keys(_ command: Command) -> Keys<Key> { Base.keys(command) }
    static func keys(_ command: Command, given states: States<Key, State>) -> [Key] {
        Base.keys(command, given: states)
    }

    static func changes(_ event: Event) -> Keys<Key> { Base.changes(event) }

    static func decide(
        _ command: Command, _ states: States<Key, State>, _ moment: Moment
    ) throws(Rejection) -> [Event] {
        bend(try Base.decide(command, states, moment), command, states, moment)
    }

    static func evolve(_ state: State, _ event: Event, at key: Key) -> State {
        Base.evolve(state, event, at: key)
    }
}
