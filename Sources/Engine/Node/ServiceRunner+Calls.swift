// SPDX-License-Identifier: Apache-2.0
/// Which calls to the outside a runner may attempt, and which wait for credit.

public import DequeModule
public import Kernel

extension ServiceRunner {
    @inlinable func take(_ report: SlotReport) {
        guard slots.indices.contains(report.operation) else { return }
        slots[report.operation].take(report)
    }

    /// True when somebody waits who could be given credit.
    @inlinable var hasCreditForWaiters: Bool {
        for operation in slots.indices {
            if !firsts[operation].isEmpty && slots[operation].free > 0 { return true }
            if !retries[operation].isEmpty && slots[operation].freeForRetries > 0 { return true }
        }
        return false
    }

    /// Wakes those who waited longest, as far as there is credit. Retries come first, since they
    /// are older, and never get more than half of the slots.
    @inlinable func takeWaiters(limit: Int, now: Timestamp) -> Int {
        var taken = 0
        for operation in slots.indices {
            let again = pop(
                &retries[operation], min(limit - taken, slots[operation].freeForRetries), now)
            let free = slots[operation].free - again
            taken += again + pop(&firsts[operation], min(limit - taken - again, free), now)
        }
        return taken
    }

    @inlinable func pop(
        _ queue: inout Deque<CreditWaiter<Key>>, _ count: Int, _ now: Timestamp
    ) -> Int {
        var popped = 0
        while popped < count, let waiter = queue.popFirst() {
            popped += 1
            let (key, wait) = (waiter.key, waiter.wait)
            if let entity = entities[key], entity.waitsFor == wait { entity.waitsFor = nil }
            // Unless its state has changed since.
            if toResumeLater.remove(key) != nil {
                wake(key, isRestart: true)
            } else {
                wake(key, isRestart: false, elapsed: wait.due.flatMap { $0 > now ? $0 : nil })
            }
        }
        return popped
    }

    /// The credit of a command about `entity`; nil when it was woken for a call that finds none,
    /// and waits for it now. A first attempt never overtakes one that waits.
    @inlinable func credit(for entity: Entry, _ origin: Origin) -> CallCredit? {
        var operations: UInt64 = 0
        for operation in slots.indices
        where slots[operation].free > 0 && firsts[operation].isEmpty {
            operations |= 1 << UInt64(operation)
        }
        let credit = CallCredit(operations: operations)
        guard case .time(let isRestart, _) = origin,
            let call = S.call(of: entity.state) else {
            return credit
        }
        let operation = call.operation
        let isRetry = call.attempts.isRetryNext
        let free = isRetry ? slots[operation].freeForRetries : slots[operation].free
        if free > 0 { return credit.adding(operation) }
        if isRestart { toResumeLater.insert(entity.key) }
        waitForCredit(entity, call)
        return nil
    }

    @inlinable func waitForCredit(_ entity: Entry, _ call: OwedCall) {
        let (operation, attempts) = (call.operation, call.attempts)
        let wait = CreditWait(operation: operation, due: attempts.due)
        guard entity.waitsFor != wait else { return }
        entity.waitsFor = wait
        if let timer = entity.timer { timers.remove(timer) }
        let waiter = CreditWaiter(key: entity.key, wait: wait, since: attempts.since)
        if attempts.isRetryNext {
            retries[operation].append(waiter)
        } else {
            firsts[operation].append(waiter)
        }
    }

    /// An attempt that was just decided takes a slot, until the call ends.
    @inlinable func claimSlot(for entity: Entry) {
        guard let call = S.call(of: entity.state), call.attempts.isInFlight,
            call.attempts.number > max(entity.started, entity.claimed)
        else { return }
        entity.claimed = call.attempts.number
        slots[call.operation].claim(isRetry: call.attempts.isRetry)
    }

    /// Goes through everything that is open: not for every turn.
    @inlinable func owedCalls(at now: Timestamp) -> [OwedCalls] {
        var owed = S.operations.map { OwedCalls(operation: $0) }
        guard makesCalls else { return owed }
        for timer in timers.entries {
            guard let call = timer.call, call.isPending || timer.due <= now else { continue }
            owed[call.operation].add(since: call.since)
        }
        for operation in owed.indices {
            for waiter in firsts[operation] { owed[operation].add(since: waiter.since) }
            for waiter in retries[operation] { owed[operation].add(since: waiter.since) }
        }
        return owed
    }
}
