// SPDX-License-Identifier: Apache-2.0
/// What truly happened at the carrier, for audits: the books, added up per shipment.

package import Kernel
package import Ports

package struct CarrierBook: Sendable {
    package private(set) var shipments: [UUIDv7: Entry] = [:]

    package struct Entry: Sendable, Equatable {
        /// More than one means that the house had its way twice.
        package internal(set) var labels = 0
        package internal(set) var status: CarrierStatus
        /// Nil when there was never a label.
        package internal(set) var tracking: String?

        package var isCanceled: Bool { status == .canceled }
    }

    /// Reads the books at `path`; a torn last line is passed over. They may be in use.
    package static func read(_ path: String) throws(BooksFailure) -> CarrierBook {
        var book = CarrierBook()
        try Books.forEachLine(of: path) { line in
            guard let fact = CarrierFact(line: line) else { return false }
            book.shipments[fact.shipment, default: Entry(status: fact.status)].add(fact)
            return true
        }
        return book
    }
}

extension CarrierBook.Entry {
    mutating func add(_ fact: CarrierFact) {
        status = fact.status
        if fact.status == .labeled {
            labels += 1
            tracking = CarrierFact.tracking(of: fact.shipment)
        }
    }
}
