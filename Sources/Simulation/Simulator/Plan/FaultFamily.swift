// SPDX-License-Identifier: Apache-2.0
/// Kinds of trouble that belong together: a planted bug that needs one names its family.

package enum FaultFamily: String, CaseIterable, Sendable {
    /// Processes end at any border, again while they start, and over the same input every time.
    case deaths
    /// The store is busy, full, slow, does not answer, or does not say what became of a commit.
    case storage
    /// What nodes tell each other is lost, repeated, late, or not taken.
    case bus
    /// What clients send and are told is lost.
    case network
    /// Calls to the payment provider fail before or after their effect; webhooks misbehave.
    case provider
    /// The same of the carrier.
    case carrier
    /// The same of the mail server.
    case mail
    /// Machines hang while others take their place, are rebuilt, blocked, full.
    case operators
    /// Wall clocks are off, drift and jump.
    case clocks
}

extension FaultKind {
    package var family: FaultFamily {
        switch site {
        case .views where faultTrace == .crash: .deaths
        case .death, .opening: .deaths
        case .commit, .load, .views: .storage
        case .publication, .filling, .message: .bus
        case .request, .answer, .page: .network
        case .providerCall, .notice: .provider
        case .carrierCall, .update: .carrier
        case .mail: .mail
        }
    }
}

extension Plan {
    /// The same world, but nothing goes wrong in it: no fault, no operator, no clock that is off,
    /// nobody is impatient, and nobody and nothing is turned away.
    package var faultless: Plan {
        var plan = self
        plan.faults = []
        plan.operations = []
        plan.setting.chances = Setting().chances
        plan.setting.patienceMilliseconds = 0
        plan.setting.mailboxMax = Setting().mailboxMax
        plan.setting.slotsMax = Setting().slotsMax
        plan.setting.poisonPerMillion = 0
        plan.setting.skewMilliseconds = 0
        plan.setting.driftPerMillion = 0
        plan.setting.jumpMinutes = 0
        return plan
    }
}
