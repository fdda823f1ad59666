// SPDX-License-Identifier: Apache-2.0
/// `orderhouse rebuild`, `resume` and `projections`: what operators do with read models.

import ArgumentParser
import House

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the rows of a projection again, from the logs.",
        discussion: """
            New tables are filled beside the old ones, which are read meanwhile, and take their \
            place when they have caught up. A house that runs does it itself, slowly, so that \
            orders are not held up (/health/ready shows how far it is); otherwise this command \
            does it.
            """)

    @Argument(help: "The name of the projection, as /health/ready and docs/reference/views.md say.")
    var name: String

    @OptionGroup var data: DataOption

    func run() throws {
        try reporting {
            switch try ProjectionTool(data: data.data).rebuild(name) {
            case .done(let facts): print("\(name): rebuilt from \(facts) facts.")
            case .isUnderWay: print("\(name): the running house rebuilds it.")
            case .isNotRunning: break
            }
        }
    }
}

struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let a projection that stopped at a fact try it again.",
        discussion: """
            A projection stops, alone, at a fact that it can't take: the log and /health/ready \
            name the fact and the reason. Each start of the house tries it again, too.
            """)

    @Argument(help: "The name of the projection.")
    var name: String

    @OptionGroup var data: DataOption

    func run() throws {
        try reporting {
            switch try ProjectionTool(data: data.data).resume(name) {
            case .isUnderWay: print("\(name): tries again.")
            case .isNotRunning: print("\(name): the house does not run; its start tries again.")
            case .done: break
            }
        }
    }
}

struct ListProjections: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections",
        abstract: "Print the projections and their tables, as Markdown.")

    func run() throws { print(ProjectionTool.page, terminator: "") }
}
