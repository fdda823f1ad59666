// SPDX-License-Identifier: Apache-2.0
/// What the tests of this target share: a folder of their own.

import Foundation

/// A new folder that goes when nobody holds it any more.
final class TemporaryFolder: Sendable {
    let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "orderhouse-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
