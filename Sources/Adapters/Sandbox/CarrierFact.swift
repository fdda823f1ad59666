// SPDX-License-Identifier: Apache-2.0
/// One line of the carrier's books: a parcel has a new status. The address is not kept.

import Kernel
import Ports

struct CarrierFact: Equatable {
    let at: Timestamp
    let shipment: UUIDv7
    let status: CarrierStatus
}

extension CarrierFact {
    private static let statuses = CarrierStatus.allCases.map { ($0.slug, $0) }
    private static let trackingPrefix: StaticString = "TRK"

    /// The number of the parcel of `shipment`.
    static func tracking(of shipment: UUIDv7) -> String { shipment.reference(trackingPrefix) }

    func append(to lines: inout LineWriter) {
        lines.text("{\"at\":")
        lines.number(at.milliseconds)
        lines.text(",\"shipment\":\"")
        lines.hexadecimal(shipment)
        lines.text("\",\"status\":\"")
        lines.text(status.slug)
        if status == .labeled {
            lines.text("\",\"tracking\":\"")
            lines.text(Self.trackingPrefix)
            lines.hexadecimal(shipment.low)
        }
        lines.text("\"}\n")
    }

    /// Of a line without its end; nil when it is no such fact.
    init?(line: UnsafeRawBufferPointer) {
        var reader = LineReader(line)
        guard reader.skip("{\"at\":"), let at = reader.number(),
            reader.skip(",\"shipment\":\""), let shipment = reader.hexadecimal(),
            reader.skip("\",\"status\":\""), let status = reader.slug(of: Self.statuses)
        else { return nil }
        if status == .labeled {
            guard reader.skip(",\"tracking\":\""), reader.skip(Self.trackingPrefix),
                reader.word() == shipment.low, reader.skip("\"")
            else { return nil }
        }
        guard reader.skip("}"), reader.isAtEnd else { return nil }
        self.init(at: Timestamp(milliseconds: at), shipment: shipment, status: status)
    }
}

extension CarrierStatus {
    fileprivate var slug: StaticString {
        switch self {
        case .labeled: "labeled"
        case .shipped: "shipped"
        case .delivered: "delivered"
        case .canceled: "canceled"
        }
    }
}
