// SPDX-License-Identifier: Apache-2.0
/// The outside services of a simulated world and their own, truthful books. The house is judged
/// against these, not against itself.

package import Kernel
package import Ports

/// The payment provider's side.
package struct ProviderBooks {
    /// One payment as the provider knows it.
    package struct Account: Sendable {
        package let payment: UUIDv7
        package fileprivate(set) var authorized: Money?
        /// How often each operation was carried out.
        package fileprivate(set) var authorizations = 0
        package fileprivate(set) var captures = 0
        package fileprivate(set) var voids = 0
        package fileprivate(set) var captured: Int64 = 0
        fileprivate var entries = Entries()
    }

    fileprivate struct Entry: Sendable {
        let answer: ProviderAnswer
        /// A call under another key is another call. Keys of one payment share its lower half.
        let key: UInt64
        let at: Instant
    }

    /// The latest outcome of each operation.
    fileprivate struct Entries: Sendable {
        private var entries: (Entry?, Entry?, Entry?) = (nil, nil, nil)

        subscript(_ operation: Int) -> Entry? {
            get {
                switch operation {
                case 0: entries.0
                case 1: entries.1
                default: entries.2
                }
            }
            set {
                switch operation {
                case 0: entries.0 = newValue
                case 1: entries.1 = newValue
                default: entries.2 = newValue
                }
            }
        }
    }

    package private(set) var accounts: ContiguousArray<Account> = []
    private var places: NumberTable
    private let window: Instant
    /// Calls fail until then.
    var downUntil: Instant = 0

    init(window: Instant, capacity: Int) {
        self.window = window
        places = NumberTable(capacity: capacity)
    }

    package func account(of payment: UUIDv7) -> Account? {
        places[payment.low].map { accounts[$0] }
    }

    /// Carries out `call`, or says what became of it; true when it had an effect.
    mutating func perform(_ call: ProviderCall, at now: Instant) -> (ProviderAnswer, Bool) {
        let operation = call.operation.number
        if call.isQuestion {
            let entry = places[call.payment.low].flatMap { accounts[$0].entries[operation] }
            return (entry?.answer ?? .notFound, false)
        }
        let place = places[call.payment.low] ?? add(call.payment)
        if let entry = accounts[place].entries[operation], entry.key == call.payment.high,
            now - entry.at < window
        {
            return (entry.answer, false)
        }
        let answer = accounts[place].carryOut(call)
        accounts[place].entries[operation] = Entry(
            answer: answer, key: call.payment.high, at: now)
        return (answer, true)
    }

    /// Everything that it could tell of, in the order in which it was done.
    var notices: [ProviderNotice] {
        let operations: [ProviderCall.Operation] = [.authorize, .capture, .voidAuthorization]
        return accounts.flatMap { account in
            operations.compactMap { operation in
                account.entries[operation.number].map {
                    ProviderNotice(
                        payment: account.payment, operation: operation, answer: $0.answer)
                }
            }
        }
    }

    private mutating func add(_ payment: UUIDv7) -> Int {
        accounts.append(Account(payment: payment))
        places.set(payment.low, accounts.count - 1)
        return accounts.count - 1
    }
}

extension ProviderCall.Operation {
    var number: Int {
        switch self {
        case .authorize: 0
        case .capture: 1
        case .voidAuthorization: 2
        }
    }
}

extension ProviderBooks.Account {
    private var isVoided: Bool { if case .done? = entries[2]?.answer { true } else { false } }
    private var isCaptured: Bool { if case .done? = entries[1]?.answer { true } else { false } }

