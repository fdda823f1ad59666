// SPDX-License-Identifier: Apache-2.0
/// After the end: everything that was ever said is said once more. Nothing may come of it.

import Kernel
import NodeEngine
import NodeRuntime
import Ports
import ServiceModel

extension World {
    /// All messages of all logs, all that the provider and the carrier can tell of, and every
    /// client's request. `run` then plays it to its end.
    package func sayEverythingAgain() {
        note("everything is said once more")
        do {
            for role in placement.roles.indices { try publishAgain(role) }
        } catch {
            breach("E4", "a log can't be read: \(error)")
        }
        for notice in provider.notices {
            queue.add(.notice, at: now + .second, slot: notices.put(notice))
        }
        for parcel in carrier.parcels {
            let told: [CarrierStatus] =
                parcel.status == .delivered ? [.shipped, .delivered] : [parcel.status]
            for status in told where status != .labeled {
                let update = CarrierUpdate(shipment: parcel.shipment, status: status)
                queue.add(.update, at: now + .second, slot: updates.put(update))
            }
        }
        // Whose answer is certainly still kept.
        let kept = Instant(setting.replyMinutes) * .minute / 7 * 6
        for client in clients.indices where now - clients[client].plan.at < kept {
            queue.add(
                .clientActs, at: now + .second, subject: client,
                slot: ClientAct.placeAgain.rawValue)
        }
    }

    private func publishAgain(_ role: Int) throws {
        let log = placement.roles[role].log
        let node = nodes[placement.places[role].node]
        guard placement.subscribers[role].contains(true) else { return }
        let all = Publication(
            log: log, codec: placement.codecs[role], partitioning: placement.partitioning)
        let portion = try all.next(from: node.medium.reader, limit: .max)
        distribute(portion?.messages ?? [], of: role)
    }
}
