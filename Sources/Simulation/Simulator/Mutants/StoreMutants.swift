// SPDX-License-Identifier: Apache-2.0
/// Planted bugs below the engine: stores that break one of their promises.

import Invariants
import Kernel
import NodeEngine

extension Mutant {
    static let stores = [
        Mutant("store-acknowledges-too-early", trips: .o4, store: .writesBehind),
        Mutant("store-loses-some-rows", trips: .q1, store: .losesRows),
        Mutant("store-loses-the-index-of-answers", trips: .o8, store: .losesAnswers),
        Mutant("answers-are-given-up-too-soon", trips: .o8) { overrides in
            let original = overrides.runner
            overrides.runner = { role, limits in
                var limits = limits
                limits.replyGeneration = .milliseconds(100)
                return original(role, limits)
            }
        },
        Mutant("store-loses-who-waits-for-a-verdict", trips: .e2, store: .losesPending),
        Mutant("store-loses-cursors", trips: .e8, store: .losesCursors),
        Mutant("store-loses-what-is-parked", trips: .e9, needs: .deaths, store: .losesParked),
        Mutant("store-forgets-who-killed", trips: .e9, needs: .deaths, store: .losesDeaths),
        Mutant("store-loses-checkpoints-of-publishers", trips: .e3, store: .losesOutboxCheckpoints),
        Mutant(
            "store-keeps-checkpoints-of-rows-that-are-gone", trips: .e1, needs: .operators,
            store: .keepsCheckpoints),
        Mutant(
            "store-hides-its-last-commit", trips: .e1, needs: .storage, store: .hidesItsLast),
        Mutant("store-finds-no-timers", trips: .o5, needs: .deaths, store: .findsNoTimers),
        Mutant("store-loses-moments", trips: .g4, needs: .deaths, store: .losesMoments),
        Mutant("store-finds-not-all-rows", trips: .e1, store: .findsNotAll),
        Mutant("store-keeps-commits-that-it-refused", trips: .e1, store: .refusesAndKeeps),
        Mutant("store-turns-a-bit", trips: .e10, store: .turnsBits),
        Mutant("store-writes-nonsense", trips: .e11, store: .writesNonsense),
        Mutant("store-fences-nobody", trips: .q5, needs: .operators, store: .fencesNobody),
        Mutant(
            "store-keeps-torn-commits", trips: .e1, needs: .deaths, store: .keepsFramesOfTheDying),
        Mutant(
            "store-moves-cursors-before-their-effects", trips: .o5, needs: .deaths,
            store: .keepsCursorsOfTheDying),
        Mutant(
            "store-moves-cursors-after-their-effects", trips: .e7, needs: .deaths,
            store: .storesCursorsLater),
        Mutant(
            "store-keeps-answers-in-a-later-commit", trips: .e2, needs: .deaths,
            store: .storesAnswersLater),
        Mutant("store-overstates-cursors", trips: .q2, store: .overstatesCursors),
        Mutant(
            "store-overstates-checkpoints", trips: .e1, needs: .deaths,
            store: .overstatesCheckpoints),
    ]
}
