// SPDX-License-Identifier: Apache-2.0
/// The reference page of the read models says what is declared; and the declarations can live
/// together in one house.

import Foundation
import Ports
import Projections
import ServiceModel
import ServiceModules
import Testing

@Suite struct `The read models` {
    private let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func `are as their reference page says`() throws {
        let page = try String(
            contentsOf: root.appending(path: "docs/reference/views.md"), encoding: .utf8)
        #expect(page == ReadModels.page, "`orderhouse projections` prints it")
    }

    @Test func `have names and tables of their own`() {
        let names = ReadModels.all.map(\.name)
        #expect(Set(names).count == names.count)
        let tables = ReadModels.all.flatMap(\.tables).map(\.name)
        #expect(Set(tables).count == tables.count)
        for name in names {
            #expect(name.utf8.allSatisfy { $0 == 45 || (97...122).contains($0) })
        }
        #expect(!tables.contains("projections"))
    }

    @Test func `say what each table and column is`() {
        for table in ReadModels.all.flatMap(\.tables) {
            #expect(table.about.hasSuffix("."), "\(table.name)")
            for column in table.columns {
                #expect(column.about.hasSuffix("."), "\(table.name).\(column.name)")
            }
        }
    }

    @Test func `follow services that there are`() {
        let services = Set(ServiceModule.all.map(\.name))
        for projection in ReadModels.all {
            #expect(!projection.follows.isEmpty)
            #expect(services.isSuperset(of: projection.follows.map(\.service)))
        }
    }
}
