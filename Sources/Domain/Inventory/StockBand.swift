// SPDX-License-Identifier: Apache-2.0
/// How exactly availability is announced. Whoever shows it wants the last few units exactly and of
/// many only roughly how many: an article of a thousand units is announced some two dozen times
/// until it is sold out, one of a million some forty times, and not once a sale.

package enum StockBand {
    /// Up to so many units each is a band of its own.
    package static let exactMax: Int64 = 10

    /// The least number of the band that `available` units are in: the greatest one of 0, 1 … 10,
    /// 12, 16, 24, 32, 48, 64 … (from 12 on two significant binary digits) that is not above it.
    package static func floor(_ available: Int64) -> Int64 {
        guard available > exactMax else { return max(0, available) }
        // All but the two highest binary digits, of at least four.
        let dropped = Int64.bitWidth - available.leadingZeroBitCount - 2
        return max(exactMax, (available >> dropped) << dropped)
    }
}