    /// A provider that has forgotten the key does not notice a repeat.
    fileprivate mutating func carryOut(_ call: ProviderCall) -> ProviderAnswer {
        let done = ProviderAnswer.done(reference: "ref")
        switch call.operation {
        case .authorize:
            if isVoided { return .refused(code: "voided") }
            if call.amount.isNegative { return .refused(code: "bad-amount") }
            if call.token == PaymentTokens.declined { return .refused(code: "card-declined") }
            authorizations += 1
            authorized = call.amount
            return done
        case .capture:
            guard let authorized, !isVoided else { return .refused(code: "no-authorization") }
            guard call.amount.currency == authorized.currency,
                call.amount.amount <= authorized.amount
            else { return .refused(code: "exceeds-authorization") }
            if call.token == PaymentTokens.captureDeclined {
                return .refused(code: "capture-declined")
            }
            captures += 1
            captured += call.amount.amount
            return done
        case .voidAuthorization:
            if isCaptured { return .refused(code: "already-captured") }
            voids += 1
            return done
        }
    }
}

extension PlannedOrder.Script {
    /// What the client pays with.
    var token: String {
        switch self {
        case .declined: PaymentTokens.declined
        case .captureDeclined: PaymentTokens.captureDeclined
        case .honest, .empty, .huge, .mixed, .negative, .reusesKey, .greedy: PaymentTokens.ok
        }
    }
}

/// What the provider's test tokens do.
enum PaymentTokens {
    static let ok = "tok_ok"
    static let declined = "tok_declined"
    static let captureDeclined = "tok_capture_declined"
}

/// The carrier's side.
package struct CarrierBooks {
    package struct Parcel: Sendable {
        package let shipment: UUIDv7
        package fileprivate(set) var status: CarrierStatus
        package fileprivate(set) var labels = 0
    }

    package private(set) var parcels: ContiguousArray<Parcel> = []
    private var places: NumberTable
    var downUntil: Instant = 0

    init(capacity: Int) { places = NumberTable(capacity: capacity) }

    package func parcel(of shipment: UUIDv7) -> Parcel? {
        places[shipment.low].map { parcels[$0] }
    }

    /// The answer, and the place of a parcel that was just labeled.
    mutating func perform(
        _ operation: CarrierCall.Operation, _ shipment: UUIDv7
    ) -> (CarrierAnswer, labeled: Int?) {
        let place = places[shipment.low]
        switch (operation, place.map { parcels[$0].status }) {
        case (.label, nil):
            let place = add(shipment, .labeled)
            parcels[place].labels += 1
            return (.labeled(tracking: "trk"), place)
        case (.label, .labeled?), (.label, .shipped?), (.label, .delivered?):
            return (.labeled(tracking: "trk"), nil)
        case (.label, .canceled?), (.cancel, .canceled?): return (.canceled, nil)
        case (.cancel, nil):
            _ = add(shipment, .canceled)
            return (.canceled, nil)
        case (.cancel, .labeled?):
            if let place { parcels[place].status = .canceled }
            return (.canceled, nil)
        case (.cancel, let status?): return (.status(status), nil)
        case (.track, nil): return (.notFound, nil)
        case (.track, let status?): return (.status(status), nil)
        }
    }

    /// Moves a parcel on; nil when it stays where it is.
    mutating func move(_ place: Int) -> CarrierUpdate? {
        switch parcels[place].status {
        case .labeled: parcels[place].status = .shipped
        case .shipped: parcels[place].status = .delivered
        case .delivered, .canceled: return nil
        }
        return CarrierUpdate(shipment: parcels[place].shipment, status: parcels[place].status)
    }

    private mutating func add(_ shipment: UUIDv7, _ status: CarrierStatus) -> Int {
        parcels.append(Parcel(shipment: shipment, status: status))
        places.set(shipment.low, parcels.count - 1)
        return parcels.count - 1
    }
}

/// The mail server's side: how often each message was taken.
package struct MailBooks {
    package private(set) var messages: ContiguousArray<(message: UUIDv7, copies: Int)> = []
    private var places: NumberTable

    init(capacity: Int) { places = NumberTable(capacity: capacity) }

    package func copies(of message: UUIDv7) -> Int {
        places[message.low].map { messages[$0].copies } ?? 0
    }

    mutating func take(_ message: UUIDv7) {
        if let place = places[message.low] {
            messages[place].copies += 1
        } else {
            messages.append((message, 1))
            places.set(message.low, messages.count - 1)
        }
    }
}
