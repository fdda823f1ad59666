// SPDX-License-Identifier: Apache-2.0
/// Types that facts are made of. Reasons and kinds are written from here, too; the others by hand,
/// since they do more than to hold fields: for them this says what their JSON looks like, and a
/// test compares it with what they write.

/// A type by its JSON.
struct SharedType: Sendable {
    let name: String
    let about: String
    let form: Form

    enum Form: Sendable {
        /// A string of this pattern.
        case text(String)
        /// A Swift enum; in JSON its cases are their names in kebab-case.
        case slugs([(name: String, about: String)])
        case object([Field])
        /// Objects that are told apart by their member `kind`.
        case union([(kind: String, fields: [Field])])
    }

    static let all: [SharedType] =
        prefixes.map { type, prefix in
            SharedType(
                name: type, about: "An id: `\(prefix)_` and 26 digits of Crockford's base 32.",
                form: .text("^\(prefix)_[0-7][0-9a-hjkmnp-tv-z]{25}$"))
        } + [
            SharedType(
                name: "SKU", about: "The merchant's article number.",
                form: .text("^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,40}$")),
            SharedType(
                name: "Warehouse", about: "A place that keeps stock.",
                form: .text("^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,20}$")),
            SharedType(
                name: "ProductCode", about: "The merchant's name of a product.",
                form: .text("^(?!\\.{1,2}$)[A-Za-z0-9._-]{1,40}$")),
            SharedType(
                name: "Country", about: "An ISO 3166-1 alpha-2 country code.",
                form: .text("^[A-Z]{2}$")),
            SharedType(
                name: "Currency", about: "An ISO 4217 currency code.", form: .text("^[A-Z]{3}$")),
            SharedType(
                name: "Money", about: "An amount in minor units, such as cents.",
                form: .object([.int("amount"), .value("currency", "Currency")])),
            SharedType(
                name: "UnitPrice", about: "A price that may have parts of a minor unit.",
                form: .object([.string("decimal"), .value("currency", "Currency")])),
            SharedType(
                name: "OrderLine", about: "One line of an order: its price is fixed.",
                form: .object([
                    .sku("sku"), .int("quantity"), .value("unitPrice", "UnitPrice"),
                    .money("total", "Quantity times unit price, rounded half to even, once."),
                ])),
            SharedType(
                name: "AdjustmentKind", about: "What an order costs beside its articles.",
                form: .slugs([
                    ("tax", ""), ("discount", "Taken off the total."), ("shipping", ""),
                ])),
            SharedType(
                name: "Adjustment",
                about: "Tax, a discount or shipping: a line of an order that is no article.",
                form: .object([
                    .slug("kind", "AdjustmentKind"),
                    .string("label", "What customers are shown; may be empty."),
                    .money("amount", "Never negative, whatever the kind."),
                    .bool("isIncluded", "Whether the prices of the lines contain it already."),
                ])),
            SharedType(
                name: "OrderOrigin",
                about: "Where an order comes from, in the shop's own words; it names no person.",
                form: .object([
                    .string("source", "The channel, such as `web`.").orAbsent,
                    .string("region", "As ISO 3166-2 has it: `DE-BY`.").orAbsent,
                    .string("customer", "The shop's own id of the customer.").orAbsent,
                    .string("reference", "The shop's own id of the order.").orAbsent,
                ])),
            SharedType(
                name: "StockLine", about: "Units of one article, moved together.",
                form: .object([.sku("sku"), .int("units")])),
            SharedType(
                name: "ShortLine", about: "An article of which there was not enough.",
                form: .object([.sku("sku"), .int("wanted"), .int("available")])),
            SharedType(
                name: "StockKey", about: "One article in one warehouse.",
                form: .object([.sku("sku"), .warehouse("warehouse")])),
            SharedType(
                name: "StockLevel",
                about: "How many units of an article can be had in a warehouse: at least so many.",
                form: .object([
                    .sku("sku"), .warehouse("warehouse"), .int("available"),
                    .int("announcement", "Counts what was announced of them: the greatest holds."),
                ])),
            SharedType(
                name: "Sealed",
                about: "Personal data that only the holder of the person's key can open.",
                form: .object([.id("person", "PersonID"), .bytes("box", "In hexadecimal.")])),
            SharedType(
                name: "Recipient", about: "To whom an order goes.",
                form: .object([.value("sealed", "Sealed"), .value("country", "Country")])),
            SharedType(
                name: "CallStart", about: "How a call to the outside comes to be owed.",
                form: .object([
                    .bool("isAttempted", "Whether this records the first attempt."),
                    .time("leaseUntil", "When the first attempt counts as lost.").orAbsent,
                    .time("owedSince", "Since when the call is owed, without an attempt.").orAbsent,
                ])),
            SharedType(
                name: "CancelReason", about: "Why an order was undone.",
                form: .slugs([
                    ("customerAsked", ""), ("merchantAsked", ""), ("paymentDeclined", ""),
                    ("paymentExpired", ""),
                ])),
            SharedType(
                name: "ExceptionReason", about: "Why an order needs a person.",
                form: .slugs([
                    (
                        "captureFailed",
                        "The parcel left, and the provider does not hand out the money for it."
                    )
                ])),
            SharedType(
                name: "DeferralReason", about: "Why a step has to be tried again.",
                form: .slugs([
                    ("unknown", "It may have happened or not: ask before anything else."),
                    ("unavailable", "It certainly did not happen."),
                    (
                        "interrupted",
                        """
                        Nobody will answer any more, since the process ended or the lease is over: \
                        it may have happened or not. The provider has not failed.
                        """
                    ),
                    (
                        "notFound",
                        """
                        The provider was asked and knows nothing of it: it is to be called, once \
                        there is credit; or asked once more, when it is too late for calls.
                        """
                    ),
                ])),
            SharedType(
                name: "MessageKind",
                about: "What a message is about; at most one of each kind goes out for an order.",
                form: .slugs([
                    ("orderConfirmed", ""), ("orderCanceled", ""),
                    (
                        "orderCancelFailed",
                        "The order was to be canceled, but its parcel had left."
                    ),
                ])),
            SharedType(
                name: "Step", about: "What was asked for, whole.",
                form: .union([
                    ("hold", [.warehouse("warehouse"), .list("lines", of: "StockLine")]),
                    ("ship", [.value("confirmed", "Confirmed")]),
                    ("stop-shipment", [.id("shipment", "ShipmentID")]),
                    (
                        "give-back",
                        [.optional("hold", "HoldID"), .optional("payment", "PaymentID")]
                    ),
                    ("capture", [.id("payment", "PaymentID")]),
                    ("track", [.id("shipment", "ShipmentID")]),
                ])),
        ]

    private static let prefixes = [
        ("OrderID", "ord"), ("HoldID", "hld"), ("PaymentID", "pay"), ("ShipmentID", "shp"),
        ("MessageID", "msg"), ("PersonID", "per"),
    ]

    /// The fields of the object `name`; nil when it is none.
    static func fields(of name: String) -> [Field]? {
        guard case .object(let fields) = all.first(where: { $0.name == name })?.form else {
            return nil
        }
        return fields
    }
}
