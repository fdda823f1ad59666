// SPDX-License-Identifier: Apache-2.0
/// The reference page of the read models, from their declarations.

import Ports
import Projections

extension ReadModels {
    /// `docs/reference/views.md`.
    package static var page: String {
        var lines = [
            """
            # Read models

            What can be read of a house by SQL, while it runs or rests:
            `sqlite3 -readonly DATA/views/views.sqlite`. Read these views, not the tables behind
            them, which have other names after each rebuild. Times are milliseconds since 1970
            UTC, amounts are in minor units. `orderhouse projections` prints this page; a test
            compares them. How to add one: [add a projection](../guides/add-a-projection.md).

            `projections` (`name`, `version`, `log`, `position`) says how far the rows of each have
            followed each log.

                SELECT strftime('%Y-%m-%dT%H:%M:%fZ', recorded_at / 1000.0, 'unixepoch'), type
                FROM timeline WHERE order_id = 'ord_…';
            """
        ]
        for projection in all {
            let services = projection.follows.map(\.service).joined(separator: ", ")
            lines.append(
                "\n## \(projection.name), version \(projection.version)\n\nFollows \(services).")
            lines += projection.tables.map(section)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ table: ViewTable) -> String {
        let rows = table.columns.map { column in
            let isKey = column.index < table.keyCount
            let kind = column.kind.rawValue + (column.isNullable ? " or null" : "")
            return "| `\(column.name)` | \(kind)\(isKey ? ", key" : "") | \(column.about) |"
        }
        let indexes = table.indexes.map { "`\($0.columns.joined(separator: ", "))`" }
        let note = indexes.isEmpty ? "" : "\n\nIndexes: \(indexes.joined(separator: "; "))."
        return """

            ### `\(table.name)`

            \(table.about)

            | column | type | |
            |---|---|---|
            \(rows.joined(separator: "\n"))\(note)
            """
    }
}
