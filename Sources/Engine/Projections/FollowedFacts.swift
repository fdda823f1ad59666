// SPDX-License-Identifier: Apache-2.0
/// Which facts of a service concern a projection.

package import Kernel

/// The facts of one service that a projection follows.
package struct FollowedFacts: Sendable {
    package let service: String
    /// By code; a fact of a code that the program does not know is always followed, since it may
    /// be a newer version of one that is.
    package let isFollowed: [Bool]

    private init(service: String, isFollowed: [Bool]) {
        self.service = service
        self.isFollowed = isFollowed
    }

    package static func all(of service: String) -> FollowedFacts {
        FollowedFacts(service: service, isFollowed: Array(repeating: true, count: 256))
    }

    package static func only(_ names: [WireName], of service: String) -> FollowedFacts {
        var isFollowed = Array(repeating: false, count: 256)
        for name in names { isFollowed[Int(name.code)] = true }
        return FollowedFacts(service: service, isFollowed: isFollowed)
    }

    /// These, and others of the same service.
    func adding(_ others: FollowedFacts) -> FollowedFacts {
        FollowedFacts(
            service: service, isFollowed: zip(isFollowed, others.isFollowed).map { $0 || $1 })
    }
}
