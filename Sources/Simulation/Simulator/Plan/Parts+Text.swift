// SPDX-License-Identifier: Apache-2.0
/// The lines of a plan: counts, requests, orders, operations, faults.

extension PlannedCount {
    var text: String {
        "count at=\(at.spanText) article=\(article) warehouse=\(warehouse) units=\(units)"
            + (expected.map { " expected=\($0)" } ?? "")
    }

    init(_ words: inout Words) throws {
        let members = try words.members()
        at = try members.instant("at") ?? 0
        article = try members.int("article")
        warehouse = try members.int("warehouse")
        units = try members.int("units")
        expected = members.values["expected"] == nil ? nil : try members.int("expected")
    }
}

extension PlannedRequest {
    var text: String { "request \(service) \(at.spanText) \(words)" }

    init(_ words: inout Words) throws {
        service = try words.next()
        let time = try words.next()
        guard let instant = Instant(spanText: time) else {
            throw WordFailure(what: "`\(time)` is no time")
        }
        at = instant
        self.words = words.rest()
        _ = try command()
    }
}

extension PlannedOrder {
    var text: String {
        var text = "order \(number) at=\(at.spanText) lines="
        text += lines.map { "\($0.article)x\($0.quantity)@\($0.price)" }.joined(separator: ",")
        if warehouse != 0 { text += " warehouse=\(warehouse)" }
        if script != .honest { text += " script=\(script.rawValue)" }
        if let doubleClickAfter { text += " again=\(doubleClickAfter.spanText)" }
        if let cancelAfter { text += " cancel=\(cancelAfter.spanText)" }
        return text
    }

    init(_ words: inout Words) throws {
        number = try words.number()
        let members = try words.members()
        at = try members.instant("at") ?? 0
        lines = []
        for line in (members.values["lines"] ?? "").split(separator: ",") {
            lines.append(try Line(line))
        }
        warehouse = try members.int("warehouse")
        let name = members.values["script"] ?? Script.honest.rawValue
        guard let script = Script(rawValue: name) else {
            throw WordFailure(what: "no client is \(name)")
        }
        self.script = script
        doubleClickAfter = try members.instant("again")
        cancelAfter = try members.instant("cancel")
    }
}

extension PlannedOrder.Line {
    fileprivate init(_ text: Substring) throws {
        let parts = text.split { $0 == "x" || $0 == "@" }.map { Int($0) }
        guard parts.count == 3, let article = parts[0], let quantity = parts[1],
            let price = parts[2]
        else { throw WordFailure(what: "`\(text)` is no line: article x quantity @ price") }
        self.init(article: article, quantity: quantity, price: price)
    }
}

extension PlannedOperation {
    var text: String {
        var text = "operation \(kind.rawValue) at=\(at.spanText) node=\(node)"
        if length != 0 { text += " length=\(length.spanText)" }
        if amount != 0 { text += " amount=\(amount)" }
        return text
    }

    init(_ words: inout Words) throws {
        let name = try words.next()
        guard let kind = Kind(rawValue: name) else {
            throw WordFailure(what: "no operation is called \(name)")
        }
        self.kind = kind
        let members = try words.members()
        at = try members.instant("at") ?? 0
        node = try members.int("node")
        length = try members.instant("length") ?? 0
        amount = try members.int("amount")
    }
}

extension Fault {
    /// Whom it meets and the how manyth decision there: `fault provider-call-lost 3#1`.
    var text: String {
        "fault \(kind.rawValue) \(subject)#\(ordinal)" + (amount == 0 ? "" : " amount=\(amount)")
    }

    init(_ words: inout Words) throws {
        let name = try words.next()
        guard let kind = FaultKind(rawValue: name) else {
            throw WordFailure(what: "no fault is called \(name)")
        }
        let place = try words.next()
        let parts = place.split(separator: "#").map { Int($0) }
        guard parts.count == 2, let subject = parts[0], let ordinal = parts[1] else {
            throw WordFailure(what: "`\(place)` is no place: subject # ordinal")
        }
        let members = try words.members()
        self.init(kind, subject: subject, ordinal: ordinal, amount: try members.int("amount"))
    }
}
