// SPDX-License-Identifier: Apache-2.0
/// A house that can't work says so and ends, so that whoever watches over it can act.

import CrashLabs
import Foundation
import TemporaryFolders
import Testing

@Suite struct `A house that can't open its store` {
    @Test func `ends by itself and leaves the file alone`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("data")
            let arguments = ["--log-level", "error"]
            try await HouseProcess.serve(
                Programs.orderhouse, data: data, arguments: arguments, in: folder
            ).terminate()
            let store = URL(filePath: "\(data)/nodes/house/store.sqlite")
            let text = Data(String(repeating: "This is not a store.\n", count: 1_000).utf8)
            try text.write(to: store)
            let process = try ChildProcess(
                Programs.orderhouse,
                ["serve", "--data", data, "--listen", "127.0.0.1:0"] + arguments, in: folder)
            #expect(try await process.wait(.seconds(10)) == .exited(70))
            #expect(process.errorTail.contains("orderhouse: "), "\(process.errorTail)")
            #expect(!process.output.contains("listening"))
            #expect(try Data(contentsOf: store) == text)
        }
    }
}
