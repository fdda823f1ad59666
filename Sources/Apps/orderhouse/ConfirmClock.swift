// SPDX-License-Identifier: Apache-2.0
/// `orderhouse clock confirm`: an operator confirms a clock that jumped.

import ArgumentParser
import House

struct Clock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clock", abstract: "Tell a house that its clock is right.",
        subcommands: [Confirm.self])

    struct Confirm: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a running house trust the wall clock at once.",
            discussion: """
                A wall clock that jumps by more than --clock-jump-max is not believed before it \
                has stood for five minutes; until then the house goes by what has elapsed, and its \
                log and /health/ready say so. This ends the waiting.
                """)

        @OptionGroup var data: DataOption

        func run() throws {
            try reporting { try ClockConfirmation.give(data: data.data) }
        }
    }
}
