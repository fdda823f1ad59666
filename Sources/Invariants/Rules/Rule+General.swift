// SPDX-License-Identifier: Apache-2.0
/// The promises that hold whatever the services are: of logs, effects, callers, reading and rest.

extension Rule {
    static let general: [Rule] = [
        .o4, .o5, .o10, .o11, .e1, .e2, .e3, .e4, .e5, .e6, .e7, .e8, .e9, .e10, .e11, .g3, .g4,
        .g5, .g7, .i1, .i2, .i3, .i4, .i5, .i8, .q1, .q2, .q5, .q7, .l1, .l2, .l4, .l5,
        .l7,
    ]

    package static let o4 = Rule(
        "O4", .told, "What was acknowledged is stored, and what is stored was asked for.")
    package static let o5 = Rule(
        "O5", .end, "Everything comes to rest once faults have stopped.")
    package static let o10 = Rule(
        "O10", [.step, .end], "What a client reads of an order never goes back.")
    package static let o11 = Rule(
        "O11", .step,
        "An order that is asked for later has no smaller id, unless the door that numbered the "
            + "earlier one had died before that was stored.")

    package static let e1 = Rule(
        "E1", .always, "Positions and versions have no gaps and no twins.")
    package static let e2 = Rule(
        "E2", .stored, "An answer stands with the events that it tells of.")
    package static let e3 = Rule(
        "E3", .end, "Everything is published once faults have stopped.")
    package static let e4 = Rule(
        "E4", [.step, .end], "No fact is passed over when its log is published.")
    package static let e5 = Rule("E5", .always, "Nothing is heard that was never committed.")
    package static let e6 = Rule(
        "E6", .always, "The facts of one story are published and heard in order.")
    package static let e7 = Rule("E7", .always, "Each fact takes effect once.")
    package static let e8 = Rule(
        "E8", .stored, "A cursor and the effects of what it passed are stored together.")
    package static let e9 = Rule(
        "E9", .stored, "What can't be handled is parked, and nothing of it is lost.")
    package static let e10 = Rule(
        "E10", .stored, "The hash chain holds: no stored byte was changed.")
    package static let e11 = Rule("E11", .stored, "Every stored event can be read.")

    package static let g3 = Rule(
        "G3", .always,
        "Every call goes out under the id that follows from its order: one label, one mail of a "
            + "kind; the books outside know what we know.")
    package static let g4 = Rule(
        "G4", .stored, "Whatever is under way has a moment at which it is looked at.")
    package static let g5 = Rule("G5", .always, "No timer goes off before it is due.")
    package static let g7 = Rule(
        "G7", [.step, .end],
        "An attempt is recorded only for a call that leaves at once, while its lease covers the "
            + "answer.")

    package static let i1 = Rule(
        "I1", .told, "The same request has the same answer, byte for byte.")
    package static let i2 = Rule("I2", .told, "The same key with another body is refused.")
    package static let i3 = Rule("I3", .told, "Twins of a request have one effect.")
    package static let i4 = Rule("I4", .stored, "Only what was decided is kept as an answer.")
    package static let i5 = Rule(
        "I5", .told, "A key of one principal never leads to another's answer.")
    package static let i8 = Rule(
        "I8", .told,
        "Wherever services run, an order is answered with 201 or 409 once it is decided whether "
            + "its stock is held, and until then with 202, which is not kept.")

    package static let q1 = Rule("Q1", .stored, "Every row is what its events make of it.")
    package static let q2 = Rule("Q2", .stored, "No cursor is beyond its log.")
    package static let q5 = Rule(
        "Q5", .always, "A log's epoch never falls: who was fenced writes no more.")
    package static let q7 = Rule("Q7", [.step, .end], "A client reads what it wrote.")

    package static let l1 = Rule(
        "L1", .end,
        "Once faults have stopped, everything is published, heard and called within a minute.")
    package static let l2 = Rule("L2", [.step, .end], "Retries take at most half of the slots.")
    package static let l4 = Rule("L4", [.step, .end], "No queue grows beyond its bound.")
    package static let l5 = Rule(
        "L5", [.step, .end],
        "No call waits while nothing runs: a slot is taken by a call that is under way.")
    package static let l7 = Rule(
        "L7", .step,
        "While a process runs its time neither stands still nor leaps, whatever becomes of the "
            + "clock.")
}
