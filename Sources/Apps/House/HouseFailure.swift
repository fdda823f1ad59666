// SPDX-License-Identifier: Apache-2.0
/// Why a house can't be opened, as its operator is told.

/// Why a house can't start. Each says what to do.
package enum HouseFailure: Error, CustomStringConvertible {
    case badSettings(String)
    case inUse(String)
    case foreignData(String)
    case unusableData(String)
    /// The disk of the data directory is full.
    case noRoom(String)
    case cantStart(String)

    package var description: String {
        switch self {
        case .badSettings(let what): what
        case .inUse(let who): "The data directory is in use\(who). One house, one process."
        case .foreignData(let what): what
        case .unusableData(let what), .noRoom(let what), .cantStart(let what): what
        }
    }
}
