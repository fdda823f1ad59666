// SPDX-License-Identifier: Apache-2.0
/// The data directory of a house: founding it and finding it again, its lock, and the choices that
/// can't be changed later.

import Foundation
import Ports
import SystemAdapter

enum DataDirectory {
    static let shardsMax = 8

    /// Makes the data directory, or checks that it is one of ours and was founded as is asked.
    static func prepare(_ asked: HouseSettings) throws -> HouseSettings {
        guard (1...shardsMax).contains(asked.orderShards) else {
            throw HouseFailure.badSettings("--order-shards is 1 to \(shardsMax).")
        }
        guard asked.orderShards == 1 || asked.topology == .split else {
            throw HouseFailure.badSettings("--order-shards needs --topology split.")
        }
        guard Int(try partitioning(asked).count) >= asked.orderShards else {
            throw HouseFailure.badSettings("--partitions must be no fewer than --order-shards.")
        }
        let files = FileManager.default
        do {
            try files.createDirectory(
                atPath: "\(asked.data)/sandbox", withIntermediateDirectories: true)
        } catch {
            try Room.demand(0, in: asked.data)
            throw HouseFailure.unusableData("Can't make the data directory \(asked.data).")
        }
        return asked
    }

    static func partitioning(_ settings: HouseSettings) throws -> Partitioning {
        guard let partitioning = Partitioning(count: settings.partitions) else {
            throw HouseFailure.badSettings(
                "--partitions is a power of two from 1 to \(Partitioning.buckets).")
        }
        return partitioning
    }

    /// Opens something in the data directory; a failure becomes a sentence.
    static func open<Part>(
        _ name: String, in data: String, _ body: () throws -> Part
    ) throws -> Part {
        do { return try body() } catch {
            if let failure = error as? HouseFailure { throw failure }
            try Room.demand(0, in: data)
            throw HouseFailure.cantStart("Can't open \(name) in \(data): \(error).")
        }
    }

    /// Takes the house's lock, then settles how it was founded.
    static func lock(_ settings: HouseSettings) throws -> FileLock {
        let lock: FileLock
        do throws(FileLockFailure) {
            lock = try FileLock(directory: settings.data)
        } catch {
            switch error {
            case .held(let pid): throw HouseFailure.inUse(pid.map { " by process \($0)" } ?? "")
            case .unavailable:
                try Room.demand(0, in: settings.data)
                throw HouseFailure.unusableData("Can't lock the data directory.")
            }
        }
        let asked = Manifest(settings)
        let nodes = asked.plans.count
        try Room.demand(Room.start + nodes * Room.node + Room.views, in: settings.data)
        if let founded = try manifest(of: settings.data) {
            guard founded == asked else {
                throw HouseFailure.badSettings(
                    "This house was founded with \(founded); it can't be opened with \(asked).")
            }
        } else {
            try open("house.json", in: settings.data) {
                try Data(asked.bytes).write(to: path(settings.data), options: .atomic)
            }
        }
        return lock
    }

    private static func path(_ data: String) -> URL {
        URL(fileURLWithPath: data).appendingPathComponent("house.json")
    }

    /// How the house in `data` was founded; nil when there is none.
    static func manifest(of data: String) throws -> Manifest? {
        guard let bytes = try? Data(contentsOf: path(data)) else { return nil }
        guard let manifest = Manifest(bytes: Array(bytes)) else {
            throw HouseFailure.foreignData("\(data)/house.json can't be read.")
        }
        return manifest
    }
}
