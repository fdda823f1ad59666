// SPDX-License-Identifier: Apache-2.0
/// What operators must be told of a projection: the words by which they find it in the log.

package import Kernel
package import Ports

package enum ProjectionNotice: Sendable, Equatable {
    case failed(String, ProjectionFailure)
    case forked(String, LogName, Int64)
    case rebuilding(String)
    case published(String, [LogName: Int64])
    case lagging(String, Span)
    case caughtUp(String)
    case unreadable(LogName, StoreFailure)
    case readable(LogName)
    /// The store's data was damaged or of another program: it was set aside.
    case storeReplaced

    package enum Level: Sendable { case notice, error }

    package var level: Level {
        switch self {
        case .failed, .forked, .lagging, .unreadable, .storeReplaced: .error
        case .rebuilding, .published, .caughtUp, .readable: .notice
        }
    }

    /// Constant.
    package var message: String {
        switch self {
        case .failed: "projection failed, stopped at a fact"
        case .forked: "log fork detected, projection is rebuilt"
        case .rebuilding: "projection rebuild began"
        case .published: "projection rebuilt, readers see the new rows"
        case .lagging: "projection lag above its bound"
        case .caughtUp: "projection lag within its bound again"
        case .unreadable: "log can't be read, projections do not follow it"
        case .readable: "log can be read again, projections follow it"
        case .storeReplaced: "projection store can't be used, all projections are rebuilt"
        }
    }

    package var details: [String: String] {
        switch self {
        case .failed(let name, let failure):
            [
                "projection": name, "log": failure.log.description,
                "position": "\(failure.position)", "reason": failure.reason,
            ]
        case .forked(let name, let log, let position):
            ["projection": name, "log": log.description, "position": "\(position)"]
        case .rebuilding(let name), .caughtUp(let name): ["projection": name]
        case .published(let name, let positions):
            ["projection": name, "positions": "\(positions.values.reduce(0, +))"]
        case .lagging(let name, let lag):
            ["projection": name, "lagMilliseconds": "\(lag.milliseconds)"]
        case .unreadable(let log, let failure):
            ["log": log.description, "failure": failure.description]
        case .readable(let log): ["log": log.description]
        case .storeReplaced: [:]
        }
    }
}
