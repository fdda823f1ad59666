// SPDX-License-Identifier: Apache-2.0
/// A cursor is read back as it was given out, and nothing else is taken for one.

import OrderQueriesService
import Ports
import Testing

@Suite struct `A cursor of the feed` {
    private let cursor = FeedCursor([
        LogName("orders", 0): .init(epoch: 3, position: 1),
        LogName("orders", 31): .init(epoch: 1, position: .max),
        LogName("inventory"): .init(epoch: 0, position: 77),
    ])

    @Test func `is read back as it was`() {
        #expect(FeedCursor(text: cursor.text) == cursor)
        #expect(FeedCursor(text: FeedCursor().text) == FeedCursor())
        let plain = cursor.text.utf8.allSatisfy { unit in
            switch unit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        #expect(plain)
    }

    @Test func `is nothing else`() {
        for text in ["", "01", "!", "0200", "0101", "0100ff", "010101610202", "now", "näh"] {
            #expect(FeedCursor(text: text) == nil, "\(text)")
        }
        let text = cursor.text
        for end in text.indices { #expect(FeedCursor(text: String(text[..<end])) == nil) }
        #expect(FeedCursor(text: text + "AA") == nil)
    }
}
