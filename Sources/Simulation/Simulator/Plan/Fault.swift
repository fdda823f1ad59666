// SPDX-License-Identifier: Apache-2.0
/// What can go wrong, and where.

/// A place in the world at which it is decided whether something goes wrong.
package enum Site: UInt8, CaseIterable, Sendable {
    // Of a node, for each of its turns, openings or publications.
    case death, commit, load, opening, publication, filling
    // Of a node that hears of others, for each message.
    case message
    // Of an order.
    case request, answer
    case providerCall, notice
    case carrierCall, update
    case mail
    // Of the store of read models, for each call; of a reader of the feed, for each page.
    case views, page
}

/// One way in which something goes wrong. The names are part of stored plans.
package enum FaultKind: String, CaseIterable, Sendable {
    case diesDeciding = "dies-deciding"
    case diesBeforeCommit = "dies-before-commit"
    case diesInCommit = "dies-in-commit"
    case diesAfterCommit = "dies-after-commit"
    case diesAfterReplies = "dies-after-replies"
    case diesAfterEffects = "dies-after-effects"
    case storeBusy = "store-busy"
    case storeFull = "store-full"
    case commitLost = "commit-unknown-lost"
    case commitKept = "commit-unknown-kept"
    case commitSlow = "commit-slow"
    case loadFails = "load-fails"
    case openFails = "open-fails"
    case diesOpening = "dies-opening"
    case publishRefused = "publish-refused"
    case publishUnconfirmed = "publish-unconfirmed"
    case publishAll = "publish-from-zero"
    case fillFails = "fill-fails"
    case messageLost = "message-lost"
    case messageTwice = "message-twice"
    case messageLate = "message-late"
    case requestLost = "request-lost"
    case answerLost = "answer-lost"
    case callLost = "provider-call-lost"
    case callUnanswered = "provider-answer-lost"
    case callFails = "provider-fails-before"
    case callFailsAfter = "provider-fails-after"
    case callRefused = "provider-unavailable"
    case callSlow = "provider-slow"
    case callTwice = "provider-answers-twice"
    case callLate = "provider-carries-out-late"
    case noticeNever = "notice-never"
    case noticeTwice = "notice-twice"
    case noticeLate = "notice-late"
    case labelLost = "carrier-call-lost"
    case labelUnanswered = "carrier-answer-lost"
    case labelRefused = "carrier-unavailable"
    case labelSlow = "carrier-slow"
    case labelTwice = "carrier-answers-twice"
    case updateLost = "update-lost"
    case updateTwice = "update-twice"
    case updateLate = "update-late"
    case mailRefused = "mail-unavailable"
    case mailUnanswered = "mail-answer-lost"
    case mailBounced = "mail-refused"
    case mailTwice = "mail-answers-twice"
    case viewsRefuse = "views-refuse"
    case viewsSilent = "views-kept-unsaid"
    case viewsDamaged = "views-damaged"
    case viewsSlow = "views-slow"
    case diesBeforeViews = "views-die-before"
    case diesAfterViews = "views-die-after"
    case viewsUnsynced = "views-power-cut"
    case pageLost = "feed-page-lost"

    var site: Site {
        switch self {
        case .diesDeciding, .diesBeforeCommit, .diesInCommit, .diesAfterCommit,
            .diesAfterReplies, .diesAfterEffects:
            .death
        case .storeBusy, .storeFull, .commitLost, .commitKept, .commitSlow: .commit
        case .loadFails: .load
        case .openFails, .diesOpening: .opening
        case .publishRefused, .publishUnconfirmed, .publishAll: .publication
        case .fillFails: .filling
        case .messageLost, .messageTwice, .messageLate: .message
        case .requestLost: .request
        case .answerLost: .answer
        case .callLost, .callUnanswered, .callFails, .callFailsAfter, .callRefused, .callSlow,
            .callTwice, .callLate:
            .providerCall
        case .noticeNever, .noticeTwice, .noticeLate: .notice
        case .labelLost, .labelUnanswered, .labelRefused, .labelSlow, .labelTwice: .carrierCall
        case .updateLost, .updateTwice, .updateLate: .update
        case .mailRefused, .mailUnanswered, .mailBounced, .mailTwice: .mail
        case .viewsRefuse, .viewsSilent, .viewsDamaged, .viewsSlow, .diesBeforeViews,
            .diesAfterViews, .viewsUnsynced:
            .views
        case .pageLost: .page
        }
    }

    /// What it makes of the story of an order that it meets.
    var faultTrace: FaultTrace {
        switch self {
        case .diesDeciding, .diesBeforeCommit, .diesInCommit, .diesAfterCommit,
            .diesAfterReplies, .diesAfterEffects, .diesOpening, .openFails, .diesBeforeViews,
            .diesAfterViews, .viewsUnsynced:
            .crash
        case .publishAll, .publishUnconfirmed, .messageTwice, .callTwice, .noticeTwice, .labelTwice,
            .updateTwice, .mailTwice:
            .twice
        case .storeBusy, .storeFull, .loadFails, .commitSlow, .publishRefused, .fillFails,
            .messageLost, .messageLate, .callSlow, .callLate, .noticeNever, .noticeLate, .labelSlow,
            .updateLost, .updateLate, .viewsSlow, .pageLost:
            .late
        case .commitLost, .commitKept, .requestLost, .answerLost, .callLost, .callUnanswered,
            .callFails, .callFailsAfter, .callRefused, .labelLost, .labelUnanswered,
            .labelRefused, .mailRefused, .mailUnanswered, .mailBounced, .viewsRefuse,
            .viewsSilent, .viewsDamaged:
            .unknown
        }
    }

    /// The greatest `amount` that it may have: nanoseconds, or a number of messages.
    var amountMax: Int {
        switch self {
        case .commitSlow: 30 * Int(Instant.second)
        case .messageLate: 6 * Int(Instant.hour)
        case .viewsSlow: 60 * Int(Instant.second)
        case .callSlow, .labelSlow: 90 * Int(Instant.second)
        case .callLate: 20 * Int(Instant.minute)
        case .noticeLate, .updateLate: 3 * Int(Instant.day)
        case .diesDeciding: 1_000
        default: 0
        }
    }
}

/// What can be said of the fault that an order met.
package enum FaultTrace: Int, CaseIterable, Sendable {
    case crash, twice, late, unknown

    var bit: UInt8 { 1 << UInt8(rawValue) }
}

/// One thing that goes wrong: at the `ordinal`-th decision about `subject` at the kind's site.
package struct Fault: Hashable, Sendable {
    package let kind: FaultKind
    package let subject: Int
    package let ordinal: Int
    package let amount: Int

    package init(_ kind: FaultKind, subject: Int, ordinal: Int, amount: Int = 0) {
        self.kind = kind
        self.subject = subject
        self.ordinal = ordinal
        self.amount = amount
    }

    var key: UInt64 { Self.key(kind.site, subject, ordinal) }

    static func key(_ site: Site, _ subject: Int, _ ordinal: Int) -> UInt64 {
        UInt64(site.rawValue) << 56 | UInt64(UInt32(truncatingIfNeeded: subject)) << 24
            | UInt64(UInt32(truncatingIfNeeded: ordinal) & 0xff_ffff)
    }
}
