// SPDX-License-Identifier: Apache-2.0
/// How far a reader of the feed has come in each log: opaque to it.

import Kernel
package import Ports

package struct FeedCursor: Sendable, Equatable {
    /// A position, and the epoch in which it was written: it tells another history of the log
    /// from the one that was read.
    package struct Place: Sendable, Equatable {
        package let epoch: Int64
        package let position: Int64

        package init(epoch: Int64, position: Int64) {
            self.epoch = epoch
            self.position = position
        }
    }

    /// A log that is missing is read from its beginning.
    package var places: [LogName: Place]

    package init(_ places: [LogName: Place] = [:]) { self.places = places }

    private static let version: UInt8 = 1
    private static let logsMax: UInt64 = 10_000

    /// Hexadecimal: it goes into URLs.
    package var text: String {
        var bytes = WireBytes(capacity: 32 * places.count + 8)
        bytes.append(Self.version)
        bytes.appendVarint(unsigned: UInt64(places.count))
        for (log, place) in places.sorted(by: { $0.key < $1.key }) {
            bytes.appendCounted(log.description)
            bytes.appendVarint(place.epoch)
            bytes.appendVarint(place.position)
        }
        return Hex.text(bytes.array)
    }

    /// Nil when this is no cursor that a house gave out.
    package init?(text: String) {
        guard let bytes = Hex.bytes(text) else { return nil }
        do throws(WireError) { try self.init(bytes: bytes) } catch { return nil }
    }

    private init(bytes: [UInt8]) throws(WireError) {
        var reader = WireReader(binary: bytes)
        guard try reader.unsignedVarint() == UInt64(Self.version) else {
            throw .badField("version")
        }
        let count = try reader.unsignedVarint()
        guard count <= Self.logsMax else { throw .badField("count") }
        places = [:]
        for _ in 0..<count {
            guard let log = LogName(text: try reader.counted()), places[log] == nil else {
                throw .badField("log")
            }
            let place = Place(epoch: try reader.varint(), position: try reader.varint())
            guard place.position > 0, place.epoch >= 0 else { throw .badField("position") }
            places[log] = place
        }
        guard reader.isAtEnd else { throw .badField("end") }
    }
}
