// SPDX-License-Identifier: Apache-2.0
/// The time zone database: what local clocks show, now, before and later.

public import Kernel

public protocol TimeZones: Sendable {
    /// How many milliseconds the clocks of a zone are ahead of UTC at an instant; nil when there is
    /// no zone of that IANA name. An abbreviation (`CEST`) or a distance (`GMT+2`) is no name: it
    /// would know nothing of summer and winter.
    func offset(of name: String) -> (@Sendable (Timestamp) -> Int64)?
}
