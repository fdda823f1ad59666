// SPDX-License-Identifier: Apache-2.0
/// What is known of the clock outlives the process, but not the boot.

import Foundation
import Kernel
import Ports
import Testing

@testable import SystemAdapter

@Suite struct `The anchor of the clock` {
    private static let reading = ClockReading(
        wall: Timestamp(milliseconds: 1_793_620_800_123), elapsed: .milliseconds(4_567))

    @Test func `is read as it was written`() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/clock"
        let anchor = ClockAnchor(path: path)
        #expect(anchor.read() == nil)
        try anchor.write(Self.reading)
        #expect(ClockAnchor(path: path).read() == Self.reading)
        let later = ClockReading(wall: Self.reading.wall, elapsed: .milliseconds(-1))
        try anchor.write(later)
        #expect(ClockAnchor(path: path).read() == later)
    }

    @Test func `counts only for the boot that it was written in`() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/clock"
        try ClockAnchor(path: path, boot: "one").write(Self.reading)
        #expect(ClockAnchor(path: path, boot: "one").read() == Self.reading)
        #expect(ClockAnchor(path: path, boot: "other").read() == nil)
        #expect(ClockAnchor(path: path, boot: nil).read() == nil)
    }

    @Test(arguments: [
        "", "one", "one\n", "one\n1\n2", "one\n1\nx\n", "one\n1\n2\n3\n",
        "one\n99999999999999999999\n2\n",
    ])
    func `is nothing when it is damaged`(text: String) throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/clock"
        try Data(text.utf8).write(to: URL(filePath: path))
        #expect(ClockAnchor(path: path, boot: "one").read() == nil)
    }
}
