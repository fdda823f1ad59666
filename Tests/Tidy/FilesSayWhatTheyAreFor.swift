// SPDX-License-Identifier: Apache-2.0
/// Every source file opens with its license and its purpose.

import Testing

@Suite struct `Files say what they are for` {
    @Test func `every source names its license first`() { Tidy.demand(.license) }

    @Test func `every source opens with its purpose`() { Tidy.demand(.purpose) }

    @Test(arguments: [
        "", "import Kernel\n", "\n\(Headers.license)\n", "\(Headers.license) OR MIT\n",
    ])
    func `a missing license is found`(text: String) {
        #expect(Headers.license(SourceFile("Sources/A.swift", text)).count == 1)
    }

    @Test(
        arguments: [
            "", "import Kernel", "// Money.", "// MARK: What an order may do.",
            "let a = \"// Why orders are kept here.\"", String(repeating: "\n", count: 11) + late,
        ])
    func `a missing purpose is found`(rest: String) {
        let file = SourceFile("Sources/A.swift", "\(Headers.license)\n\(rest)\n")
        #expect(Headers.license(file).isEmpty)
        #expect(Headers.purpose(file).count == 1)
    }

    @Test(
        arguments: [
            "/// What can happen to an order.", "// What can happen\n// to an order: facts only",
            "import Kernel\n\n/// An amount in minor units of its currency. Never a fraction.",
            String(repeating: "\n", count: 10) + late,
        ])
    func `a purpose within the first lines passes`(rest: String) {
        let file = SourceFile("Sources/A.swift", "\(Headers.license)\n\(rest)\n")
        #expect(Headers.purpose(file).isEmpty)
    }

    private static let late = "// What can happen to an order."
}
