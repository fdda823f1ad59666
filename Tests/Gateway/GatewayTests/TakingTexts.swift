// SPDX-License-Identifier: Apache-2.0
/// Names and addresses are kept as they were sent, in any script; what could forge a line or hide
/// what is written is refused with its place.

import HTTPTypes
import JSONCodec
import OrdersService
import Ports
import ServiceModel
import Testing

@testable import Gateway

@Suite struct `Taking texts` {
    private func place(_ order: OrderText, key: String = "k") async throws -> Shop.Answer {
        let shop = try Shop()
        _ = try await shop.count(5, key: "count")
        return try await shop.ask(.post, "/v1/orders", order.text, key: key)
    }

    @Test(arguments: [
        "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466} \u{1f44d}\u{1f3fd}",
        "شارع الملك \u{200e}12\u{200f} ب", "\u{5e8}\u{5d7}\u{5d5}\u{5d1} 5\u{200f}/3",
        "Zu\u{308}rich", "می\u{200c}خواهم", "श्री क्\u{200d}ष", "O'Neil & Söhne <GmbH>; \"1\"",
        "\u{1f3f4}\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", "\u{61c}5",
        String(repeating: "\u{4e2d}", count: 66), "x", "  x  ",
    ])
    func `takes any script, and keeps its code points`(_ text: String) async throws {
        for field in OrderText.Field.allCases {
            let answer = try await place(.with(field, text))
            #expect(answer.status == 201, "\(field) \(answer.text)")
        }
        let root = try JSONDocument(parsing: Array(OrderText.with(.name, text).text.utf8)).root
        let personal = try #require(PersonalData(bytes: try OrderBody(root).personal))
        #expect(Array(personal.name.unicodeScalars) == Array(text.unicodeScalars))
        let city = try JSONDocument(parsing: Array(OrderText.with(.city, text).text.utf8)).root
        let label = try #require(PersonalData(bytes: try OrderBody(city).personal)).label
        #expect(label == "Ann, 1 High Street, \(text), GB")
    }

    private static let controls: [UInt32] =
        Array(0x00..<0x20) + Array(0x7f..<0xa0) + Array(0x2028...0x202e) + Array(0x2066...0x206f)

    @Test(arguments: controls)
    func `refuses a control character wherever it stands`(_ value: UInt32) async throws {
        let control = String(try #require(Unicode.Scalar(value)))
        for field in OrderText.Field.allCases {
            for text in [control, "Ann\(control)", "\(control)Ann", "An\(control)n"] {
                let root = try JSONDocument(
                    parsing: Array(OrderText.with(field, text).text.utf8)
                ).root
                let error = #expect(throws: ProblemError.self) { try OrderBody(root) }
                #expect(error?.problem == RequestProblem.invalid)
                #expect(error?.fields.map(\.pointer) == [field.rawValue])
            }
        }
    }

    @Test func `takes what stands next to the refused ones`() {
        let neighbors: [UInt32] = [0x21, 0x7e, 0xa1, 0x2027, 0x202f, 0x2065, 0x2070, 0x200d]
        for value in neighbors {
            let scalar = Unicode.Scalar(value)
            #expect(scalar.map(PlainText.isControl) == false, "U+\(String(value, radix: 16))")
        }
    }

    @Test func `tells which character it was`() async throws {
        let answer = try await place(.with(.name, "Ann\r\nBcc: x@example.com"))
        #expect(answer.status == 422 && answer.code == "validation-failed")
        #expect(answer.pointers == ["/customer/name"])
        #expect(answer.text.contains("U+000D"))
    }

    @Test(arguments: OrderText.Field.allCases)
    func `counts code points, up to 255`(_ field: OrderText.Field) async throws {
        for character in ["a", "\u{e9}", "\u{4e2d}", "\u{1f600}"] {
            let most = String(repeating: character, count: 255)
            #expect(try await place(.with(field, most)).status == 201)
            let more = try await place(.with(field, most + character))
            #expect(more.status == 422 && more.pointers == [field.rawValue])
        }
    }

    @Test(arguments: ["", " ", "\u{a0}", "\u{200d}", "\u{200f} \u{feff}", "\u{3000}"])
    func `refuses what shows nothing`(_ text: String) async throws {
        for field in OrderText.Field.allCases {
            let answer = try await place(.with(field, text))
            #expect(answer.status == 422 && answer.pointers == [field.rawValue])
        }
    }

    @Test(arguments: OrderText.Field.allCases)
    func `refuses card numbers`(_ field: OrderText.Field) async throws {
        let answer = try await place(.with(field, "4111 1111 1111 1111"))
        #expect(answer.status == 422 && answer.pointers == [field.rawValue])
    }

    @Test func `refuses a lone surrogate as no text at all`() async throws {
        var order = OrderText()
        order.name = #""\ud83d""#
        let answer = try await place(order)
        #expect(answer.status == 400 && answer.code == "malformed-request")
    }

    @Test(arguments: [
        ("ann@example.org", true), ("a.b+c@x-1.example", true), ("a@b.co", true), ("a@b", false),
        ("a..b@example.org", false), ("<n@example.org>", false), ("n@example.org>", false),
        ("a@b@c.org", false), ("a b@example.org", false), ("a@example..org", false),
        ("\"a\"@example.org", false), ("\u{e9}@example.org", false), ("", false), ("@", false),
        ("a@example.org\nBcc: b@example.org", false),
        ("a@" + String(repeating: "b.", count: 126) + "c", false),
    ])
    func `takes an e-mail address exactly when the mailers do`(
        _ address: String, _ isTaken: Bool
    ) async throws {
        #expect(MailAddress.isValid(address) == isTaken)
        var order = OrderText()
        order.email = OrderText.quoted(address)
        let answer = try await place(order)
        #expect(answer.status == (isTaken ? 201 : 422))
        #expect(answer.pointers == (isTaken ? [] : ["/customer/email"]))
    }
}
