// SPDX-License-Identifier: Apache-2.0
/// Read models and a reader of the feed, beside those who write: on the world's clock, through
/// faults of their store, deaths of their process and pages that get lost.

import Invariants
import Kernel
import MemoryAdapter
import NodeEngine
import OrderQueriesService
import Ports
import Projections
import ServiceModel

extension World {
    /// Something was committed, or can be read again.
    func wakeReaders() {
        guard readSide != nil else { return }
        planProjection(after: viewPause(after: count(of: .project)))
        planPage(after: viewPause(after: count(of: .readPage)))
    }

    /// Who has looked often looks less often: a world goes on for hours, or for days.
    private func viewPause(after looks: Int) -> Instant {
        let pause = Instant(max(1, setting.viewMilliseconds)) * .millisecond
        return min(pause << UInt64(min(looks / 32, 20)), max(pause, 10 * .minute))
    }

    /// To begin anew costs as much as all that was logged, so that it must not happen all the time.
    private var mishapsMax: Int { 2 + 12 * arrived / max(1, clients.count) }

    // MARK: Read models

    private func planProjection(after pause: Instant) {
        guard let side = readSide, !side.isPlanned else { return }
        side.isPlanned = true
        queue.add(.project, at: max(now + pause, side.busyUntil), turn: side.incarnation)
    }

    /// An operator has them made again, all of them.
    func rebuildViews() {
        guard let side = readSide else { return }
        side.rebuilds += side.projections.map(\.name).filter { !side.rebuilds.contains($0) }
        planProjection(after: .millisecond)
    }

    /// One batch of each, as the house's thread does it.
    func project(incarnation: Int) {
        guard let side = readSide, side.incarnation == incarnation else { return }
        side.isPlanned = false
        var process = side.process ?? start(side)
        var pause: Instant?
        do throws(ViewFailure) {
            if !process.isOpen { try process.projector.open() }
            process.isOpen = true
            while let name = side.rebuilds.first {
                _ = try process.projector.rebuild(name)
                side.rebuilds.removeFirst()
            }
            let passed = NodeClock().reading(at: now).wall
            if try process.projector.step(at: passed) { pause = .millisecond }
        } catch {
            process.isOpen = false
            pause = .second
        }
        side.process = process
        tell(process.projector.takeNotices())
        if process.store.isDead {
            marks.hit(.viewsStartedAgain)
            if side.die() { marks.hit(.viewsLostCommits) }
            note("the process of the read models died")
            pause = .second
        }
        if let pause { planProjection(after: pause) }
    }

    private func start(_ side: ReadSide) -> ReadSide.Process {
        let store = FaultyViews(overrides.views(MemoryViews(side.disk))) { [unowned self] word in
            fate(of: word)
        }
        let projector = Projector(
            side.projections, views: store, source: side.source, codecs: side.codecs,
            settings: side.settings)
        return ReadSide.Process(projector: projector, store: store)
    }

    private func fate(of word: UInt64) -> FaultyViews.Fate {
        digest.note(word)
        let mishaps = readSide?.mishaps ?? 0
        let decision = faults.decide(.views, 0, isSpared: mishaps >= mishapsMax)
        if decision.kind != nil { readSide?.mishaps += 1 }
        switch decision.kind {
        case .viewsRefuse?: return .refuses
        case .viewsSilent?: return .worksUnsaid
        case .viewsDamaged?: return .damaged
        case .diesBeforeViews?: return .dies(isDone: false)
        case .diesAfterViews?: return .dies(isDone: true)
        case .viewsSlow?: readSide?.busyUntil = now + Instant(decision.amount)
        case .viewsUnsynced?: readSide?.loseSync()
        default: break
        }
        return .works
    }

    private func tell(_ notices: [ProjectionNotice]) {
        for notice in notices {
            note("read models: \(notice.message) \(notice.details)")
            switch notice {
            case .published: marks.hit(.viewsRebuilt)
            case .storeReplaced: marks.hit(.viewsSetAside)
            default: break
            }
        }
    }

    // MARK: The feed

    private func planPage(after pause: Instant) {
        guard let side = readSide, !side.isPagePlanned else { return }
        side.isPagePlanned = true
        queue.add(.readPage, at: now + pause)
    }

    /// The reader asks for what comes after its last page.
    func readPage() {
        guard let side = readSide else { return }
        side.isPagePlanned = false
        side.pages += 1
        let draw = SplitMix.mix(plan.seed ^ 0x70_6167_65 ^ UInt64(side.pages) << 32)
        let limit = 1 + Int(draw % UInt64(max(1, setting.pageMax)))
        let decision = faults.decide(.page, 0)
        let page: FactFeed.Page
        do throws(FactFeed.Failure) {
            page = try FactFeed(side.facts, render: FeedItem.render).page(
                after: overrides.feedPlace(side.place, side.facts), side.filter, limit: limit)
        } catch {
            // What can't be read now is asked for again when there is news.
            return note("the feed can't be read: \(error)")
        }
        if decision.kind == .pageLost {
            marks.hit(.pageAskedAgain)
            return planPage(after: .second)
        }
        // Readers keep it as text.
        guard let next = FeedCursor(text: page.next.text) else {
            return breach("Q10", "the feed gives out a cursor that nobody can read")
        }
        side.place = next
        digest.note(UInt64(page.items.count) << 16 ^ UInt64(limit))
        checker.paged(page.items.compactMap(FeedItem.place), at: now)
        if page.hasMore { planPage(after: .millisecond) }
    }

    // MARK: The end

    func readStandstill() -> ReadStandstill? {
        guard let side = readSide else { return nil }
        let logs = placement.roles.indices.map { role in
            ViewFold.Source(
                log: placement.roles[role].log, codec: placement.codecs[role],
                reader: nodes[placement.places[role].node].medium.reader)
        }
        return ReadStandstill(
            logs: logs, disk: side.disk, views: overrides.viewReader(MemoryViews(side.disk)),
            zones: overrides.zones, feed: side.filter, seed: plan.seed)
    }
}
