// SPDX-License-Identifier: Apache-2.0
/// What `If-Match` and `If-None-Match` ask of the thing that a command changes.

/// What a caller expects of the first entity of its command, at the moment of the decision.
@usableFromInline package enum Precondition: Hashable, Sendable {
    /// That there is one.
    case exists
    /// That there is none.
    case absent
    /// That it is at one of these versions.
    case version(among: [Int64])

    @usableFromInline package func isMet(by version: Int64) -> Bool {
        switch self {
        case .exists: version > 0
        case .absent: version == 0
        case .version(let versions): version > 0 && versions.contains(version)
        }
    }
}
