// SPDX-License-Identifier: Apache-2.0
/// A read model: which facts it follows, and what rows follow from them.

package import NodeEngine
package import Ports

/// From facts to rows. A value without state: all that it knows is in the fact and in its own rows.
///
/// The facts of one log come in their order, each once. Those of different logs come in any order,
/// as long as the rows are the same in the end: a row may be begun by a fact of any log that it
/// follows. That is what makes a rebuild give the same bytes.
package protocol Projection: Sendable {
    /// Words of lower-case letters and digits, with one `-` in between.
    var name: String { get }
    /// Grows whenever other rows follow from the same facts: stored rows are then made again.
    var version: Int { get }
    var tables: [ViewTable] { get }
    var follows: [FollowedFacts] { get }
    /// Changes the rows by one fact. What is thrown stops this projection, at this fact. A person's
    /// sealed data stays sealed.
    func project(_ envelope: Envelope, into changes: ViewChanges) throws
}

extension Projection {
    package var schema: ViewSchema {
        ViewSchema(name: name, version: version, tables: tables)
    }

    /// The facts of `log` that it follows, by all that it says of that service; nil when it follows
    /// none.
    package func facts(of log: LogName) -> FollowedFacts? {
        let ofService = follows.filter { $0.service == log.service }
        guard let first = ofService.first else { return nil }
        return ofService.dropFirst().reduce(first) { $0.adding($1) }
    }
}
