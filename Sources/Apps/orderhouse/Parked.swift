// SPDX-License-Identifier: Apache-2.0
/// `orderhouse parked`: facts that are parked because they could not be read, or ended the process;
/// and `parked retry`, which releases them.

import ArgumentParser
import House

struct Parked: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is parked, or release it.",
        subcommands: [List.self, Retry.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print every parked fact, oldest first, and what waits behind it.",
            discussion: """
                Consumer, source and position, name, the order it is about, and the reason: \
                unknown-version, unreadable, poison, unknown-source or behind-parked. Inputs that \
                ended the process follow; a request that did so too often is answered by the \
                problem 'parked'. The house may be running.
                """)

        @OptionGroup var data: DataOption

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            try reporting {
                let parked = try ParkedMessages(data: data.data)
                let messages = try parked.all()
                let deaths = try parked.deaths()
                for message in messages { put(json ? message.json : Array(message.text.utf8)) }
                for (input, count) in deaths {
                    let line =
                        json
                        ? #"{"input":"\#(input)","deaths":\#(count)}"#
                        : "input \(input) ended the process, times: \(count)"
                    put(Array(line.utf8))
                }
                if !json && messages.isEmpty && deaths.isEmpty { print("Nothing is parked.") }
            }
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Release everything that is parked: it is taken again at the next start.",
            discussion: """
                The house must not be running. The next start takes the facts in the order in \
                which they were parked, before anything later; what still can't be read, or still \
                ends the process, is set aside again. Requests that ended the process may be sent \
                again.
                """)

        @OptionGroup var data: DataOption

        func run() throws {
            try reporting {
                let released = try ParkedMessages(data: data.data).release()
                print(
                    "Facts to be taken again: \(released.facts). "
                        + "Poison inputs released: \(released.deaths).")
            }
        }
    }
}
