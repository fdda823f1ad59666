// SPDX-License-Identifier: Apache-2.0
/// Each rule in a sentence, and when it is checked. `docs/reference/invariants.md` is made of this.

extension Rule {
    struct Text {
        let promise: String
        let stages: Stages

        init(_ promise: String, _ stages: Stages) {
            self.promise = promise
            self.stages = stages
        }
    }

    private static let always: Stages = [.step, .end, .restart, .live]
    private static let stored: Stages = [.end, .restart, .live]

    var text: Text {
        switch self {
        case .s1, .s2, .s3, .s4, .s5, .s6, .s7: stockText
        case .m2, .m3, .m4, .m6, .m7, .m8, .m9, .m10, .m11: moneyText
        case .o1, .o2, .o3, .o4, .o5, .o6, .o7, .o8, .o9, .o10, .o11: orderText
        case .e1, .e2, .e3, .e4, .e5, .e6, .e7, .e8, .e9, .e10, .e11: eventText
        case .g1, .g2, .g3, .g4, .g5, .g7: sagaText
        case .i1, .i2, .i3, .i4, .i5, .q1, .q2, .q5, .q7, .l1, .l2, .l4, .l5, .l7: otherText
        }
    }

    private var stockText: Text {
        switch self {
        case .s1:
            Text(
                "Units are conserved: what was counted is available, held, allocated or shipped.",
                Self.always)
        case .s2: Text("No balance of units is ever negative.", Self.always)
        case .s3:
            Text(
                "Never more units promised than there are, at any moment of history.",
                Self.always)
        case .s4:
            Text("Held and allocated units are exactly those of open holds.", Self.always)
        case .s5: Text("A hold ends at most once.", Self.always)
        case .s6: Text("What is shipped was committed before.", Self.always)
        default: Text("No movement of a hold is booked twice.", Self.always)
        }
    }

    private var moneyText: Text {
        switch self {
        case .m2:
            Text(
                "The memo of every payment balances: only what is set aside is taken or given "
                    + "back, and once.", Self.always)
        case .m3: Text("No more is captured than was authorized.", Self.always)
        case .m4: Text("The provider captured at most once for each payment.", Self.stored)
        case .m6:
            Text("Every settled payment stands in the provider's books as in ours.", Self.stored)
        case .m7:
            Text(
                "An order's total is the sum of its lines, and what is asked of the customer.",
                Self.always)
        case .m8: Text("An order has one currency.", Self.always)
        case .m9: Text("Nothing is captured for an order that was canceled.", Self.always)
        case .m10:
            Text(
                "No authorization is left open for a payment that was declined or given back.",
                Self.stored)
        default:
            Text(
                "A call whose outcome is unknown is asked about before it is made again.",
                Self.always)
        }
    }

    private var orderText: Text {
        switch self {
        case .o1: Text("Orders only go where the table of transitions leads.", Self.always)
        case .o2:
            Text(
                "A confirmed order has its stock and its money set aside, until it is stopped.",
                Self.always)
        case .o3:
            Text(
                "Only confirmed orders are shipped, only shipped ones paid; a completed order "
                    + "was shipped, delivered and paid, and one that ended as an exception was "
                    + "shipped and delivered, and its capture failed.", Self.always)
        case .o4:
            Text(
                "What was acknowledged is stored, and what is stored was asked for.",
                [.end, .restart])
        case .o5: Text("Everything comes to rest once faults have stopped.", [.end])
        case .o6: Text("What has ended stays as it ended.", Self.always)
        case .o7: Text("An order that was undone holds nothing.", Self.always)
        case .o8:
            Text(
                "One request makes one order and has one answer, for the 7 to 14 days that "
                    + "answers are kept; later it is a new request.", Self.always)
        case .o9:
            Text(
                "Rejections are honest: at that moment there was less than was wanted.",
                Self.always)
        case .o10: Text("What a client reads of an order never goes back.", [.step, .end])
        default:
            Text(
                "An order that is asked for later has no smaller id, unless the door that "
                    + "numbered the earlier one had died before that was stored.", [.step])
        }
    }

    private var eventText: Text {
        switch self {
        case .e1: Text("Positions and versions have no gaps and no twins.", Self.always)
        case .e2: Text("An answer stands with the events that it tells of.", Self.stored)
        case .e3: Text("Everything is published once faults have stopped.", [.end])
        case .e4: Text("No fact is passed over when its log is published.", [.step, .end])
        case .e5: Text("Nothing is heard that was never committed.", Self.always)
        case .e6: Text("The facts of one story are published and heard in order.", Self.always)
        case .e7: Text("Each fact takes effect once.", Self.always)
        case .e8: Text("A cursor and the effects of what it passed are stored together.",
            Self.stored)
        case .e9: Text("What can't be handled is parked, and nothing of it is lost.", Self.stored)
        case .e10: Text("The hash chain holds: no stored byte was changed.", Self.stored)
        default: Text("Every stored event can be read.", Self.stored)
        }
    }

    private var sagaText: Text {
        switch self {
        case .g1: Text("What was carried out was not undone as well.", Self.always)
        case .g2: Text("Nothing is given back before the parcel is stopped.", Self.always)
        case .g3:
            Text(
                "Every call goes out under the id that follows from its order: one label, one "
                    + "mail of a kind; the books outside know what we know.", Self.always)
        case .g4: Text("Whatever is under way has a moment at which it is looked at.", Self.stored)
        case .g5: Text("No timer goes off before it is due.", Self.always)
        default:
            Text(
                "An attempt is recorded only for a call that leaves at once, while its lease "
                    + "covers the answer.", [.step, .end])
        }
    }

    private var otherText: Text {
        switch self {
        case .i1: Text("The same request has the same answer, byte for byte.", [.end, .restart])
        case .i2: Text("The same key with another body is refused.", [.end, .restart])
        case .i3: Text("Twins of a request have one effect.", [.end, .restart])
        case .i4: Text("Only what was decided is kept as an answer.", Self.stored)
        case .i5: Text("A key of one principal never leads to another's answer.", [.end, .restart])
        case .q1: Text("Every row is what its events make of it.", Self.stored)
        case .q2: Text("No cursor is beyond its log.", Self.stored)
        case .q5: Text("A log's epoch never falls: who was fenced writes no more.", Self.always)
        case .q7: Text("A client reads what it wrote.", [.step, .end])
        case .l1:
            Text(
                "Once faults have stopped, everything is published, heard and called within a "
                    + "minute.", [.end])
        case .l2: Text("Retries take at most half of the slots.", [.step, .end])
        case .l5:
            Text("No call waits while nothing runs: a slot is taken by a call that is under way.",
                [.step, .end])
        case .l4: Text("No queue grows beyond its bound.", [.step, .end])
        default:
            Text(
                "While a process runs its time neither stands still nor leaps, whatever becomes of "
                    + "the clock.", [.step])
        }
    }
}
