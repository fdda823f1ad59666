// SPDX-License-Identifier: Apache-2.0
/// A vault in a folder: `vault.key` holds the master key, `vault.sqlite` a wrapped key for each
/// person. Erasing a person is destroying one row.

import Crypto
package import Kernel
package import Ports

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One process at a time; the folder's lock sees to that.
///
/// A contact that was erased and comes back is the same person with a new key: what was sealed
/// before stays sealed, and answers `erased`.
package final class FileVault: Vault {
    private let master: MasterKey
    private let cache: PersonCache
    private let store: PersonStore
    private let loader: KeyLoader
    private let random = RandomPool()

    /// Opens or founds the vault in `directory`. At most `cachedPersonsMax` keys stay in memory.
    package init(
        directory: String, cachedPersonsMax: Int = 50_000
    ) throws(VaultOpenFailure) {
        let keyPath = "\(directory)/vault.key"
        let storePath = "\(directory)/vault.sqlite"
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw .unavailable }
        if !KeyFile.exists(keyPath), !KeyFile.exists(storePath) {
            try KeyFile.create("vault.key", in: directory)
        }
        master = MasterKey(try KeyFile.read(keyPath))
        cache = PersonCache(capacity: cachedPersonsMax)
        try KeyFile.reserve(storePath)
        do {
            store = try PersonStore(path: storePath, master: master, cache: cache, random: random)
        } catch {
            let reason: VaultOpenFailure = PersonStore.isOutOfRoom(error) ? .full : .unavailable
            throw error as? VaultOpenFailure ?? reason
        }
        loader = KeyLoader(store: store)
    }

    /// For a person in memory this neither suspends nor touches the disk.
    package func seal(
        _ plain: [UInt8], contact: String
    ) async throws(VaultFailure) -> (person: UUIDv7, box: [UInt8]) {
        let person = master.person(contact)
        let key: PersonKey
        if let known = cache.key(of: person) {
            key = known
        } else {
            key = try await loader.key(of: person)
        }
        guard let nonce = random.next(PersonKey.nonceCount),
            let box = try? key.seal(plain, for: person, nonce: nonce)
        else { throw .unavailable }
        return (person, box)
    }

    package func open(_ box: [UInt8], person: UUIDv7) throws(VaultFailure) -> [UInt8] {
        let key = try key(of: person)
        guard let generation = PersonKey.generation(of: box), generation <= key.generation else {
            throw .tampered
        }
        guard generation == key.generation else { throw .erased }
        return try key.open(box, for: person)
    }

    package func erase(_ person: UUIDv7) throws(VaultFailure) {
        do {
            try store.erase(person)
        } catch {
            throw .unavailable
        }
    }

    private func key(of person: UUIDv7) throws(VaultFailure) -> PersonKey {
        if let known = cache.key(of: person) { return known }
        let stored: PersonKey?
        do {
            stored = try store.key(of: person)
        } catch {
            throw .unavailable
        }
        guard let stored else { throw .erased }
        return stored
    }
}
