// SPDX-License-Identifier: Apache-2.0
/// Who asks: every command carries a principal from the first day on.

/// The party on whose behalf a command runs. An opaque, stable name without personal data.
@frozen public struct Principal: Hashable, Sendable {
    public static let lengthMax = 64

    public let name: String

    /// Nil unless `name` has 1 to 64 characters out of letters, digits and `-_.:@`.
    public init?(_ name: some StringProtocol) {
        guard (1...Self.lengthMax).contains(name.utf8.count),
            name.utf8.allSatisfy(Self.isAllowed)
        else { return nil }
        self.name = String(name)
    }

    @inlinable
    init(unchecked name: String) { self.name = name }

    /// The house itself: timers, sagas, answers of outside services.
    public static let house = Principal(unchecked: "house")
    /// A caller that has not said who it is, as long as the house runs without authentication.
    public static let anonymous = Principal(unchecked: "anonymous")

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"),
            UInt8(ascii: "@"):
            true
        default: false
        }
    }
}
