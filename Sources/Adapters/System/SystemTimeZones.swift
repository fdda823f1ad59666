// SPDX-License-Identifier: Apache-2.0
/// Time zones by the database that Foundation brings along.

import Foundation
package import Kernel
import Ports

package struct SystemTimeZones: TimeZones {
    package init() {}

    package func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)? {
        if name == "UTC" { return { _ in 0 } }
        // Foundation also takes `GMT+2`, `EST` and a name with a NUL behind it.
        guard name.contains("/"), name.utf8.allSatisfy(Self.isOfNames),
            let zone = TimeZone(identifier: name)
        else { return nil }
        return { instant in
            let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
            return Int64(zone.secondsFromGMT(for: date)) * 1_000
        }
    }

    private static func isOfNames(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "_"),
            UInt8(ascii: "-"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
