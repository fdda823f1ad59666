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

@Suite struct `What is fixed when a house is founded` {
    private func end(_ options: [String], _ data: String, _ folder: TestFolder) async throws -> (
        ProcessEnd, String
    ) {
        let process = try ChildProcess(
            Programs.orderhouse,
            ["serve", "--data", data, "--listen", "127.0.0.1:0", "--log-level", "error"] + options,
            in: folder)
        return (try await process.wait(.seconds(10)), process.errorTail)
    }

    @Test func `is kept, and nothing else is opened`() async throws {
        try await TestFolder.with { folder in
            let data = folder.path("data")
            let founded = ["--topology", "split", "--order-shards", "2", "--partitions", "8"]
            let arguments = ["--log-level", "error"] + founded
            for _ in 0..<2 {
                try await HouseProcess.serve(
                    Programs.orderhouse, data: data, arguments: arguments, in: folder
                ).terminate()
            }
            for other in [[], founded.dropLast(2), founded.dropLast() + ["16"]].map(Array.init) {
                let (ended, said) = try await end(other, data, folder)
                #expect(ended == .exited(64), "\(other)")
                #expect(said.contains("founded with"), "\(said)")
                #expect(said.contains("--partitions 8"), "\(said)")
            }
        }
    }

    @Test(arguments: ["0", "3", "-64", "8192", "9223372036854775807"])
    func `is refused when it can't be`(partitions: String) async throws {
        try await TestFolder.with { folder in
            let (ended, said) = try await end(
                ["--partitions=\(partitions)"], folder.path("data"), folder)
            #expect(ended == .exited(64))
            #expect(said.contains("--partitions is a power of two"), "\(said)")
        }
    }

    @Test func `has no fewer partitions than shards`() async throws {
        try await TestFolder.with { folder in
            let (ended, said) = try await end(
                ["--topology", "split", "--order-shards", "4", "--partitions", "2"],
                folder.path("data"), folder)
            #expect(ended == .exited(64))
            #expect(said.contains("--partitions must be no fewer"), "\(said)")
        }
    }
}
