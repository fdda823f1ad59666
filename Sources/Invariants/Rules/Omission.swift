// SPDX-License-Identifier: Apache-2.0
/// What is on the list of invariants and is not checked yet, each with the reason: the list of
/// rules and this one together are the whole list.

package struct Omission: Sendable {
    package let id: String
    package let promise: String
    package let reason: String

    private init(_ id: String, _ promise: String, _ reason: String) {
        self.id = id
        self.promise = promise
        self.reason = reason
    }

    /// How many invariants the whole list has.
    package static let listed = 87

    package static let all = [
        Omission("S8", "Transfers between shards net to zero.", "Stock is not transferred yet."),
        Omission("S9", "Returned units are at most those shipped.", "There are no returns yet."),
        Omission(
            "M1", "Every journal entry balances in each currency.",
            "There is no journal with several legs yet; M2 checks the memo of each payment."),
        Omission("M5", "Refunds are at most what was captured.", "There are no refunds yet."),
        Omission("M12", "A dispute counts once.", "There are no disputes yet."),
        Omission(
            "E12", "Event time orders nothing.",
            "A property of two runs: the simulator compares them, it is no check of one."),
        Omission(
            "G6", "Old sagas finish under new code.",
            "There is one released version; the stores of later ones are opened by their tests."),
        Omission(
            "I6", "No key is dropped before its time.",
            "Shows only after seven days: a matter of the simulator's clock, with I1."),
        Omission(
            "I7", "Every error is a registered problem.",
            "Checked where answers are made, by the tests of the gateway."),
        Omission("Q3", "A cache changes no decision.", "There is no cache."),
        Omission("Q4", "Staleness is bounded and told.", "There are no replicas."),
        Omission("Q6", "A move of a shard loses nothing.", "Shards do not move yet."),
        Omission("T1", "No answer holds another tenant's object.", "A house serves one merchant."),
        Omission("T2", "No secret stands in any byte.", "Needs a scan of all bytes."),
        Omission("T3", "Who may not is told before anything is read.", "No authentication yet."),
        Omission("T4", "Fields outside the schema change nothing.", "Checked at the gateway."),
        Omission("T5", "Each action on money has one audit row.", "There are no operators yet."),
        Omission("T6", "After an erasure the ledgers still balance.", "Erasing is not open yet."),
        Omission(
            "L3", "Memory and descriptors return to their level.",
            "Needs a process watched for long."),
        Omission(
            "L6", "A clock that jumps changes no balance.",
            "A property of two runs: the simulator compares them."),
    ]
}
