// SPDX-License-Identifier: Apache-2.0
/// A service as the rest of the house sees it: one value that says everything that composition,
/// gateway, audit and simulator must know of it.

package import Kernel
package import NodeEngine
package import Ports

/// What a service declares of itself.
package struct ServiceModule: Sendable {
    /// The name of its logs: `orders`.
    package let name: String
    /// The services whose facts it subscribes to.
    package let subscribesTo: [String]
    /// The tables of its rows, without the shard.
    package let tables: [String]
    package let sharding: Sharding
    /// What clients can be told about what it owns.
    package let problems: [Problem]
    /// Its part of the API.
    package let routes: @Sendable (any Doors) -> [Route]
    /// What makes its calls to the outside; nil when it calls nobody.
    package let effects: (@Sendable (OutsidePorts) -> any EffectBinding)?
    /// True when something follows here from a fact.
    package let reacts: @Sendable (any Fact) -> Bool
    /// A codec of one's own: whoever hands one on with each message counts references, and threads
    /// must not do that to the same object.
    package let makeCodec: @Sendable () -> LogCodec
    /// How its log is read. All share it who ask, which is good for a look at an event.
    package let codec: LogCodec
    package let makeRunner: @Sendable (RunnerPlace) -> any AnyServiceRunner

    /// `keyText` shows a key to people, `effects` binds the calls that `service` owes. `runner` is
    /// formed by the service, though it always reads the same: the engine is specialised where the
    /// service is known, and otherwise costs four times as much an order.
    package init<S: Service & SendableMetatype>(
        _ service: S.Type, sharding: Sharding = .single, problems: [Problem] = [],
        keyText: @escaping @Sendable (S.Rules.Key) -> String,
        runner: @escaping @Sendable (RunnerPlace) -> any AnyServiceRunner,
        effects: (@Sendable (OutsidePorts) -> any EffectBinding)? = nil,
        routes: @escaping @Sendable (any Doors) -> [Route] = { _ in [] }
    ) where S.Rules.Command: SendableMetatype {
        name = S.name
        subscribesTo = S.subscribesTo
        tables = S.Rules.Key.tables
        self.sharding = sharding
        self.problems = problems
        self.routes = routes
        self.effects = effects
        reacts = { S.reactions.reacts(to: $0) }
        makeCodec = { LogCodec(of: S.self, keyText: keyText) }
        codec = makeCodec()
        makeRunner = runner
    }
}

/// How a service's log is divided.
package enum Sharding: Sendable {
    /// One log for all.
    case single
    /// By the bucket that the id of an order carries.
    case byOrder
}
