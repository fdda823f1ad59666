// SPDX-License-Identifier: Apache-2.0
/// An article's stock as clients see it.

package import Contracts
package import InventoryDomain
package import JSONCodec

package enum StockView {
    package static func write(
        _ key: StockKey, _ item: InventoryState.Item, version: Int64, to json: inout JSONWriter
    ) {
        json.beginObject()
        json.key("sku")
        json.string(key.sku.code)
        json.key("warehouse")
        json.string(key.warehouse.code)
        json.key("onHand")
        json.int(item.onHand)
        json.key("held")
        json.int(item.held)
        json.key("allocated")
        json.int(item.allocated)
        json.key("available")
        json.int(item.available)
        json.key("version")
        json.int(version)
        json.endObject()
    }
}
