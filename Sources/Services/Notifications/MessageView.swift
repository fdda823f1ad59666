// SPDX-License-Identifier: Apache-2.0
/// A message as operators see it: never whom it goes to.

import Contracts
package import JSONCodec
import Kernel
package import NotificationsDomain

package enum MessageView {
    package static func write(_ message: MessageState.Open, to json: inout JSONWriter) {
        json.beginObject()
        json.key("id")
        json.string(message.message.text)
        json.key("order")
        json.string(message.order.text)
        json.key("kind")
        json.string(message.kind.rawValue)
        json.key("status")
        json.string(message.phase.rawValue)
        if let reason = message.reason {
            json.key("reason")
            json.string(reason)
        }
        json.key("queuedAt")
        json.string(message.queuedAt.text)
        json.key("attempts")
        json.int(message.attempts.number)
        if message.phase == .sending {
            json.key("failures")
            json.int(message.attempts.failures)
            if let due = message.due, !message.isInFlight {
                json.key("retryAt")
                json.string(due.text)
            }
        }
        json.endObject()
    }
}
