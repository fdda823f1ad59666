// SPDX-License-Identifier: Apache-2.0
/// What a product may be whatever else there is: its texts have lengths, its lists have ends,
/// nothing in it is named twice, and as a whole it fits into a request.

package import Contracts
import Kernel

extension ProductEvent.Product {
    /// All lengths are in bytes of UTF-8.
    package static let titleMax = 300
    package static let descriptionMax = 16_384
    package static let imagesMax = 20
    package static let imageMax = 200
    package static let attributesMax = 16_384
    package static let variantsMax = 100
    package static let optionsMax = 10
    package static let optionTextMax = 100
    package static let pricesMax = 30
    /// Of the whole product in JSON without blanks. A request has at most 256 KiB: what is kept can
    /// be sent again.
    package static let sizeMax = 192 << 10

    /// Why this can't be a product; nil when nothing is wrong with it.
    package var fault: CatalogRejection? {
        if title.allSatisfy(\.isWhitespace) { return .emptyTitle }
        if title.utf8.count > Self.titleMax || description.utf8.count > Self.descriptionMax {
            return .textTooLong
        }
        if attributes.utf8.count > Self.attributesMax { return .attributesTooLong }
        if images.count > Self.imagesMax { return .tooManyImages }
        if images.contains(where: \.isEmpty) { return .emptyName }
        if images.contains(where: { $0.utf8.count > Self.imageMax }) { return .textTooLong }
        if variants.isEmpty { return .noVariant }
        if variants.count > Self.variantsMax { return .tooManyVariants }
        if Set(variants.map(\.sku)).count < variants.count { return .duplicateSKU }
        if let fault = variants.lazy.compactMap(\.fault).first { return fault }
        let size = ProductEvent.created(self).json.count
        return size > Self.sizeMax ? .productTooLarge : nil
    }

    /// Byte by byte: to Swift two ways to write the same letter are equal.
    package func isIdentical(to other: Self) -> Bool {
        bytes == other.bytes
    }

    private var bytes: [UInt8] {
        var writer = WireWriter(binary: 1_024)
        write(to: &writer)
        return writer.bytes
    }
}

extension ProductEvent.Variant {
    fileprivate var fault: CatalogRejection? {
        let names = options.map(\.name)
        let textMax = ProductEvent.Product.optionTextMax
        if options.count > ProductEvent.Product.optionsMax { return .tooManyOptions }
        if names.contains(where: \.isEmpty) { return .emptyName }
        if (names + options.map(\.value)).contains(where: { $0.utf8.count > textMax }) {
            return .textTooLong
        }
        if Set(names).count < names.count { return .duplicateOption }
        if prices.count > ProductEvent.Product.pricesMax { return .tooManyPrices }
        if Set(prices.map(\.currency)).count < prices.count { return .duplicateCurrency }
        if prices.contains(where: { $0.tenThousandths < 0 }) { return .negativePrice }
        return nil
    }
}
