// SPDX-License-Identifier: Apache-2.0
/// What articles cost, for requests that name no price.

package import Contracts
package import Kernel

/// Answers from what was committed. Prices are looked up at the edge, before the command: the
/// service that gets it takes the price as it is there.
package protocol Prices: Sendable {
    /// What one unit of `sku` costs in `currency`; nil when nothing on sale has that price.
    func price(of sku: SKU, in currency: Currency) throws -> UnitPrice?
}
