// SPDX-License-Identifier: Apache-2.0
/// Meters whose reminder is a question: it is decided when the meter rings, or is closed.

import Kernel
import NodeEngine
import Ports

enum Alarms: Service {
    typealias Rules = MeterRules
    typealias Effect = Never

    static let name = "alarms"
    static let subscribesTo: [String] = []
    static let queriedTables: Set<String> = []
    static let reactions = Reactions<MeterCommand>()

    static func wake(_ key: MeterKey, isRestart: Bool) -> MeterCommand {
        .wake(key, isRestart: isRestart)
    }

    static func effect(owedBy state: MeterState, at key: MeterKey) -> Owed<Never>? { nil }

    static let postponesAnswers = true

    static func awaitsVerdict(_ command: MeterCommand) -> Bool {
        if case .remind = command { true } else { false }
    }

    static func isUndecided(_ state: MeterState) -> Bool { state.dueAt != nil }

    static func verdict(on entity: Entity<MeterState>, at key: MeterKey) -> Reply {
        let status = entity.state.isClosed ? 409 : isUndecided(entity.state) ? 202 : 201
        return Reply(
            status: status, body: Array("\(key) rang \(entity.state.rings)".utf8),
            version: entity.version, location: "/alarms")
    }

    static func reply(
        to command: MeterCommand, _ outcome: Result<Entity<MeterState>, MeterRejection>
    ) -> Reply {
        switch outcome {
        case .success(let entity):
            Reply(
                status: 200, body: Array("value \(entity.state.value)".utf8),
                version: entity.version)
        case .failure(let rejection): Problem(409, "\(rejection)", "No.").reply()
        }
    }
}
