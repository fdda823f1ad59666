// SPDX-License-Identifier: Apache-2.0
/// SQLite keeps what the port promises, its readers included.

import ContractSuites
import SQLiteAdapter
import Testing

@Suite struct `SQLite store` {
    @Test(arguments: StoreContract.all)
    func `keeps the promise`(_ promise: StoreContract) throws {
        let folder = try Folder()
        let path = folder.file
        try promise.check(
            StoreMedium(
                owner: { SQLiteStore(path: path) }, reader: { SQLiteReader(path: path) }))
    }

    @Test func `keeps its promises with small pages and frequent checkpoints`() throws {
        for promise in StoreContract.all {
            let folder = try Folder()
            let path = folder.file
            try promise.check(
                StoreMedium(owner: {
                    var settings = SQLiteStore.Configuration()
                    settings.pageSize = 512
                    settings.checkpointPages = 1
                    settings.cacheBytes = 8 << 10
                    settings.isFullySynchronous = false
                    return SQLiteStore(path: path, configuration: settings)
                }))
        }
    }
}

@Suite struct `SQLite views` {
    @Test(arguments: ViewsContract.all)
    func `keep the promise`(_ promise: ViewsContract) throws {
        let folder = try Folder()
        let path = folder.file
        try promise.check(
            ViewsMedium(
                writer: { SQLiteViews(path: path) }, reader: SQLiteViewReader(path: path)))
    }

    @Test func `keep their promises with small pages and frequent checkpoints`() throws {
        for promise in ViewsContract.all {
            let folder = try Folder()
            let path = folder.file
            var settings = SQLiteViews.Configuration()
            settings.pageSize = 512
            settings.checkpointPages = 1
            settings.cacheBytes = 8 << 10
            try promise.check(
                ViewsMedium(
                    writer: { [settings] in SQLiteViews(path: path, configuration: settings) },
                    reader: SQLiteViewReader(path: path)))
        }
    }
}
